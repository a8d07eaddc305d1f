# Limits that scheduled actions set.

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

run "makes_the_target_with_its_limits" {
  command = apply

  variables {
    scheduled = true
  }

  assert {
    condition     = length(aws_appautoscaling_target.this) == 0 && aws_appautoscaling_target.scheduled[0].min_capacity == 2 && aws_appautoscaling_target.scheduled[0].max_capacity == 10
    error_message = "The target must be made with the limits that are given."
  }

  assert {
    condition     = output.resource_id == "service/prod/web" && output.target_arn == aws_appautoscaling_target.scheduled[0].arn
    error_message = "The outputs must speak of the target."
  }

  assert {
    condition     = alltrue([for policy in [aws_appautoscaling_policy.requests[0], aws_appautoscaling_policy.cpu[0], aws_appautoscaling_policy.memory[0]] : policy.resource_id == "service/prod/web"])
    error_message = "The policies must belong to the target."
  }
}

# After the apply above, with other limits.
run "leaves_the_limits_to_the_schedule" {
  command = plan

  variables {
    scheduled    = true
    min_capacity = 3
    max_capacity = 12
  }

  assert {
    condition     = aws_appautoscaling_target.scheduled[0].min_capacity == 2 && aws_appautoscaling_target.scheduled[0].max_capacity == 10
    error_message = "Limits must be ignored once the target exists: scheduled actions change them."
  }

  assert {
    condition     = output.service.min_capacity == 3 && output.service.max_capacity == 12
    error_message = "The outputs must say the limits as given."
  }
}
