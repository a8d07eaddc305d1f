# What is held back: only in fleets that hold something back.

mock_provider "aws" {}

variables {
  cluster_name = "prod"
  service_name = "web"
  min_capacity = 2
  max_capacity = 10

  requests = {
    target                   = 1000
    load_balancer_arn_suffix = "app/my-alb/50dc6c495c0c9188"
    target_group_arn_suffix  = "targetgroup/my-tg/943f017f100becff"
  }

  cpu = {
    target = 72.5
  }

  memory = {
    target = 80.5
  }
}

run "leaves_alone_what_is_set_by_hand" {
  command = plan

  assert {
    condition     = length(aws_appautoscaling_target.this[0].suspended_state) == 0
    error_message = "suspended = null must leave suspended_state out."
  }
}

run "suspends_scale_in" {
  command = plan

  variables {
    suspended = { scale_in = true }
  }

  assert {
    condition     = aws_appautoscaling_target.this[0].suspended_state[0].dynamic_scaling_in_suspended == true && aws_appautoscaling_target.this[0].suspended_state[0].dynamic_scaling_out_suspended == false && aws_appautoscaling_target.this[0].suspended_state[0].scheduled_scaling_suspended == false
    error_message = "suspended.scale_in must suspend scale-in and nothing else."
  }
}

run "suspends_scale_out_and_schedule" {
  command = plan

  variables {
    suspended = { scale_out = true, scheduled = true }
  }

  assert {
    condition     = aws_appautoscaling_target.this[0].suspended_state[0].dynamic_scaling_in_suspended == false && aws_appautoscaling_target.this[0].suspended_state[0].dynamic_scaling_out_suspended == true && aws_appautoscaling_target.this[0].suspended_state[0].scheduled_scaling_suspended == true
    error_message = "suspended.scale_out and suspended.scheduled must suspend just these."
  }
}
