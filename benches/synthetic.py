#!/usr/bin/env python3
"""Prints a synthetic spec: synthetic.py SERVICES, spread over ten environments (fewer below 100 services).

Every service of every environment has its own load balancer, target and capacity, so that the YAML is as long as a real one.
"""
import sys


def spec(services: int) -> str:
    environments = min(10, max(1, services // 10))
    names = [f"service-{n:04}" for n in range(services // environments)]
    lines = ["version: 1", "project: synthetic", "tags: { Team: infrastructure }", "defaults:",
             "  capacity: { min: 2, max: 10 }", "  scaling:", "    cooldown: { out: 60s, in: 300s }",
             "    requests: { target: 1000 }", "    cpu: { target: 70 }", "services:"]
    lines += [f"  {name}: {{}}" for name in names]
    lines.append("environments:")
    for environment in range(environments):
        env = f"env-{environment}"
        lines += [f"  {env}:", f'    account: "{environment + 1:012}"', "    region: eu-west-1",
                  f"    tags: {{ Environment: {env} }}", "    services:"]
        for number, name in enumerate(names):
            lines += [f"      {name}:", f"        capacity: {{ min: {1 + number % 4}, max: {5 + number % 16} }}",
                      "        scaling:", f"          requests: {{ target: {500 + number} }}",
                      f"          cpu: {{ target: {50 + number % 41} }}",
                      f"        load_balancer: {{ name: alb-{number // 50}, target_group: tg-{number} }}"]
    return "\n".join(lines) + "\n"


if __name__ == "__main__":
    sys.stdout.write(spec(int(sys.argv[1])))
