#!/usr/bin/env python3
"""Prints a spec with a warning for each of so many services: findings.py [FINDINGS]   (default: 2000)

How long findings take to show is the difference between `gen validate` and `gen validate --all-findings` of it.
"""
import sys


def spec(findings: int) -> str:
    services = "".join(f"  s{n}: {{ scaling: {{ cpu: {{ target: 40 }} }} }}\n" for n in range(findings))
    return ("version: 1\nproject: shop\ndefaults: { capacity: { min: 1, max: 9 } }\nservices:\n" + services
            + 'environments: { prod: { account: "111111111111", region: eu-west-1 } }\n')


if __name__ == "__main__":
    sys.stdout.write(spec(int(sys.argv[1]) if len(sys.argv) > 1 else 2000))
