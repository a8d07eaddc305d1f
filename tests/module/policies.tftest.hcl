# What is created from which variables. `terraform test` needs no credentials: the provider is a mock.

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

run "registers_the_service" {
  command = plan

  assert {
    condition     = aws_appautoscaling_target.this[0].service_namespace == "ecs" && aws_appautoscaling_target.this[0].scalable_dimension == "ecs:service:DesiredCount"
    error_message = "The scalable target must be the desired count of an ECS service."
  }

  assert {
    condition     = aws_appautoscaling_target.this[0].resource_id == "service/prod/web"
    error_message = "The resource id must be service/<cluster>/<service>."
  }

  assert {
    condition     = aws_appautoscaling_target.this[0].min_capacity == 2 && aws_appautoscaling_target.this[0].max_capacity == 10
    error_message = "The capacity must be min_capacity to max_capacity."
  }

  assert {
    condition     = length(aws_appautoscaling_target.this[0].tags) == 0
    error_message = "The module must not add tags of its own."
  }
}

run "counts_requests" {
  command = plan

  assert {
    condition     = aws_appautoscaling_policy.requests[0].policy_type == "TargetTrackingScaling"
    error_message = "policy_type must be explicit, the default of the provider is StepScaling."
  }

  assert {
    condition     = aws_appautoscaling_policy.requests[0].service_namespace == "ecs" && aws_appautoscaling_policy.requests[0].scalable_dimension == "ecs:service:DesiredCount" && aws_appautoscaling_policy.requests[0].resource_id == "service/prod/web"
    error_message = "The policy must belong to the scalable target."
  }

  assert {
    condition     = aws_appautoscaling_policy.requests[0].name == "web-requests-tracking-policy"
    error_message = "The default policy name must be <service_name>-requests-tracking-policy."
  }

  assert {
    condition     = aws_appautoscaling_policy.requests[0].target_tracking_scaling_policy_configuration[0].target_value == 1000
    error_message = "The target value must be requests.target."
  }

  assert {
    condition     = aws_appautoscaling_policy.requests[0].target_tracking_scaling_policy_configuration[0].scale_out_cooldown == 60 && aws_appautoscaling_policy.requests[0].target_tracking_scaling_policy_configuration[0].scale_in_cooldown == 300
    error_message = "Cooldowns must be explicit, 60 and 300 seconds by default: the provider sends an omitted one as 0."
  }

  assert {
    condition     = aws_appautoscaling_policy.requests[0].target_tracking_scaling_policy_configuration[0].disable_scale_in == false
    error_message = "Scale-in must be on by default."
  }

  assert {
    condition     = aws_appautoscaling_policy.requests[0].target_tracking_scaling_policy_configuration[0].predefined_metric_specification[0].predefined_metric_type == "ALBRequestCountPerTarget"
    error_message = "The metric must be ALBRequestCountPerTarget."
  }

  assert {
    condition     = aws_appautoscaling_policy.requests[0].target_tracking_scaling_policy_configuration[0].predefined_metric_specification[0].resource_label == "app/my-alb/50dc6c495c0c9188/targetgroup/my-tg/943f017f100becff"
    error_message = "The resource label must be load balancer, slash, target group."
  }
}

run "tracks_cpu" {
  command = plan

  assert {
    condition     = aws_appautoscaling_policy.cpu[0].policy_type == "TargetTrackingScaling"
    error_message = "policy_type must be explicit, the default of the provider is StepScaling."
  }

  assert {
    condition     = aws_appautoscaling_policy.cpu[0].service_namespace == "ecs" && aws_appautoscaling_policy.cpu[0].scalable_dimension == "ecs:service:DesiredCount" && aws_appautoscaling_policy.cpu[0].resource_id == "service/prod/web"
    error_message = "The policy must belong to the scalable target."
  }

  assert {
    condition     = aws_appautoscaling_policy.cpu[0].name == "web-cpu-tracking-policy"
    error_message = "The default policy name must be <service_name>-cpu-tracking-policy."
  }

  assert {
    condition     = aws_appautoscaling_policy.cpu[0].target_tracking_scaling_policy_configuration[0].target_value == 72.5
    error_message = "The target value must be cpu.target."
  }

  assert {
    condition     = aws_appautoscaling_policy.cpu[0].target_tracking_scaling_policy_configuration[0].scale_out_cooldown == 60 && aws_appautoscaling_policy.cpu[0].target_tracking_scaling_policy_configuration[0].scale_in_cooldown == 300
    error_message = "Cooldowns must be explicit, 60 and 300 seconds by default: the provider sends an omitted one as 0."
  }

  assert {
    condition     = aws_appautoscaling_policy.cpu[0].target_tracking_scaling_policy_configuration[0].disable_scale_in == false
    error_message = "Scale-in must be on by default."
  }

  assert {
    condition     = aws_appautoscaling_policy.cpu[0].target_tracking_scaling_policy_configuration[0].predefined_metric_specification[0].predefined_metric_type == "ECSServiceAverageCPUUtilization"
    error_message = "The metric must be ECSServiceAverageCPUUtilization."
  }

  assert {
    condition     = aws_appautoscaling_policy.cpu[0].target_tracking_scaling_policy_configuration[0].predefined_metric_specification[0].resource_label == null
    error_message = "Only ALBRequestCountPerTarget takes a resource label."
  }
}

run "tracks_memory" {
  command = plan

  assert {
    condition     = aws_appautoscaling_policy.memory[0].policy_type == "TargetTrackingScaling"
    error_message = "policy_type must be explicit, the default of the provider is StepScaling."
  }

  assert {
    condition     = aws_appautoscaling_policy.memory[0].service_namespace == "ecs" && aws_appautoscaling_policy.memory[0].scalable_dimension == "ecs:service:DesiredCount" && aws_appautoscaling_policy.memory[0].resource_id == "service/prod/web"
    error_message = "The policy must belong to the scalable target."
  }

  assert {
    condition     = aws_appautoscaling_policy.memory[0].name == "web-memory-tracking-policy"
    error_message = "The default policy name must be <service_name>-memory-tracking-policy."
  }

  assert {
    condition     = aws_appautoscaling_policy.memory[0].target_tracking_scaling_policy_configuration[0].target_value == 80.5
    error_message = "The target value must be memory.target."
  }

  assert {
    condition     = aws_appautoscaling_policy.memory[0].target_tracking_scaling_policy_configuration[0].scale_out_cooldown == 60 && aws_appautoscaling_policy.memory[0].target_tracking_scaling_policy_configuration[0].scale_in_cooldown == 300
    error_message = "Cooldowns must be explicit, 60 and 300 seconds by default: the provider sends an omitted one as 0."
  }

  assert {
    condition     = aws_appautoscaling_policy.memory[0].target_tracking_scaling_policy_configuration[0].disable_scale_in == false
    error_message = "Scale-in must be on by default."
  }

  assert {
    condition     = aws_appautoscaling_policy.memory[0].target_tracking_scaling_policy_configuration[0].predefined_metric_specification[0].predefined_metric_type == "ECSServiceAverageMemoryUtilization"
    error_message = "The metric must be ECSServiceAverageMemoryUtilization."
  }

  assert {
    condition     = aws_appautoscaling_policy.memory[0].target_tracking_scaling_policy_configuration[0].predefined_metric_specification[0].resource_label == null
    error_message = "Only ALBRequestCountPerTarget takes a resource label."
  }
}

run "measures_every_20_seconds" {
  command = plan

  variables {
    cpu    = merge(var.cpu, { resolution = 20 })
    memory = merge(var.memory, { resolution = 20 })
  }

  assert {
    condition     = aws_appautoscaling_policy.cpu[0].target_tracking_scaling_policy_configuration[0].predefined_metric_specification[0].predefined_metric_type == "ECSServiceAverageCPUUtilizationHighResolution"
    error_message = "cpu.resolution = 20 must select the metric of high resolution."
  }

  assert {
    condition     = aws_appautoscaling_policy.memory[0].target_tracking_scaling_policy_configuration[0].predefined_metric_specification[0].predefined_metric_type == "ECSServiceAverageMemoryUtilizationHighResolution"
    error_message = "memory.resolution = 20 must select the metric of high resolution."
  }
}

run "measures_one_metric_every_20_seconds" {
  command = plan

  variables {
    cpu = merge(var.cpu, { resolution = 20 })
  }

  assert {
    condition     = aws_appautoscaling_policy.memory[0].target_tracking_scaling_policy_configuration[0].predefined_metric_specification[0].predefined_metric_type == "ECSServiceAverageMemoryUtilization"
    error_message = "cpu.resolution must not change the metric of the memory policy."
  }
}

run "takes_every_setting" {
  command = plan

  variables {
    tags = { Team = "infrastructure" }

    requests = {
      target                   = 0.5
      load_balancer_arn_suffix = "app/my-alb/50dc6c495c0c9188"
      target_group_arn_suffix  = "targetgroup/my-tg/943f017f100becff"
      policy_name              = "by requests"
      scale_out_cooldown       = 0
      scale_in_cooldown        = 601
      disable_scale_in         = true
    }

    cpu = {
      target             = 100
      policy_name        = "by cpu"
      scale_out_cooldown = 30
      scale_in_cooldown  = 0
      disable_scale_in   = true
    }

    memory = {
      target             = 250
      resolution         = 60
      policy_name        = "by memory"
      scale_out_cooldown = 31
      scale_in_cooldown  = 1
      disable_scale_in   = true
    }
  }

  assert {
    condition     = aws_appautoscaling_target.this[0].tags == tomap({ Team = "infrastructure" })
    error_message = "The target must carry the tags."
  }

  assert {
    condition     = aws_appautoscaling_policy.requests[0].name == "by requests" && aws_appautoscaling_policy.cpu[0].name == "by cpu" && aws_appautoscaling_policy.memory[0].name == "by memory"
    error_message = "Policy names must be used as given."
  }

  assert {
    condition     = aws_appautoscaling_policy.requests[0].target_tracking_scaling_policy_configuration[0].scale_out_cooldown == 0 && aws_appautoscaling_policy.requests[0].target_tracking_scaling_policy_configuration[0].scale_in_cooldown == 601
    error_message = "Cooldowns of the requests policy must be used as given."
  }

  assert {
    condition     = aws_appautoscaling_policy.cpu[0].target_tracking_scaling_policy_configuration[0].scale_out_cooldown == 30 && aws_appautoscaling_policy.cpu[0].target_tracking_scaling_policy_configuration[0].scale_in_cooldown == 0
    error_message = "Cooldowns of the cpu policy must be used as given."
  }

  assert {
    condition     = aws_appautoscaling_policy.memory[0].target_tracking_scaling_policy_configuration[0].target_value == 250
    error_message = "A memory target above 100 must be used as given."
  }

  assert {
    condition     = aws_appautoscaling_policy.memory[0].target_tracking_scaling_policy_configuration[0].scale_out_cooldown == 31 && aws_appautoscaling_policy.memory[0].target_tracking_scaling_policy_configuration[0].scale_in_cooldown == 1
    error_message = "Cooldowns of the memory policy must be used as given."
  }

  assert {
    condition     = aws_appautoscaling_policy.requests[0].target_tracking_scaling_policy_configuration[0].disable_scale_in && aws_appautoscaling_policy.cpu[0].target_tracking_scaling_policy_configuration[0].disable_scale_in && aws_appautoscaling_policy.memory[0].target_tracking_scaling_policy_configuration[0].disable_scale_in
    error_message = "disable_scale_in must be used as given."
  }
}

run "requests_alone" {
  command = plan

  variables {
    cpu    = null
    memory = null
  }

  assert {
    condition     = length(aws_appautoscaling_policy.requests) == 1 && length(aws_appautoscaling_policy.cpu) == 0 && length(aws_appautoscaling_policy.memory) == 0
    error_message = "cpu = null and memory = null must leave the requests policy alone."
  }

  assert {
    condition     = output.policy_names == { requests = "web-requests-tracking-policy" }
    error_message = "The outputs must speak of the requests policy only."
  }
}

run "cpu_alone" {
  command = plan

  variables {
    requests = null
    memory   = null
  }

  assert {
    condition     = length(aws_appautoscaling_policy.requests) == 0 && length(aws_appautoscaling_policy.cpu) == 1 && length(aws_appautoscaling_policy.memory) == 0
    error_message = "requests = null and memory = null must leave the cpu policy alone."
  }

  assert {
    condition     = output.resource_label == null && output.policy_names == { cpu = "web-cpu-tracking-policy" }
    error_message = "The outputs must speak of the cpu policy only."
  }
}

run "memory_alone" {
  command = plan

  variables {
    requests = null
    cpu      = null
  }

  assert {
    condition     = length(aws_appautoscaling_policy.requests) == 0 && length(aws_appautoscaling_policy.cpu) == 0 && length(aws_appautoscaling_policy.memory) == 1
    error_message = "requests = null and cpu = null must leave the memory policy alone."
  }

  assert {
    condition     = output.resource_label == null && output.policy_names == { memory = "web-memory-tracking-policy" }
    error_message = "The outputs must speak of the memory policy only."
  }
}

run "requests_switched_off" {
  command = plan

  variables {
    requests = merge(var.requests, { enabled = false })
  }

  assert {
    condition     = length(aws_appautoscaling_policy.requests) == 0 && length(aws_appautoscaling_policy.cpu) == 1 && length(aws_appautoscaling_policy.memory) == 1
    error_message = "requests.enabled = false must remove the requests policy and only that."
  }
}

run "cpu_switched_off" {
  command = plan

  variables {
    cpu = merge(var.cpu, { enabled = false })
  }

  assert {
    condition     = length(aws_appautoscaling_policy.requests) == 1 && length(aws_appautoscaling_policy.cpu) == 0 && length(aws_appautoscaling_policy.memory) == 1
    error_message = "cpu.enabled = false must remove the cpu policy and only that."
  }
}

run "memory_switched_off" {
  command = plan

  variables {
    memory = merge(var.memory, { enabled = false })
  }

  assert {
    condition     = length(aws_appautoscaling_policy.requests) == 1 && length(aws_appautoscaling_policy.cpu) == 1 && length(aws_appautoscaling_policy.memory) == 0
    error_message = "memory.enabled = false must remove the memory policy and only that."
  }
}

run "policies_of_others_alone" {
  command = plan

  variables {
    requests       = null
    cpu            = null
    memory         = null
    other_policies = true
  }

  assert {
    condition     = length(aws_appautoscaling_policy.requests) == 0 && length(aws_appautoscaling_policy.cpu) == 0 && length(aws_appautoscaling_policy.memory) == 0
    error_message = "The module must make no policy of its own."
  }

  assert {
    condition     = output.resource_id == "service/prod/web" && output.resource_label == null && length(output.policy_names) == 0
    error_message = "The outputs must speak of the target only."
  }
}

# Applied to the mock, because ARNs are known only then.
run "outputs" {
  command = apply

  assert {
    condition     = output.resource_id == "service/prod/web" && output.target_arn == aws_appautoscaling_target.this[0].arn
    error_message = "resource_id and target_arn must be those of the scalable target."
  }

  assert {
    condition     = output.resource_label == "app/my-alb/50dc6c495c0c9188/targetgroup/my-tg/943f017f100becff"
    error_message = "resource_label must be the label of the requests policy."
  }

  assert {
    condition     = output.policy_names == { requests = "web-requests-tracking-policy", cpu = "web-cpu-tracking-policy", memory = "web-memory-tracking-policy" }
    error_message = "policy_names must map each metric to its policy."
  }

  assert {
    condition     = output.policy_arns == { requests = aws_appautoscaling_policy.requests[0].arn, cpu = aws_appautoscaling_policy.cpu[0].arn, memory = aws_appautoscaling_policy.memory[0].arn }
    error_message = "policy_arns must map each metric to its policy."
  }
}

# After the apply above, with other limits.
run "changes_the_limits" {
  command = plan

  variables {
    min_capacity = 3
    max_capacity = 12
  }

  assert {
    condition     = aws_appautoscaling_target.this[0].min_capacity == 3 && aws_appautoscaling_target.this[0].max_capacity == 12
    error_message = "Changed limits must be applied."
  }
}
