# Each rule on the variables, from both sides. A plan that must fail names what has to refuse it.

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
    target = 70
  }

  memory = {
    target = 80
  }
}

# Names

run "refuses_cluster_arn" {
  command = plan

  variables {
    cluster_name = "arn:aws:ecs:eu-west-1:111111111111:cluster/prod"
  }

  expect_failures = [var.cluster_name]
}

run "refuses_cluster_name_with_slash" {
  command = plan

  variables {
    cluster_name = "a/prod"
  }

  expect_failures = [var.cluster_name]
}

run "refuses_cluster_name_empty" {
  command = plan

  variables {
    cluster_name = ""
  }

  expect_failures = [var.cluster_name]
}

run "refuses_cluster_name_of_256" {
  command = plan

  variables {
    cluster_name = format("%0256d", 0)
  }

  expect_failures = [var.cluster_name]
}

run "refuses_service_arn" {
  command = plan

  variables {
    service_name = "arn:aws:ecs:eu-west-1:111111111111:service/web"
  }

  expect_failures = [var.service_name]
}

run "refuses_service_name_with_slash" {
  command = plan

  variables {
    service_name = "a/web"
  }

  expect_failures = [var.service_name]
}

run "refuses_service_name_empty" {
  command = plan

  variables {
    service_name = ""
  }

  expect_failures = [var.service_name]
}

run "refuses_service_name_of_256" {
  command = plan

  variables {
    service_name = format("%0256d", 0)
  }

  expect_failures = [var.service_name]
}

run "accepts_cluster_name_of_255" {
  command = plan

  variables {
    cluster_name = format("%0255d", 0)
  }
}

run "accepts_service_name_of_255" {
  command = plan

  variables {
    service_name = format("%0255d", 0)
    requests     = merge(var.requests, { policy_name = "requests" })
    cpu          = merge(var.cpu, { policy_name = "cpu" })
    memory       = merge(var.memory, { policy_name = "memory" })
  }
}

run "accepts_names_of_all_kinds_of_characters" {
  command = plan

  variables {
    cluster_name = "Prod_EU-1"
    service_name = "Web_API-1"
  }
}

# Capacity

run "refuses_min_capacity_below_zero" {
  command = plan

  variables {
    min_capacity = -1
  }

  expect_failures = [var.min_capacity]
}

run "refuses_min_capacity_in_fractions" {
  command = plan

  variables {
    min_capacity = 1.5
  }

  expect_failures = [var.min_capacity]
}

run "refuses_max_capacity_in_fractions" {
  command = plan

  variables {
    max_capacity = 2.5
  }

  expect_failures = [var.max_capacity]
}

run "refuses_max_capacity_below_min" {
  command = plan

  variables {
    min_capacity = 3
    max_capacity = 2
  }

  expect_failures = [var.max_capacity]
}

run "accepts_max_capacity_equal_to_min" {
  command = plan

  variables {
    min_capacity = 3
    max_capacity = 3
  }
}

run "accepts_min_capacity_of_zero" {
  command = plan

  variables {
    min_capacity = 0
  }
}

# All policies

run "refuses_no_policy" {
  command = plan

  variables {
    requests = null
    cpu      = null
    memory   = null
  }

  expect_failures = [var.other_policies]
}

run "refuses_policies_all_switched_off" {
  command = plan

  variables {
    requests = merge(var.requests, { enabled = false })
    cpu      = merge(var.cpu, { enabled = false })
    memory   = merge(var.memory, { enabled = false })
  }

  expect_failures = [var.other_policies]
}

run "refuses_two_policies_of_null_and_cpu_switched_off" {
  command = plan

  variables {
    requests = null
    cpu      = merge(var.cpu, { enabled = false })
    memory   = null
  }

  expect_failures = [var.other_policies]
}

run "refuses_two_policies_of_null_and_memory_switched_off" {
  command = plan

  variables {
    requests = null
    cpu      = null
    memory   = merge(var.memory, { enabled = false })
  }

  expect_failures = [var.other_policies]
}

run "refuses_no_policy_and_no_word_of_others" {
  command = plan

  variables {
    requests       = null
    cpu            = null
    memory         = null
    other_policies = null
  }

  expect_failures = [var.other_policies]
}

run "accepts_no_policy_beside_others" {
  command = plan

  variables {
    requests       = null
    cpu            = null
    memory         = null
    other_policies = true
  }
}

run "accepts_policies_beside_others" {
  command = plan

  variables {
    other_policies = true
  }
}

run "refuses_one_name_for_requests_and_cpu" {
  command = plan

  variables {
    requests = merge(var.requests, { policy_name = "one" })
    cpu      = merge(var.cpu, { policy_name = "one" })
  }

  expect_failures = [aws_appautoscaling_policy.cpu]
}

run "refuses_one_name_for_requests_and_memory" {
  command = plan

  variables {
    requests = merge(var.requests, { policy_name = "one" })
    memory   = merge(var.memory, { policy_name = "one" })
  }

  expect_failures = [aws_appautoscaling_policy.memory]
}

run "refuses_one_name_for_cpu_and_memory" {
  command = plan

  variables {
    cpu    = merge(var.cpu, { policy_name = "one" })
    memory = merge(var.memory, { policy_name = "one" })
  }

  expect_failures = [aws_appautoscaling_policy.memory]
}

run "refuses_one_name_without_requests" {
  command = plan

  variables {
    requests = null
    cpu      = merge(var.cpu, { policy_name = "one" })
    memory   = merge(var.memory, { policy_name = "one" })
  }

  expect_failures = [aws_appautoscaling_policy.memory]
}

run "refuses_default_name_of_requests_for_cpu" {
  command = plan

  variables {
    cpu = merge(var.cpu, { policy_name = "web-requests-tracking-policy" })
  }

  expect_failures = [aws_appautoscaling_policy.cpu]
}

run "refuses_default_name_of_cpu_for_memory" {
  command = plan

  variables {
    memory = merge(var.memory, { policy_name = "web-cpu-tracking-policy" })
  }

  expect_failures = [aws_appautoscaling_policy.memory]
}

run "accepts_name_of_a_policy_switched_off" {
  command = plan

  variables {
    requests = merge(var.requests, { policy_name = "one", enabled = false })
    cpu      = merge(var.cpu, { policy_name = "one" })
  }
}

run "accepts_name_of_two_policies_switched_off" {
  command = plan

  variables {
    requests = merge(var.requests, { policy_name = "one", enabled = false })
    cpu      = merge(var.cpu, { policy_name = "one", enabled = false })
    memory   = merge(var.memory, { policy_name = "one" })
  }
}

# Requests

run "refuses_requests_target_of_zero" {
  command = plan

  variables {
    requests = merge(var.requests, { target = 0 })
  }

  expect_failures = [var.requests]
}

run "refuses_requests_target_below_zero" {
  command = plan

  variables {
    requests = merge(var.requests, { target = -1 })
  }

  expect_failures = [var.requests]
}

run "refuses_requests_target_of_null" {
  command = plan

  variables {
    requests = merge(var.requests, { target = null })
  }

  expect_failures = [var.requests]
}

run "accepts_requests_target_below_one" {
  command = plan

  variables {
    requests = merge(var.requests, { target = 0.5 })
  }
}

run "refuses_requests_policy_name_with_slash" {
  command = plan

  variables {
    requests = merge(var.requests, { policy_name = "a/b" })
  }

  expect_failures = [var.requests]
}

run "refuses_requests_policy_name_empty" {
  command = plan

  variables {
    requests = merge(var.requests, { policy_name = "" })
  }

  expect_failures = [var.requests]
}

run "refuses_requests_policy_name_with_tab" {
  command = plan

  variables {
    requests = merge(var.requests, { policy_name = "a\tb" })
  }

  expect_failures = [var.requests]
}

run "refuses_requests_policy_name_of_256" {
  command = plan

  variables {
    requests = merge(var.requests, { policy_name = format("%0256d", 0) })
  }

  expect_failures = [var.requests]
}

run "accepts_requests_policy_name_of_255" {
  command = plan

  variables {
    requests = merge(var.requests, { policy_name = format("%0255d", 0) })
  }
}

run "accepts_requests_policy_name_with_blanks_and_umlauts" {
  command = plan

  variables {
    requests = merge(var.requests, { policy_name = "by größe: 70 %" })
  }
}

run "refuses_requests_scale_out_cooldown_below_zero" {
  command = plan

  variables {
    requests = merge(var.requests, { scale_out_cooldown = -1 })
  }

  expect_failures = [var.requests]
}

run "refuses_requests_scale_out_cooldown_in_fractions" {
  command = plan

  variables {
    requests = merge(var.requests, { scale_out_cooldown = 0.5 })
  }

  expect_failures = [var.requests]
}

run "refuses_requests_scale_in_cooldown_below_zero" {
  command = plan

  variables {
    requests = merge(var.requests, { scale_in_cooldown = -1 })
  }

  expect_failures = [var.requests]
}

run "refuses_requests_scale_in_cooldown_in_fractions" {
  command = plan

  variables {
    requests = merge(var.requests, { scale_in_cooldown = 0.5 })
  }

  expect_failures = [var.requests]
}

run "accepts_requests_cooldowns_of_zero" {
  command = plan

  variables {
    requests = merge(var.requests, { scale_out_cooldown = 0, scale_in_cooldown = 0 })
  }
}

run "refuses_network_load_balancer" {
  command = plan

  variables {
    requests = merge(var.requests, { load_balancer_arn_suffix = "net/my-nlb/50dc6c495c0c9188" })
  }

  expect_failures = [var.requests]
}

run "refuses_gateway_load_balancer" {
  command = plan

  variables {
    requests = merge(var.requests, { load_balancer_arn_suffix = "gwy/my-gwlb/50dc6c495c0c9188" })
  }

  expect_failures = [var.requests]
}

run "refuses_load_balancer_name_of_33" {
  command = plan

  variables {
    requests = merge(var.requests, { load_balancer_arn_suffix = "app/${format("%033d", 0)}/50dc6c495c0c9188" })
  }

  expect_failures = [var.requests]
}

run "refuses_load_balancer_id_of_15" {
  command = plan

  variables {
    requests = merge(var.requests, { load_balancer_arn_suffix = "app/my-alb/50dc6c495c0c918" })
  }

  expect_failures = [var.requests]
}

run "refuses_load_balancer_id_of_17" {
  command = plan

  variables {
    requests = merge(var.requests, { load_balancer_arn_suffix = "app/my-alb/50dc6c495c0c91888" })
  }

  expect_failures = [var.requests]
}

run "refuses_load_balancer_arn" {
  command = plan

  variables {
    requests = merge(var.requests, { load_balancer_arn_suffix = "arn:aws:elasticloadbalancing:eu-west-1:111111111111:loadbalancer/app/my-alb/50dc6c495c0c9188" })
  }

  expect_failures = [var.requests]
}

run "refuses_load_balancer_with_target_group" {
  command = plan

  variables {
    requests = merge(var.requests, { load_balancer_arn_suffix = "app/my-alb/50dc6c495c0c9188/targetgroup/my-tg/943f017f100becff" })
  }

  expect_failures = [var.requests]
}

run "refuses_load_balancer_without_prefix" {
  command = plan

  variables {
    requests = merge(var.requests, { load_balancer_arn_suffix = "my-alb/50dc6c495c0c9188" })
  }

  expect_failures = [var.requests]
}

run "refuses_load_balancer_of_null" {
  command = plan

  variables {
    requests = merge(var.requests, { load_balancer_arn_suffix = null })
  }

  expect_failures = [var.requests]
}

run "refuses_target_group_name_of_33" {
  command = plan

  variables {
    requests = merge(var.requests, { target_group_arn_suffix = "targetgroup/${format("%033d", 0)}/943f017f100becff" })
  }

  expect_failures = [var.requests]
}

run "refuses_target_group_id_of_15" {
  command = plan

  variables {
    requests = merge(var.requests, { target_group_arn_suffix = "targetgroup/my-tg/943f017f100becf" })
  }

  expect_failures = [var.requests]
}

run "refuses_target_group_id_of_17" {
  command = plan

  variables {
    requests = merge(var.requests, { target_group_arn_suffix = "targetgroup/my-tg/943f017f100becfff" })
  }

  expect_failures = [var.requests]
}

run "accepts_arn_suffixes_with_names_of_32" {
  command = plan

  variables {
    requests = merge(var.requests, { load_balancer_arn_suffix = "app/${format("%032d", 0)}/50dc6c495c0c9188", target_group_arn_suffix = "targetgroup/${format("%032d", 0)}/943f017f100becff" })
  }
}

run "refuses_target_group_arn" {
  command = plan

  variables {
    requests = merge(var.requests, { target_group_arn_suffix = "arn:aws:elasticloadbalancing:eu-west-1:111111111111:targetgroup/my-tg/943f017f100becff" })
  }

  expect_failures = [var.requests]
}

run "refuses_target_group_without_prefix" {
  command = plan

  variables {
    requests = merge(var.requests, { target_group_arn_suffix = "my-tg/943f017f100becff" })
  }

  expect_failures = [var.requests]
}

run "refuses_target_group_with_more" {
  command = plan

  variables {
    requests = merge(var.requests, { target_group_arn_suffix = "targetgroup/my-tg/943f017f100becff/x" })
  }

  expect_failures = [var.requests]
}

run "refuses_target_group_of_null" {
  command = plan

  variables {
    requests = merge(var.requests, { target_group_arn_suffix = null })
  }

  expect_failures = [var.requests]
}

# CPU

run "refuses_cpu_target_of_zero" {
  command = plan

  variables {
    cpu = merge(var.cpu, { target = 0 })
  }

  expect_failures = [var.cpu]
}

run "refuses_cpu_target_below_zero" {
  command = plan

  variables {
    cpu = merge(var.cpu, { target = -1 })
  }

  expect_failures = [var.cpu]
}

run "refuses_cpu_target_of_null" {
  command = plan

  variables {
    cpu = merge(var.cpu, { target = null })
  }

  expect_failures = [var.cpu]
}

run "refuses_cpu_target_above_100" {
  command = plan

  variables {
    cpu = merge(var.cpu, { target = 100.5 })
  }

  expect_failures = [var.cpu]
}

run "accepts_cpu_target_of_100" {
  command = plan

  variables {
    cpu = merge(var.cpu, { target = 100 })
  }
}

run "accepts_cpu_target_below_one" {
  command = plan

  variables {
    cpu = merge(var.cpu, { target = 0.5 })
  }
}

run "refuses_cpu_policy_name_with_slash" {
  command = plan

  variables {
    cpu = merge(var.cpu, { policy_name = "a/b" })
  }

  expect_failures = [var.cpu]
}

run "refuses_cpu_policy_name_empty" {
  command = plan

  variables {
    cpu = merge(var.cpu, { policy_name = "" })
  }

  expect_failures = [var.cpu]
}

run "refuses_cpu_policy_name_with_tab" {
  command = plan

  variables {
    cpu = merge(var.cpu, { policy_name = "a\tb" })
  }

  expect_failures = [var.cpu]
}

run "refuses_cpu_policy_name_of_256" {
  command = plan

  variables {
    cpu = merge(var.cpu, { policy_name = format("%0256d", 0) })
  }

  expect_failures = [var.cpu]
}

run "accepts_cpu_policy_name_of_255" {
  command = plan

  variables {
    cpu = merge(var.cpu, { policy_name = format("%0255d", 0) })
  }
}

run "accepts_cpu_policy_name_with_blanks_and_umlauts" {
  command = plan

  variables {
    cpu = merge(var.cpu, { policy_name = "by größe: 70 %" })
  }
}

run "refuses_cpu_scale_out_cooldown_below_zero" {
  command = plan

  variables {
    cpu = merge(var.cpu, { scale_out_cooldown = -1 })
  }

  expect_failures = [var.cpu]
}

run "refuses_cpu_scale_out_cooldown_in_fractions" {
  command = plan

  variables {
    cpu = merge(var.cpu, { scale_out_cooldown = 0.5 })
  }

  expect_failures = [var.cpu]
}

run "refuses_cpu_scale_in_cooldown_below_zero" {
  command = plan

  variables {
    cpu = merge(var.cpu, { scale_in_cooldown = -1 })
  }

  expect_failures = [var.cpu]
}

run "refuses_cpu_scale_in_cooldown_in_fractions" {
  command = plan

  variables {
    cpu = merge(var.cpu, { scale_in_cooldown = 0.5 })
  }

  expect_failures = [var.cpu]
}

run "accepts_cpu_cooldowns_of_zero" {
  command = plan

  variables {
    cpu = merge(var.cpu, { scale_out_cooldown = 0, scale_in_cooldown = 0 })
  }
}

run "accepts_cpu_resolution_of_20" {
  command = plan

  variables {
    cpu = merge(var.cpu, { resolution = 20 })
  }
}

run "accepts_cpu_resolution_of_60" {
  command = plan

  variables {
    cpu = merge(var.cpu, { resolution = 60 })
  }
}

run "accepts_cpu_resolution_of_null" {
  command = plan

  variables {
    cpu = merge(var.cpu, { resolution = null })
  }
}

run "refuses_cpu_resolution_of_10" {
  command = plan

  variables {
    cpu = merge(var.cpu, { resolution = 10 })
  }

  expect_failures = [var.cpu]
}

run "refuses_cpu_resolution_of_0" {
  command = plan

  variables {
    cpu = merge(var.cpu, { resolution = 0 })
  }

  expect_failures = [var.cpu]
}

# Memory

run "refuses_memory_target_of_zero" {
  command = plan

  variables {
    memory = merge(var.memory, { target = 0 })
  }

  expect_failures = [var.memory]
}

run "refuses_memory_target_below_zero" {
  command = plan

  variables {
    memory = merge(var.memory, { target = -1 })
  }

  expect_failures = [var.memory]
}

run "refuses_memory_target_of_null" {
  command = plan

  variables {
    memory = merge(var.memory, { target = null })
  }

  expect_failures = [var.memory]
}

run "accepts_memory_target_above_100" {
  command = plan

  variables {
    memory = merge(var.memory, { target = 400 })
  }
}

run "accepts_memory_target_below_one" {
  command = plan

  variables {
    memory = merge(var.memory, { target = 0.5 })
  }
}

run "refuses_memory_policy_name_with_slash" {
  command = plan

  variables {
    memory = merge(var.memory, { policy_name = "a/b" })
  }

  expect_failures = [var.memory]
}

run "refuses_memory_policy_name_empty" {
  command = plan

  variables {
    memory = merge(var.memory, { policy_name = "" })
  }

  expect_failures = [var.memory]
}

run "refuses_memory_policy_name_with_tab" {
  command = plan

  variables {
    memory = merge(var.memory, { policy_name = "a\tb" })
  }

  expect_failures = [var.memory]
}

run "refuses_memory_policy_name_of_256" {
  command = plan

  variables {
    memory = merge(var.memory, { policy_name = format("%0256d", 0) })
  }

  expect_failures = [var.memory]
}

run "accepts_memory_policy_name_of_255" {
  command = plan

  variables {
    memory = merge(var.memory, { policy_name = format("%0255d", 0) })
  }
}

run "accepts_memory_policy_name_with_blanks_and_umlauts" {
  command = plan

  variables {
    memory = merge(var.memory, { policy_name = "by größe: 70 %" })
  }
}

run "refuses_memory_scale_out_cooldown_below_zero" {
  command = plan

  variables {
    memory = merge(var.memory, { scale_out_cooldown = -1 })
  }

  expect_failures = [var.memory]
}

run "refuses_memory_scale_out_cooldown_in_fractions" {
  command = plan

  variables {
    memory = merge(var.memory, { scale_out_cooldown = 0.5 })
  }

  expect_failures = [var.memory]
}

run "refuses_memory_scale_in_cooldown_below_zero" {
  command = plan

  variables {
    memory = merge(var.memory, { scale_in_cooldown = -1 })
  }

  expect_failures = [var.memory]
}

run "refuses_memory_scale_in_cooldown_in_fractions" {
  command = plan

  variables {
    memory = merge(var.memory, { scale_in_cooldown = 0.5 })
  }

  expect_failures = [var.memory]
}

run "accepts_memory_cooldowns_of_zero" {
  command = plan

  variables {
    memory = merge(var.memory, { scale_out_cooldown = 0, scale_in_cooldown = 0 })
  }
}

run "accepts_memory_resolution_of_20" {
  command = plan

  variables {
    memory = merge(var.memory, { resolution = 20 })
  }
}

run "accepts_memory_resolution_of_60" {
  command = plan

  variables {
    memory = merge(var.memory, { resolution = 60 })
  }
}

run "accepts_memory_resolution_of_null" {
  command = plan

  variables {
    memory = merge(var.memory, { resolution = null })
  }
}

run "refuses_memory_resolution_of_10" {
  command = plan

  variables {
    memory = merge(var.memory, { resolution = 10 })
  }

  expect_failures = [var.memory]
}

run "refuses_memory_resolution_of_0" {
  command = plan

  variables {
    memory = merge(var.memory, { resolution = 0 })
  }

  expect_failures = [var.memory]
}

# Tags

run "refuses_tag_of_aws" {
  command = plan

  variables {
    tags = { "AWS:x" = "y" }
  }

  expect_failures = [var.tags]
}

run "refuses_tag_key_empty" {
  command = plan

  variables {
    tags = { "" = "x" }
  }

  expect_failures = [var.tags]
}

run "refuses_tag_key_of_129" {
  command = plan

  variables {
    tags = { (format("%0129d", 0)) = "x" }
  }

  expect_failures = [var.tags]
}

run "refuses_tag_value_of_257" {
  command = plan

  variables {
    tags = { x = format("%0257d", 0) }
  }

  expect_failures = [var.tags]
}

run "refuses_more_than_50_tags" {
  command = plan

  variables {
    tags = { for i in range(51) : "tag-${i}" => "x" }
  }

  expect_failures = [var.tags]
}

run "accepts_tags_at_the_limits" {
  command = plan

  variables {
    tags = merge({ for i in range(49) : "tag-${i}" => "" }, { (format("%0128d", 0)) = format("%0256d", 0) })
  }
}
