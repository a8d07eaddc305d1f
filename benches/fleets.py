#!/usr/bin/env python3
"""Specs of fleets to measure with: fleets.py SHAPE SERVICES, for instance `fleets.py fleet8 1000`.

    fleet3, fleet8   environments of up to 100 services, 3 or 8 alarms a service, notifications, dashboards, a rollout
    scaling          the same without alarms, notifications, dashboards and a rollout
    contest3, -8     3 or 8 alarms and nothing for a whole environment: what peers generate too (peers.py)
    one              one environment of as many services, otherwise as fleet8
    sparse           every service runs in one of 100 environments
    findings         every service has one mistake
"""
import sys

ALARMS = ("cpu_at_max", "at_max", "below_desired", "errors", "latency_p95", "latency_p99", "unhealthy_hosts", "flapping")
THREE = ("at_max", "errors", "latency_p95")
PER_ENVIRONMENT = 100


class Service:
    """One service in one environment. Texts have one width each, so that what is generated is laid out alike."""

    def __init__(self, environment: int, number: int) -> None:
        self.environment, self.name = f"e{environment:04}", f"s{number:05}"
        self.account = f"{environment + 100_000_000_000}"
        self.balancer, self.group = f"alb{number // 100:04}", f"tg{number:05}"
        self.minimum, self.maximum, self.requests = 201 + number % 7, 601 + number % 97, 5001 + number % 997

    def yaml(self, extra: str = "") -> str:
        return (f"      {self.name}:\n"
                f"        capacity: {{ min: {self.minimum}, max: {self.maximum} }}\n"
                f"        scaling: {{ requests: {{ target: {self.requests} }} }}\n"
                f"        load_balancer: {{ name: {self.balancer}, target_group: {self.group} }}\n{extra}")


def services(count: int, per_environment: int = PER_ENVIRONMENT) -> list[list[Service]]:
    """All services by environment."""
    full, rest = divmod(count, per_environment)
    sizes = [per_environment] * full + [rest] * bool(rest)
    return [[Service(environment, number) for number in range(size)] for environment, size in enumerate(sizes)]


def head(names: list[str], alarms: int, whole: bool, service: str = "{}") -> str:
    """What comes before the environments."""
    off = "".join(f", {alarm}: {{ enabled: false }}" for alarm in ALARMS if alarms == 3 and alarm not in THREE)
    return "".join([
        "version: 1\nproject: bench\ntags: { Team: infrastructure }\n",
        "defaults:\n  task: { vcpu: 1, memory_gib: 2 }\n",
        "  scaling: { cooldown: { out: 60s, in: 300s }, cpu: { target: 70 } }\n",
        f"  alarms: {{ enabled: true{off} }}\n" if alarms else "",
        "notifications: {}\ndashboard: {}\n" if whole else "",
        "services:\n", *(f"  {name}: {service}\n" for name in names), "environments:\n",
    ])


def environment(members: list[Service], extra: str = "") -> str:
    first = members[0]
    lines = "".join(service.yaml(extra) for service in members)
    return (f"  {first.environment}:\n    account: \"{first.account}\"\n    region: eu-west-1\n"
            f"    tags: {{ Environment: {first.environment} }}\n    services:\n{lines}")


def rollout(environments: list[str]) -> str:
    size = -(-len(environments) // 10)
    waves = [environments[at:at + size] for at in range(0, len(environments), size)]
    lines = "".join(f"    - {{ environments: [{', '.join(wave)}], soak: 24h }}\n" for wave in waves)
    return f"rollout:\n  waves:\n{lines}"


def spec(shape: str, count: int) -> str:
    """The text of a spec."""
    if shape == "sparse":
        return sparse(count)
    fleet = services(count, count if shape == "one" else PER_ENVIRONMENT)
    names = [service.name for service in max(fleet, key=len)]
    off = [name for name in names if name not in {service.name for service in fleet[-1]}]
    bodies = [environment(members) for members in fleet]
    bodies[-1] += "".join(f"      {name}: {{ enabled: false }}\n" for name in off)
    alarms = 0 if shape == "scaling" else 3 if shape.endswith("3") else 8
    whole = shape in ("fleet3", "fleet8", "one", "findings")
    text = head(names, alarms, whole) + "".join(bodies)
    if shape == "findings":
        return text.replace("max: 6", "max: 1")  # below the minimum
    return text + rollout([members[0].environment for members in fleet]) if whole else text


def sparse(count: int) -> str:
    """Off everywhere but in one environment."""
    fleet = [[] for _ in range(min(100, count))]
    for number in range(count):
        fleet[number % len(fleet)].append(Service(number % len(fleet), number))
    names = [f"s{number:05}" for number in range(count)]
    bodies = [environment(members, "        enabled: true\n") for members in fleet]
    return head(names, 8, True, "{ enabled: false }") + "".join(bodies)


if __name__ == "__main__":
    sys.stdout.write(spec(sys.argv[1], int(sys.argv[2])))
