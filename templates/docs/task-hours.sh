#!/usr/bin/env bash
# Usage: task-hours.sh ENVIRONMENT FROM TO
#
# Prints the task-hours of every service between two full hours, such as 2026-09-01T00:00:00Z: name, tab, task-hours.
# ECS sends one sample of CPUUtilization per running task and minute; their count over any time, divided by 60, is
# task-hours. At most 60 days at once; CloudWatch keeps hourly counts for 455 days. Reads only. Which services there are
# is in the data of the environment in ../cli. Needs jq and the AWS CLI.
set -euo pipefail

fail() {
    echo "task-hours.sh: $*" >&2
    exit 2
}

hour='^[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:00:00Z$'
[[ $# == 3 && $1 =~ ^[A-Za-z0-9-]+$ && $2 =~ $hour && $3 =~ $hour ]] ||
    fail "name an environment and two full hours: task-hours.sh ENVIRONMENT 2026-09-01T00:00:00Z 2026-09-15T00:00:00Z"
[[ $2 < $3 ]] || fail "$2 is not before $3"
[[ $(command -v jq) ]] || fail "jq is missing"
data=$(cd "$(dirname "$(realpath "${BASH_SOURCE[0]}")")/.." && pwd)/cli/$1
[[ -f $data/environment.json ]] || fail "there is no $data/environment.json: generate the target cli too"

setting() { jq -r "$1" "$data/environment.json"; }
wanted=$(setting .Account) region=$(setting .Region)
account=$(aws sts get-caller-identity --region "$region" --query Account --output text)
[[ $account == "$wanted" ]] || fail "these are services of account $wanted; the credentials are of $account"

names=$(setting '.Services[]')
total=0
while IFS= read -r name; do
    # service/CLUSTER/SERVICE, and whether ECS measures CPU every 20 seconds.
    known=$(jq -r '
        [.ScalableTarget.ResourceId, if .HighResolutionMetrics // [] | index("CPUUtilization") then "unproven" else "-" end] | @tsv
    ' "$data/$name.json")
    IFS=$'\t' read -r resource remark <<<"$known"
    IFS=/ read -r _ cluster service <<<"$resource"
    samples=$(aws cloudwatch get-metric-statistics --region "$region" --namespace AWS/ECS --metric-name CPUUtilization \
        --dimensions "Name=ClusterName,Value=$cluster" "Name=ServiceName,Value=$service" --statistics SampleCount \
        --period 3600 --start-time "$2" --end-time "$3" --query 'sum(Datapoints[].SampleCount)' --output text)
    hours=$(awk -v samples="$samples" 'BEGIN { printf "%.1f", samples / 60 }')
    total=$(awk -v total="$total" -v hours="$hours" 'BEGIN { printf "%.1f", total + hours }')
    if [[ $remark == - ]]; then
        printf '%s\t%s\n' "$name" "$hours"
    else
        printf '%s\t%s\t%s\n' "$name" "$hours" "$remark"
    fi
done <<<"$names"
echo "task-hours.sh: $total task-hours in all" >&2
