#!/usr/bin/env bash
# shellcheck disable=SC1091,SC2016,SC2034,SC2153 # common.sh is beside it and uses what seems unused; a dollar sign in quotes is jq's
# Autoscaling of ECS services through the AWS CLI. Run with --help for what it does.
# What AWS must hold is data: ENV/environment.json and ENV/SERVICE.json beside this file, in the words of AWS's APIs.
set -euo pipefail

PROGRAM=$0 RUNNER=()            # what was called, and what runs it where it cannot run by itself
if [[ $PROGRAM != */* && -f $PROGRAM ]]; then PROGRAM=./$PROGRAM; fi
readonly MONITORING=@monitoring # what the services have together, as something to work on beside them

# This file's folder, also where it was called through symbolic links.
FOLDER=${BASH_SOURCE[0]}
while [[ -L $FOLDER ]]; do
    LINK=$(readlink -- "$FOLDER")
    if [[ $LINK == /* || $FOLDER != */* ]]; then FOLDER=$LINK; else FOLDER=${FOLDER%/*}/$LINK; fi
done
if [[ $FOLDER != */* ]]; then FOLDER=./$FOLDER; fi
FOLDER=$(CDPATH='' cd -P -- "${FOLDER%/*}/" && pwd)
source "$FOLDER/common.sh"

#### Help

usage() {
    local text
    read -r -d '' text <<'HELP' || true
usage: SCRIPT ENV plan|apply|status|verify|rollback|suspend|resume [OPTION]...

  plan       show what apply would change
  apply      write the scaling of the services, read it back, compare
  status     show services, targets, policies, alarms, scheduled actions and the last scaling activities
  verify     compare what is live with what is wanted, field by field
  rollback   restore what was live before the last apply
  suspend    suspend scaling by hand (alarms still change state, policies do not act on them); resume ends that

options
  --service NAME     only this service; may be repeated (default: all of the environment)
  --monitoring       what the services share: topic, rules, dashboards (default: along with all services; with
                     --service too: along with those)
  --yes              do not ask (needed where there is no terminal)
  --dry-run          apply, rollback, suspend, resume: show what would be done; read calls only
  --state-dir DIR    where save points are kept (default: $SCALEGEN_STATE_DIR, else ./.scalegen-state)
  --ledger FILE      where the rollout's successes are kept (default: $SCALEGEN_LEDGER, else ./rollout-ledger.tsv)
  --override REASON  apply: although the rollout's gate is closed; the reason is recorded
  --scale-in, --scale-out, --scheduled    suspend, resume: only this kind of scaling (default: all three)
  --help             this text

examples
  SCRIPT staging plan                                SCRIPT staging apply --service web --dry-run
  AWS_PROFILE=staging SCRIPT staging apply --yes     SCRIPT staging rollback --service web
  SCRIPT staging suspend --scale-in --service web    SCRIPT staging verify && echo 'live is as wanted'

exit status
  0   done; verify: no difference            1   the answer is no: verify found differences, or you declined to go on
  2   no answer: wrong usage, a guard refused, AWS failed            129, 130, 141, 143   SIGHUP, SIGINT, SIGPIPE, SIGTERM

what apply refuses
  another account or partition; a service that is not ACTIVE or not REPLICA; a deployment in progress; a policy that is
  not this script's on the same metric; a load balancer that is not an application load balancer; a target group that is
  not attached to the service; a policy on the requests of one target group of a service whose deployments alternate
  between two (CODE_DEPLOY, EXTERNAL, blue/green, canary); an alarm of a wanted name that triggers something else and was
  not made by this script; an AWS CLI that is too old for what is wanted.
  There is no lock: run it once per environment at a time.

what apply deletes
  Policies, alarms and scheduled actions that the spec has switched off or renamed, by their names. Whatever has another
  name is never touched, so what has left the spec altogether stays: delete it yourself. Once a target tracking policy
  is deleted, it no longer holds back scale-in; where another replaces it, dynamic scale-in is suspended in between.

the rollout, where the spec has one
  apply refuses until every environment of the waves before this one has a recorded success at least its soak time old,
  of what the spec says now. A success is an apply of all services, recorded in the ledger, a text file of one line an
  event: commit it, or keep it where the next wave finds it. A rollback takes the success back.

what the services share (topic, rules, dashboards), where the spec says so
  It comes first, because alarms name the topic, and has a save point of its own. apply refuses a topic, rule or
  dashboard that has its name, another content, and not the mark of this script. rollback deletes what did not exist
  before, with a topic its subscriptions. Targets that others added to a rule stay, as does an existing topic.

what else to know
  A minimum or maximum that a scheduled action of the spec has set is left alone. Measuring every 20 seconds begins with
  a deployment, for which apply waits; rollback does not undo it. Tags are given at creation, never changed later.
  suspend and resume make no save point: they say how to go back, and the next apply sets what the spec says.

save points
  Before its first write to a service, apply saves the scalable target, policies, alarms and scheduled actions as AWS
  describes them, in DIR/ACCOUNT/REGION/CLUSTER/SERVICE/current, a JSON file. Applying again after a failed or
  interrupted apply keeps that first save point. After a complete apply the next one that has something to write moves
  it to history/N beside it and starts afresh. rollback restores every selected service that has a save point, deletes
  what did not exist before, and moves the save point to history. It holds dynamic scale-in while it works, because a
  deleted policy no longer vetoes scale-in. If it is interrupted, run it again; until it is finished apply refuses.
  Keep DIR if you want to roll back from another machine.

needs bash 4.2 or newer, jq 1.6 or newer, and the AWS CLI (2.2 or newer, or 1.20 or newer)
HELP
    printf '%s\n' "${text//SCRIPT/$PROGRAM}"
}

#### jq: what is wanted or was saved, against what is live
# Data files, save points and what is live are states of one form: ScalableTarget, and lists of what belongs to it (or, for
# what the services have together, Topics, Rules, Dashboards); Absent has the names of what must not be there.

read -r -d '' JQ_SCALING <<'JQ' || true
def kinds: [
  ["policy", "ScalingPolicies", "PolicyName"], ["alarm", "MetricAlarms", "AlarmName"],
  ["scheduled action", "ScheduledActions", "ScheduledActionName"],
  ["topic", "Topics", "Name"], ["rule", "Rules", "Name"], ["dashboard", "Dashboards", "DashboardName"]
] | map({Word: .[0], List: .[1], Key: .[2]});
def things: [. as $state | kinds[] as $kind | $state[$kind.List][]? | {Word: $kind.Word, Name: .[$kind.Key], Value: .}];
def absences: [.Absent // {} | . as $absent | kinds[] as $kind | $absent[$kind.List][]?
  | if type == "string" then {Word: $kind.Word, Name: ., Remark: "switched off"}
    else {Word: $kind.Word, Name: .PolicyName,
          Remark: (if .RenamedTo then "renamed to \(.RenamedTo)" else "switched off" end)},
         (.AlarmName | values | {Word: "alarm", Name: ., Remark: "switched off"}) end];
def same($other): .Word == $other.Word and .Name == $other.Name;
def among($things): . as $thing | any($things[]; same($thing));
def found($things): . as $thing | [$things[] | select(same($thing))][0];
def alarm_names: [(things, absences)[] | select(.Word == "alarm") | .Name];
def parsed: if type == "string" then . as $text | try fromjson catch $text else . end;
def printed: if type == "string" then . else tojson end;
def normal_thing:
  .Word as $word | .Value
  | if $word == "policy" then normal_policy
    elif $word == "alarm" then normal_alarm
    elif $word == "scheduled action" then normal_action
    elif $word == "topic" then {Policy: .Policy | parsed} | normal
    elif $word == "rule" then
      defaults.Rule + only(["Description", "State", "Target"]) + {EventPattern: .EventPattern | parsed} | normal
    else # widgets by number: a dashboard is too long to be compared as one field
      .DashboardBody | parsed | normal | (.widgets? | arrays) |=
        (to_entries | map({key: "\(.key + 1)", value: {(.value.properties.title // .value.type): .value}}) | from_entries)
    end;
# What a thing is, for people.
def metric_words: if . then [.PredefinedMetricType, .ResourceLabel // empty] | join(" of ") else "customized metric" end;
def summary:
  if .Word == "target" then .Value | "min \(.MinCapacity), max \(.MaxCapacity)" else
    .Word as $word | normal_thing
    | if .PolicyType == "TargetTrackingScaling" then
        "\(.PredefinedMetricSpecification | metric_words) \(.TargetValue), cooldown out \(.ScaleOutCooldown) s, in \(.ScaleInCooldown) s"
        + if .DisableScaleIn then ", scale-in disabled" else "" end
      elif .PolicyType == "StepScaling" then
        "steps of \(.AdjustmentType) \([.StepAdjustments[]? | .ScalingAdjustment | tostring] | join(", ")), cooldown \(.Cooldown) s"
      elif .PolicyType == "PredictiveScaling" then
        "\(.Mode) of \(.MetricSpecifications[0] | "\(.PredefinedMetricPairSpecification | metric_words) \(.TargetValue)"),"
        + " \(.SchedulingBufferTime) s ahead"
      elif $word == "alarm" then
        "\(.MetricName // "metric math") \(.ComparisonOperator) \(.Threshold | shown), "
        + "\(.DatapointsToAlarm) of \(.EvaluationPeriods) x \(.Period // 60) s"
      elif $word == "scheduled action" then
        [.Schedule + " " + .Timezone, (.ScalableTargetAction.MinCapacity | values | "min \(.)"),
         (.ScalableTargetAction.MaxCapacity | values | "max \(.)"), (.StartTime | values | "from \(.)"),
         (.EndTime | values | "until \(.)")] | join(", ")
      elif $word == "topic" then "with a policy"
      elif $word == "rule" then "\(.State), to \(.Target // "nothing of ours")"
      else "\(.widgets | length) widgets" end
  end;

# used: of the data of a service, for use_service
def groups:
  [lookups | .ResourceLabel // .TargetGroup // empty | [.LoadBalancer, .TargetGroup]],
  [.ScalingPolicies[]? | .. | objects | .ResourceLabel | strings
   | capture("^(?<balancer>app/[^/]+/[^/]+)/(?<group>targetgroup/.+)$") | [.balancer, .group]],
  [.MetricAlarms[]? | .. | objects | .Dimensions | arrays | map({key: .Name, value: .Value}) | from_entries
   | [.LoadBalancer, .TargetGroup] | select(all(type == "string"))];
def used:
  (.ScalableTarget | values | {RESOURCE_ID: .ResourceId} | sets),
  ([groups[]] | unique[] | join(" ") | adds("GROUP_PAIRS")),
  ([lookups | .LoadBalancer | strings] | unique[] | adds("BALANCER_NAMES")),
  (.HighResolutionMetrics[]? | adds("MEASURES")),
  ({POLICIES: [.ScalingPolicies[]? | .PolicyType, (.. | .PredefinedMetricType? | strings)] | join(" ")} | sets);
# together: what the services have together, of environment.json, as a state
def together:
  .Monitoring + {Tags} | {Topics: [.Topic // empty], Rules: (.Rules // []), Dashboards: (.Dashboards // []), Tags: (.Tags // [])};

# live: of the answers [targets, policies, actions, alarms]
def live($resource):
  def mine: map(select(.ResourceId == $resource));
  add | (.ScalingPolicies // [] | mine) as $policies
  | ($policies | map({key: .PolicyARN, value: .PolicyName}) | from_entries) as $names
  | {
      ScalableTarget: (.ScalableTargets | mine | .[0] | if . then live_target else . end),
      ScalingPolicies: ($policies | map(live_policy)),
      ScheduledActions: (.ScheduledActions // [] | mine | map(live_action)),
      MetricAlarms: (.MetricAlarms // [] | map(live_alarm
        | every(if type == "string" and $names[.] then {"$lookup": {PolicyARN: $names[.]}} else . end)))
    };
# aim: the wanted target, except that a limit stays which a scheduled action of ours has set, and that a hold which an
# apply has left behind is to be released. Without a suspended state, what is suspended stays as it is.
def aim($live; $held):
  .ScalableTarget as $want | [.ScheduledActions[]?.ScalableTargetAction] as $limits
  | reduce ("MinCapacity", "MaxCapacity") as $limit ({};
      .[$limit] = if any($limits[][$limit] | values; . == $live[$limit]) then $live[$limit] else $want[$limit] end)
  | (if .MinCapacity > .MaxCapacity then $want | {MinCapacity, MaxCapacity} else . end)
  | ($want.SuspendedState // $held) as $suspended
  | if $suspended then .SuspendedState = (defaults.SuspendedState + $live.SuspendedState + $suspended) else . end;

# Limits that differ from the declared ones and are right nevertheless.
def schedule_lines($aim): .ScalableTarget as $want | ["min", "MinCapacity"], ["max", "MaxCapacity"]
  | select($aim[.[1]] != $want[.[1]]) | "\(.[0]) is \($aim[.[1]]), as the schedule sets it (declared: \($want[.[1]]))";

# Items: what there is to do about the target, the measurement, and each thing
def item($is; $live; $wanted): . + {Label: (.Label // "\(.Word) \(.Name)"), Fields: [differences($live; $wanted)]}
  | .Action = if $is == null then "create" elif .Fields == [] then "same" else "change" end;
def target_item($live):
  . as $aim | ($live | if . then normal_target else . end) as $is
  | {Label: "scalable target", Word: "target", Value: $aim}
  | if $aim.SuspendedState then item($live; $is; $aim | normal_target)
    else item($live; $is | if . then del(.SuspendedState) else . end; $aim) end;
def thing_item($live): found($live) as $is | item($is; $is | if . then normal_thing else . end; normal_thing);
def removals($live): things as $wanted | absences | map(
  select((among($wanted) | not) and among($live)) | . + {Label: "\(.Word) \(.Name)", Action: "delete", Fields: []});
# What ECS must measure every 20 seconds: policies on such metrics are taken afterwards only. One that is live proves it.
def tracked: .Value.TargetTrackingScalingPolicyConfiguration.PredefinedMetricSpecification.PredefinedMetricType // "";
def measures_later($live): ($live | things) as $live
  | any(things[] | select(tracked | endswith("HighResolution")); tracked != (found($live) // {} | tracked));
def measurement($live; $measured):
  select(measures_later($live)) | (.HighResolutionMetrics // []) - $measured | select(. != [])
  | {Label: "measurement", Word: "measurement", Action: "change",
     Remark: "starts a deployment of the service; rollback leaves it as it is",
     Fields: map({Field: ., Is: "every 60 s", ShouldBe: "every 20 s"})};
# Registering limits moves the service at once if it is outside them.
def jump($live; $desired):
  select(. and [$live.MinCapacity, $live.MaxCapacity] != [.MinCapacity, .MaxCapacity]) | ($desired | tonumber? // empty) as $now
  | select($now < .MinCapacity or $now > .MaxCapacity)
  | "desired count is \($now), the limits will be \(.MinCapacity) to \(.MaxCapacity): "
    + (if $now < .MinCapacity then "\(.MinCapacity - $now) more task(s) start" else "\($now - .MaxCapacity) task(s) stop" end)
    + " at once" | adds("WARNED");

# Guards: what apply or rollback refuses
def refused: adds("REFUSED");
def metric: normal_thing | [.PolicyType, .PredefinedMetricSpecification, .CustomizedMetricSpecification];
def guard_policies($live):
  things as $wanted | absences as $absent
  | $live[] | select(.Word == "policy") | . as $is | .Value.PolicyType as $type | found($wanted) as $same
  | if $same then
      select($type != $same.Value.PolicyType)
      | "policy \(.Name) exists with type \($type); delete or rename it first" | refused
    elif among($absent) then empty
    elif $type == "StepScaling" then
      "step scaling policy \(.Name): target tracking has no veto over its scale-in, so the count may flap" | adds("WARNED")
    elif $type == "TargetTrackingScaling" then
      metric as $metric | $wanted[] | select(.Word == "policy" and metric == $metric)
      | "policy \($is.Name) is on the same metric (\($metric[1] | metric_words)) as \(.Name); AWS allows one:"
        + " delete it, or give its name in the spec (policy_name) to adopt it" | refused
    else empty end;
# An alarm that triggers something else, and no policy of this service, is somebody else's, unless its description says
# that it was made here.
def guard_alarms($live; $project; $resource):
  $live[] | select(.Word == "alarm") | .Value | select(.AlarmActions // [] != [])
  | select(.AlarmDescription // "" | endswith("Made by gen for \($project).") | not)
  | select(any((.AlarmActions, .OKActions, .InsufficientDataActions)[]?;
      is_lookup or contains(":resource/ecs/\($resource):policyName/")) | not)
  | "alarm \(.AlarmName) triggers something else (\(.AlarmActions | shown)); delete or rename it,"
    + " or give another name in the spec (alarm_name)" | refused;
# What has our name, another content and not our mark is somebody else's, unless it was not there before this script came.
def guard_marks($items; $live; $monitoring; $saved):
  $live[] | . as $is | select(any($items[]; same($is) and .Action != "same") and (among($saved) | not))
  | select(if .Word == "topic" then (.Value.Policy | parsed | .Id?) != $monitoring.PolicyId
           else .Value | tojson | contains($monitoring.Mark | tojson | .[1:-1]) | not end)
  | "\(.Word) \(.Name) exists and is not of this script; delete or rename it, or give another name in the spec" | refused;
# Deregistering deletes everything on the target, so there must be nothing on it but ours.
def guard_deregistration($live):
  (things + absences) as $known | select(.ScalableTarget == null and $live.ScalableTarget)
  | $live | things[] | select(.Word != "alarm" and (among($known) | not))
  | "the scalable target did not exist before, but \(.Word) \(.Name) is on it now and would be deleted too;"
    + " delete it yourself first" | refused;
def guard_strays($live):
  absences as $absent | $live[] | select(.Word == "rule" and among($absent)) | .Name as $rule | .Value.Strays[]?
  | "rule \($rule) did not exist before, but has the target \(.) now, which is not of this script; remove it first" | refused;
# A target tracking policy that scales in keeps the others from doing so while its metric is near the target.
def lost_vetoes($items; $live):
  $items[] | select(.Word == "policy" and .Remark == "switched off") | found($live)
  | select(.Value.PolicyType == "TargetTrackingScaling" and (normal_thing | .DisableScaleIn | not))
  | "with policy \(.Name) goes its veto on scaling in: the others may scale in at once" | adds("NOTES");
# What has another name stays, also what was in the spec once: it still takes part in scaling.
def others($live): (things + absences) as $known | $live[] | select(.Word != "alarm" and (among($known) | not))
  | "\(.Word) \(.Name) (\(summary)): not of this script, left as it is" | adds("OTHERS");
def padded: if length < 20 then . + " " * (20 - length) else . end;
def item_lines:
  .Action as $action
  | "  \({create: "+", change: "~", delete: "-", same: "="}[.Action]) \(.Label)"
    + (if (.Remark // "") == "" then "" else " (\(.Remark))" end)
    + (if .Action == "create" then ": \(summary)" else "" end),
    (.Fields[] | select($action == "change") | "      \(.Field | padded) \(.Is | shown) -> \(.ShouldBe | shown)");
def difference_lines:
  .Label as $called
  | if .Action == "create" then "\($called): missing"
    elif .Action == "delete" then "\($called): should not exist"
    elif .Action == "change" then .Fields[] | "\($called): \(.Field) is \(.Is | shown), should be \(.ShouldBe | shown)"
    else empty end;
# For status: what is live, and what the data say of it.
def status_lines($live):
  things as $wanted | absences as $absent
  | (select(.ScalableTarget) | [schedule_lines(aim($live.ScalableTarget; null))] as $lines | $live.ScalableTarget
     | if . == null then "  target      none"
       else normal_target | "  target      min \(.MinCapacity), max \(.MaxCapacity)", ($lines[] | "  schedule    \(.)"),
         (.SuspendedState | to_entries[] | select(.value) | "  suspended   \(.key)") end),
    ($live | things[] | "  \(.Word | split(" ") | last | . + " " * (12 - length))\(.Name): \(summary)"
    + if among($wanted) then "" elif among($absent) then " (the spec says: not any more)" else " (not of this script)" end);

# compared: of a wanted or saved state (the input) and what is live, for `compare`.
# $with: {Mode, Held, Measured, Project, Resource, Monitoring, Saved}
def compared($live; $with):
  . as $wanted | ($live | things) as $things | ($with.Mode == "saved") as $saved
  | (.ScalableTarget | if . == null then . elif $saved then normal_target
                       else $wanted | aim($live.ScalableTarget; $with.Held) end) as $aim
  | [ (if $aim then $aim | target_item($live.ScalableTarget)
       elif $live.ScalableTarget then {Label: "scalable target", Word: "target", Action: "delete", Fields: []}
       else empty end),
      (if $saved then empty else measurement($live; $with.Measured) end),
      (removals($things)[] | if $saved then del(.Remark) else . end),
      (things[] | thing_item($things)) ] as $items
  | def count(f): [$items[] | select(f)] | length;
    ({
      PLAN: ({Items: $items, Aim: $aim, Live: $live.ScalableTarget} | tojson),
      MEASURES_LATER: measures_later($live), COUNT_CREATE: count(.Action == "create"), COUNT_CHANGE: count(.Action == "change"),
      COUNT_DELETE: count(.Action == "delete"), COUNT_SAME: count(.Action == "same"),
      LOST_POLICIES: count(.Word == "policy" and .Action == "delete"),
      NEW_POLICIES: count(.Word == "policy" and .Action == "create"),
      DUE: [$items[] | select(.Action != "same") | .Word] | unique | join(" "),
      AIM_MIN: $aim.MinCapacity, AIM_MAX: $aim.MaxCapacity, AIM_STATE: ($aim.SuspendedState | if . then tojson else . end)
    } | sets),
    ($live.ScalableTarget | (if . then normal_target else . end) | {
      LIVE_MIN: .MinCapacity, LIVE_MAX: .MaxCapacity, LIVE_STATE: (.SuspendedState | tojson),
      IS_IN: .SuspendedState.DynamicScalingInSuspended, IS_OUT: .SuspendedState.DynamicScalingOutSuspended,
      IS_SCHEDULED: .SuspendedState.ScheduledScalingSuspended
    } | sets),
    (schedule_lines($aim) | adds("SCHEDULE_LINES")),
    ($items[] | item_lines | adds("PLAN_LINES")), ($items[] | difference_lines | adds("DIFFERENCES")),
    ($aim | jump($live.ScalableTarget; $with.Desired)),
    if $with.Mode == "wanted" then
      guard_policies($things), guard_alarms($things; $with.Project; $with.Resource), lost_vetoes($items; $things), others($things)
    elif $with.Mode == "together" then guard_marks($items; $things; $with.Monitoring; $with.Saved)
    else guard_deregistration($live), guard_strays($things) end;
# first_state: a save point (the input) with what it does not know yet of the wanted things, as they are live.
def first_state($live; $wanted):
  ($live | things) as $things | (things + absences) as $known
  | reduce ($wanted | things + absences | unique_by([.Word, .Name])[] | select(among($known) | not)) as $thing (.;
      ($thing | found($things)) as $was | (kinds[] | select(.Word == $thing.Word) | .List) as $list
      | if $was then .[$list] += [$was.Value] else .Absent[$list] += [$thing.Name] end);
# suspension: the live target with some kinds suspended or not, as a state
def suspension($kinds; $value):
  {"--scale-in": "DynamicScalingInSuspended", "--scale-out": "DynamicScalingOutSuspended",
   "--scheduled": "ScheduledScalingSuspended"} as $names
  | ([$kinds[] | {key: $names[.], value: $value}] | from_entries) as $changes
  | {ScalableTarget: (.ScalableTarget | if . then normal_target | .SuspendedState += $changes else . end)};

# Requests, for write_all: what it is, service, operation, request
def on($resource): {ServiceNamespace: "ecs", ResourceId: $resource, ScalableDimension: "ecs:service:DesiredCount"};
# Limits that the schedule has set are left alone. AWS takes tags on the first registration only.
def registration($wanted; $resource):
  .Aim as $aim | $wanted.ScalableTarget as $declared
  | on($resource) + ($aim | with_entries(select(.key == "SuspendedState" or .value == $declared[.key])))
    + if .Live == null and ($wanted.Tags // []) != []
      then {Tags: ($wanted.Tags | map({key: .Key, value: .Value}) | from_entries)} else {} end;
# CloudWatch takes tags when an alarm is created, and ignores them afterwards. Of a scheduled action, start and end that are
# not sent are deleted; the time zone is always sent.
def write($resource; $tags; $topic):
  .Name as $name | .Value as $value | .Label as $called | on($resource) as $on
  | (if $tags == [] then {} else {Tags: $tags} end) as $tagged | (if .Action == "create" then $tagged else {} end) as $new
  | ["remove our target of", "events", "remove-targets", {Rule: $name, Ids: ["topic"]}] as $without
  | {
      "put policy": [["put", "application-autoscaling", "put-scaling-policy", $on + $value]],
      "delete policy": [["delete", "application-autoscaling", "delete-scaling-policy", $on + {PolicyName: $name}]],
      "put alarm": [["put", "cloudwatch", "put-metric-alarm", $value + $tagged]],
      "delete alarm": [["delete", "cloudwatch", "delete-alarms", {AlarmNames: [$name]}]],
      "put scheduled action": [["put", "application-autoscaling", "put-scheduled-action", $on + defaults.ScheduledAction + $value]],
      "delete scheduled action": [["delete", "application-autoscaling", "delete-scheduled-action", $on + {ScheduledActionName: $name}]],
      "create topic": [["create", "sns", "create-topic", {Name: $name, Attributes: {Policy: $value.Policy | printed}} + $new]],
      "put topic": [["set the policy of", "sns", "set-topic-attributes",
        {TopicArn: ($topic + $name), AttributeName: "Policy", AttributeValue: $value.Policy | printed}]],
      "delete topic": [["delete", "sns", "delete-topic", {TopicArn: ($topic + $name)}]],
      "put rule": [
        ["put", "events", "put-rule", {Name: $name, EventPattern: $value.EventPattern | printed} + defaults.Rule + $new
          + ($value | only(["State", "Description"]))],
        if $value.Target then
          ["put the target of", "events", "put-targets", {Rule: $name, Targets: [{Id: "topic", Arn: $value.Target}]}]
        else $without end],
      "delete rule": [$without, ["delete", "events", "delete-rule", {Name: $name}]],
      "put dashboard": [["put", "cloudwatch", "put-dashboard",
        {DashboardName: $name, DashboardBody: $value.DashboardBody | printed}]],
      "delete dashboard": [["delete", "cloudwatch", "delete-dashboards", {DashboardNames: [$name]}]]
    } as $requests
  | $requests["\(.Action) \(.Word)"] // $requests["put \(.Word)"] | .[] | .[0] += " \($called)";
JQ

# scaling FILTER [ARG...], learn FILTER [ARG...]: `jq` and `take` with all definitions
scaling() { json -r "$JQ_COMMON $JQ_SCALING $1" "${@:2}"; }
learn() { take "$JQ_SCALING $1" "${@:2}"; }

#### The service that is being worked on

COMMAND=
TOUCHED=()      # services with a save point of this run
HELD=           # service whose scale-in is held at this moment
RELEASED_STATE= # its suspended state without the hold
HELD_NOW=no     # this run has suspended scale-in, so this run must release it

is_monitoring() { [[ $SERVICE == "$MONITORING" ]]; }

# use_service NAME: reads its data, which FILE has, and its save point.
use_service() {
    SERVICE=$1 WORK=$SCRATCH/$1 FILE=$DATA/$1.json
    GROUP_PAIRS=() BALANCER_NAMES=() MEASURES=() POLICIES='' MEASURED='' DESIRED=''
    mkdir -p -- "$WORK"
    if is_monitoring; then
        FILE=$WORK/data.json RESOURCE_ID="topic, rules and dashboards of $ENVIRONMENT"
        scaling together "$DATA/environment.json" >"$FILE" || exit
        POINT_DIR=$STATE_DIR/$ACCOUNT/$REGION/$MONITORING/$ENVIRONMENT
    fi
    [[ -f $FILE ]] || fail "$FILE is not there"
    learn used "$FILE"
    if ! is_monitoring; then
        ECS_SERVICE=${RESOURCE_ID##*/} CLUSTER=${RESOURCE_ID#service/}
        CLUSTER=${CLUSTER%/*}
        IDENTITY=(--service-namespace ecs --scalable-dimension ecs:service:DesiredCount --resource-id "$RESOURCE_ID")
        POINT_DIR=$STATE_DIR/$ACCOUNT/$REGION/$CLUSTER/$ECS_SERVICE
    fi
    load_point
}

#### What is live

read_service() {
    read_aws ecs describe-services --cluster "$CLUSTER" --services "$ECS_SERVICE"
    learn '.services[0] // {} | (.deployments // []) as $deployments | {
        STATUS: .status, STRATEGY: .schedulingStrategy, DESIRED: .desiredCount, RUNNING: .runningCount, PENDING: .pendingCount,
        CONTROLLER: (.deploymentController.type // "ECS"), ROLLOUT_STRATEGY: (.deploymentConfiguration.strategy // "task sets"),
        DEPLOYMENTS: $deployments | length,
        ROLLOUTS: [$deployments[] | select(.rolloutState == "IN_PROGRESS")] | length,
        FAILED_ROLLOUTS: [$deployments[] | select(.rolloutState == "FAILED")] | length,
        ATTACHED: [.loadBalancers[]?.targetGroupArn | values] | join(" "),
        REVISION: (.currentServiceRevisions // [] | .[0].arn)
    } | sets' "$ANSWER"
}

rolling_out() { ((ROLLOUTS > 0 || DEPLOYMENTS > 1)); }

# read_part NAME ARG...: a call whose answer stays, for assemble
read_part() {
    read_aws "${@:2}"
    mv -f -- "$ANSWER" "$WORK/$1.json"
}

read_target() {
    read_part targets application-autoscaling describe-scalable-targets --service-namespace ecs \
        --scalable-dimension ecs:service:DesiredCount --resource-ids "$RESOURCE_ID"
}

read_policies() { read_part policies application-autoscaling describe-scaling-policies "${IDENTITY[@]}"; }

# read_live: everything, in live.json. Alarms belong to no target, so they are asked for by name.
read_live() {
    local names
    if is_monitoring; then
        read_together
        return
    fi
    read_target
    read_policies
    read_part actions application-autoscaling describe-scheduled-actions "${IDENTITY[@]}"
    names=$(scaling '[.[] | alarm_names[]] | unique | select(. != []) | tojson' -s "$FILE" "$POINT") || exit
    if [[ -n $names ]]; then read_part alarms cloudwatch describe-alarms --alarm-names "$names"; fi
    assemble targets policies actions ${names:+alarms}
}

# assemble NAME...: makes live.json of answers
assemble() {
    local name files=()
    for name in "$@"; do files+=("$WORK/$name.json"); done
    scaling 'live($resource)' -s --arg resource "$RESOURCE_ID" "${files[@]}" >"$WORK/live.json" || exit
}

# What the services have together is asked for thing by thing; `part` adds what the last answer says of one.
read_together() {
    local things word name
    : >"$WORK/parts.json"
    things=$(scaling '[.[] | things + absences | .[]] | unique_by([.Word, .Name])[] | [.Word, .Name] | line' -s "$FILE" "$POINT") || exit
    while IFS=$SEPARATOR read -r word name; do
        if [[ -n $word ]]; then "read_$word" "$name"; fi
    done <<<"$things"
    json -s '{Topics: map(.Topic // empty), Rules: map(.Rule // empty), Dashboards: map(.Dashboard // empty)}' \
        "$WORK/parts.json" >"$WORK/live.json" || exit
}

part() { json -c --arg name "$1" "${@:3}" "$2" "$ANSWER" >>"$WORK/parts.json" || exit; }

topic_arn() { printf 'arn:%s:sns:%s:%s:%s' "$PARTITION" "$REGION" "$ACCOUNT" "$1"; }

read_topic() {
    ask_aws NotFound NotFoundException -- sns get-topic-attributes --topic-arn "$(topic_arn "$1")" || return 0
    part "$1" '{Topic: {Name: $name, Policy: .Attributes.Policy}}'
}

read_rule() {
    ask_aws ResourceNotFoundException -- events describe-rule --name "$1" || return 0
    mv -f -- "$ANSWER" "$WORK/rule.json"
    read_aws events list-targets-by-rule --rule "$1"
    part "$1" '{Rule: ($rule[0] | {Name, Description, EventPattern, State}), Targets: (.Targets // [])}
        | .Rule.Target = ([.Targets[] | select(.Id == "topic") | .Arn][0])
        | .Rule.Strays = [.Targets[] | .Id | select(. != "topic")]' --slurpfile rule "$WORK/rule.json"
}

read_dashboard() {
    ask_aws ResourceNotFound DashboardNotFoundError -- cloudwatch get-dashboard --dashboard-name "$1" || return 0
    part "$1" '{Dashboard: {DashboardName: $name, DashboardBody}}'
}

#### Live against wanted

# compare MODE FILE: wanted (data of a service), together (data of what the services have together), or saved (a state as
# it was or is to be). Sets PLAN, and what bash must know of it.
compare() {
    PLAN_LINES=() DIFFERENCES=() NOTES=() SCHEDULE_LINES=() OTHERS=() REFUSED=() WARNED=()
    learn 'compared($live[0]; {Mode: $mode, Held: $held, Measured: ($measured / " "), Project: $project,
            Resource: $resource, Desired: $desired, Monitoring: $environment[0].Monitoring, Saved: ($point[0] // {} | absences)})' \
        --arg mode "$1" --argjson held "${SAVED_HELD:-null}" --arg measured "$MEASURED" --arg project "$PROJECT" \
        --arg resource "$RESOURCE_ID" --arg desired "$DESIRED" --slurpfile environment "$DATA/environment.json" \
        --slurpfile point "$POINT" --slurpfile live "$WORK/live.json" "$2"
}

compare_with_wanted() {
    if is_monitoring; then compare together "$WORK/wanted.json"; else compare wanted "$WORK/wanted.json"; fi
}
compare_with_saved() { compare saved "$POINT"; }
compare_suspension() { compare saved "$WORK/wanted.json"; }

differs() { ((COUNT_CREATE + COUNT_CHANGE + COUNT_DELETE)); }
has_target() { [[ -n $LIVE_MIN ]]; }
print_lines() { # PREFIX LINE...
    local line
    for line in "${@:2}"; do printf '%s%s\n' "$1" "$line"; done
}

# tell_guards: what apply or rollback refuses, and what they warn of
tell_guards() {
    local reason
    for reason in ${WARNED[@]+"${WARNED[@]}"}; do warn_of "$reason"; done
    for reason in ${REFUSED[@]+"${REFUSED[@]}"}; do refuse "$reason"; done
}

# command_line COMMAND SERVICE [OPTION...]: what to type to run this program again, state directory included.
command_line() {
    local which=(--service "$2")
    if [[ $2 == "$MONITORING" ]]; then which=(--monitoring); fi
    quoted ${RUNNER[@]+"${RUNNER[@]}"} "$PROGRAM" "$ENVIRONMENT" "$1" "${which[@]}" "${@:3}" --state-dir "$STATE_DIR"
}

at_exit() {
    local write service
    if (($1 < 2)) || [[ " apply rollback suspend resume " != *" $COMMAND "* ]]; then return; fi
    if [[ ${#WRITES[@]} -eq 0 && -z $IN_FLIGHT ]]; then
        note 'nothing was written to AWS'
        return
    fi
    note 'written before this:'
    for write in ${WRITES[@]+"${WRITES[@]}"} ${IN_FLIGHT:+"$IN_FLIGHT (not confirmed: it may or may not have arrived)"}; do
        note "  $write"
    done
    for service in ${TOUCHED[@]+"${TOUCHED[@]}"}; do
        note "to go on:   $(command_line "$COMMAND" "$service" ${KINDS[@]+"${KINDS[@]}"})"
        if [[ $COMMAND == apply ]]; then note "to go back: $(command_line rollback "$service")"; fi
    done
    if [[ -n $HELD ]]; then
        note "Dynamic scale-in of $HELD is suspended until its $COMMAND is finished (it may still scale out)."
        note "To release it by hand instead: $(quoted aws application-autoscaling register-scalable-target "${IDENTITY[@]}" \
            --region "$REGION" --suspended-state "$RELEASED_STATE")"
    fi
}

#### Guards: a problem means that there is nothing to compare; a refusal, that apply must not write

# inspect: reads everything about the service in use and compares it; status 1 if it cannot be compared.
inspect() {
    local problems=${#PROBLEMS[@]}
    if ! is_monitoring; then check_service; fi
    if ((${#PROBLEMS[@]} == problems)); then resolve_groups; fi
    if ((${#PROBLEMS[@]} > problems)); then return 1; fi
    resolved "$FILE" . >"$WORK/wanted.json" || exit
    if ! is_monitoring; then check_deployments; fi
    if [[ $COMMAND == apply && $PHASE == rolling-back ]]; then # it may hold scale-in, which would stay for ever
        refuse "a rollback was interrupted; finish it first: $(command_line rollback "$SERVICE")"
    fi
    read_live
    compare_with_wanted
    if [[ $MEASURES_LATER == true ]]; then check_measurement; fi
    tell_guards
}

# An older CLI would not show predictive policies, and fail when it is to write one.
check_service() {
    read_service
    if [[ -z $STATUS ]]; then
        problem "there is no ECS service $ECS_SERVICE in cluster $CLUSTER"
    elif [[ $STATUS != ACTIVE ]]; then
        problem "ECS service $ECS_SERVICE is $STATUS, not ACTIVE"
    elif [[ $STRATEGY != REPLICA ]]; then
        problem "scheduling strategy is $STRATEGY; only REPLICA services scale"
    elif contains_word PredictiveScaling "$POLICIES" &&
        ! cli_knows PredictiveScalingPolicyConfiguration application-autoscaling put-scaling-policy; then
        problem 'this AWS CLI does not know predictive scaling of ECS services; take one of December 2024 or newer'
    fi
}

# A target group must be attached to the service (AWS checks this) and belong to the load balancer (AWS does not: it would
# scale on nothing).
resolve_groups() {
    local group balancer
    for group in ${GROUP_PAIRS[@]+"${GROUP_PAIRS[@]}"}; do resolve_group "${group% *}" "${group#* }"; done
    for balancer in ${BALANCER_NAMES[@]+"${BALANCER_NAMES[@]}"}; do found_balancer "$balancer" || true; done
}

# resolve_group LOAD_BALANCER TARGET_GROUP: names, or the ends of the ARNs, which have slashes.
resolve_group() {
    local arn attached=''
    if [[ $1 == */* ]]; then
        for arn in $ATTACHED; do
            if [[ ${arn##*:} == "$2" ]]; then attached=$arn; fi
        done
        [[ -n $attached ]] || problem "$2 is not attached to ECS service $ECS_SERVICE"
        [[ -n $attached ]] && target_group "$attached" || return 0
        BALANCER=$1
    else
        found_group "$1" "$2" || return 0
    fi
    if is_monitoring; then
        is_owned "$BALANCER" || warn_of "no listener of load balancer $1 forwards to target group $2: its graphs stay empty"
    elif ! contains_word "$GROUP_ARN" "$ATTACHED"; then
        problem "target group $2 is not attached to ECS service $ECS_SERVICE"
    elif ! is_owned "$BALANCER"; then
        problem "no listener of load balancer $BALANCER forwards to target group $GROUP"
    fi
}

check_deployments() {
    if rolling_out; then
        refuse "a rollout is in progress ($DEPLOYMENTS deployment(s)); wait until it has finished"
    fi
    if [[ $CONTROLLER == EXTERNAL ]]; then
        warn_of 'deployment controller EXTERNAL: scale-in goes on during deployments'
    fi
    if ! contains_word ALBRequestCountPerTarget "$POLICIES"; then return; fi
    case $CONTROLLER/$ROLLOUT_STRATEGY in
    CODE_DEPLOY/* | EXTERNAL/* | */BLUE_GREEN | */LINEAR | */CANARY)
        refuse "requests per target cannot be tracked: deployments ($CONTROLLER, $ROLLOUT_STRATEGY)" \
            'alternate between target groups, and the policy of the idle one sees no data and blocks scale-in;' \
            'name both (load_balancer.target_groups in the spec) to track the sum'
        ;;
    esac
}

#### Measurement every 20 seconds
# Policies on high-resolution metrics need ECS to measure CPU or memory so often, and AWS takes them only after the
# deployment that begins it (Amazon ECS Developer Guide, "Faster auto scaling with high-resolution metrics").

readonly DEPLOYMENT_SECONDS=3600 # how long a deployment may take
readonly POLL_SECONDS=15
check_measurement() {
    if [[ $CONTROLLER == CODE_DEPLOY || $CONTROLLER == EXTERNAL ]]; then
        refuse "with the deployment controller $CONTROLLER, ECS cannot measure every 20 seconds"
    elif ((FAILED_ROLLOUTS)); then
        refuse 'its last deployment has failed, and measuring every 20 seconds begins with another'
    elif ! cli_knows monitoring ecs update-service; then
        refuse 'this AWS CLI does not know "aws ecs update-service --monitoring", which measuring every 20 seconds needs;' \
            'take one with botocore 1.43.33 or newer (June 2026)'
    else
        read_measurement
        compare_with_wanted
    fi
}

# read_measurement: sets MEASURED and UNMEASURED, metrics by whether ECS measures them every 20 seconds. Only the service
# revision tells.
read_measurement() {
    MEASURED='' UNMEASURED=${MEASURES[*]}
    if [[ -z $REVISION ]]; then return; fi
    read_aws ecs describe-service-revisions --service-revision-arns "$REVISION"
    learn '[.serviceRevisions[0].monitoring.metricConfigurations[]? | select(.resolutionSeconds == 20) | .metricNames[]]
        | {MEASURED: join(" "), UNMEASURED: ($ARGS.positional - .) | join(" ")} | sets' "$ANSWER" --args "${MEASURES[@]}"
}

# measure: lets ECS measure what is wanted, besides what it measures so already, and waits for the deployment.
measure() {
    local metrics=$MEASURED${MEASURED:+ }$UNMEASURED deadline=$((SECONDS + DEPLOYMENT_SECONDS))
    metrics=${metrics// /,}
    write_aws "let ECS measure $metrics of $ECS_SERVICE every 20 s" ecs update-service --cluster "$CLUSTER" \
        --service "$ECS_SERVICE" --monitoring "metricConfigurations=[{metricNames=[$metrics],resolutionSeconds=20}]"
    printf '    waiting for the deployment\n'
    while ((SECONDS < deadline)); do
        read_service
        if ((FAILED_ROLLOUTS)); then fail "the deployment of $ECS_SERVICE that begins the measurement has failed"; fi
        if ! rolling_out; then
            read_measurement
            if [[ -z $UNMEASURED ]]; then return; fi
        fi
        pause "$POLL_SECONDS"
    done
    fail "ECS does not measure every 20 seconds yet, after $DEPLOYMENT_SECONDS s: apply again when $ECS_SERVICE is deployed"
}

#### Save points: what was live before the first write, one JSON file for each service
# A state with Format, Phase (applying, applied, rolling-back; in history also rolled-back), Resource, Saved (when), and Held:
# what was suspended before apply held scale-in, while it holds it. ScalableTarget is null where there was none.

# load_point: sets POINT (/dev/null if there is none), PHASE (empty then), SAVED_AT and SAVED_HELD.
load_point() {
    local file=$POINT_DIR/current
    PHASE='' SAVED_AT='' SAVED_HELD='' POINT=/dev/null
    if [[ ! -e $file ]]; then return; fi
    POINT=$WORK/point.json
    read -r FORMAT <"$file" || true # the first versions wrote text
    if [[ $FORMAT != format$'\t'* ]]; then
        jq -s 'if length == 1 and (.[0] | .Format and .Phase and .Resource and has("ScalableTarget")) then .[0] else error end' \
            "$file" >"$POINT" 2>/dev/null || fail "$file is not a complete save point"
        learn '{FORMAT: .Format, PHASE: .Phase, RESOURCE: .Resource, SAVED_AT: .Saved, SAVED_HELD: (.Held | if . then tojson else . end)}
            | sets' "$POINT"
    fi
    [[ $FORMAT == 4 ]] || fail "$file was written by another version of this script: use that one to roll back"
    [[ $RESOURCE == "$RESOURCE_ID" ]] || fail "$file belongs to $RESOURCE, not to $RESOURCE_ID"
}

# store_point PHASE [FILE]: all or nothing, because a rename is.
store_point() {
    local text temporary
    PHASE=$1
    text=$(json --arg phase "$PHASE" --argjson held "${SAVED_HELD:-null}" \
        '.Phase = $phase | if $held then .Held = $held else del(.Held) end' "$POINT") || exit
    if ! { mkdir -p -- "$POINT_DIR/history" && temporary=$(mktemp "$POINT_DIR/.current.XXXXXX") &&
        printf '%s\n' "$text" >"$temporary" && mv -f -- "$temporary" "${2:-$POINT_DIR/current}"; }; then
        fail "the save point cannot be written below $POINT_DIR"
    fi
}

# archive_point PHASE: copies the save point to history; whoever calls it replaces or removes it afterwards.
archive_point() {
    local n=1
    while [[ -e $POINT_DIR/history/$n ]]; do n=$((n + 1)); done
    ARCHIVED=$POINT_DIR/history/$n
    store_point "$1" "$ARCHIVED"
}

# save_first_state: before the first write. That of an apply that did not finish is kept; what it does not know is added.
save_first_state() {
    local text
    if [[ $PHASE != applying ]]; then
        if [[ -n $PHASE ]]; then archive_point "$PHASE"; fi
        utc -1
        SAVED_HELD='' POINT=$WORK/point.json
        json --arg resource "$RESOURCE_ID" --arg saved "$REPLY" \
            '{Format: 4, Phase: "applying", Resource: $resource, Saved: $saved, ScalableTarget}' "$WORK/live.json" >"$POINT" || exit
    fi
    text=$(scaling 'first_state($live[0]; $wanted[0])' --slurpfile live "$WORK/live.json" \
        --slurpfile wanted "$WORK/wanted.json" "$POINT") || exit
    printf '%s\n' "$text" >"$POINT"
    store_point applying
    TOUCHED+=("$SERVICE")
}

#### Writing: what apply and rollback have in common

# write_items FILTER: writes what FILTER makes of the items of PLAN; an alarm needs the ARN of its policy.
write_items() {
    local requests what service operation request policies=/dev/null
    if ! is_monitoring; then policies=$WORK/policies.json; fi
    requests=$(scaling ".Items | $1 | write(\$resource; \$data[0].Tags // []; \$topic)
            | .[3] |= (resolved([\$policies[].ScalingPolicies[]? | select(.ResourceId == \$resource)
                                 | \"PolicyARN \\(.PolicyName)\", .PolicyARN]) | tojson) | line" \
        --arg resource "$RESOURCE_ID" --arg topic "$(topic_arn '')" --slurpfile data "$FILE" \
        --slurpfile policies "$policies" <<<"$PLAN") || exit
    while IFS=$SEPARATOR read -r what service operation request; do
        if [[ -z $what ]]; then continue; fi
        if ((${#request} > 30000)); then # one argument of a command has at most 128 KiB
            printf '%s' "$request" >"$SCRATCH/request.json"
            request=file://$SCRATCH/request.json
        fi
        write_aws "$what" "$service" "$operation" --cli-input-json "$request"
    done <<<"$requests"
}

# write_all FILE HOLDS: what PLAN says. FILE is what is wanted or saved; HOLDS, whether scale-in is held meanwhile. Deleting
# comes first, because two policies on one metric are refused; rules need the topic, alarms their policies, and policies the
# target, which comes last where that releases the hold.
write_all() {
    local word
    HELD_NOW=no
    if [[ $2 == yes ]]; then hold_scale_in; else register "$1"; fi
    write_items 'map(select(.Action == "delete" and .Word != "target")) | reverse[]'
    for word in topic rule dashboard policy alarm 'scheduled action'; do
        if [[ $word == alarm && $DUE == *alarm* ]]; then read_policies; fi
        write_items "map(select(.Word == \"$word\" and (.Action == \"create\" or .Action == \"change\")))[]"
    done
    if [[ $2 == yes ]]; then register "$1"; fi
    if has_target && [[ -z $AIM_MIN ]]; then
        write_aws "deregister scalable target $RESOURCE_ID" \
            application-autoscaling deregister-scalable-target "${IDENTITY[@]}"
    fi
    HELD=''
}

# register FILE: the scalable target, if it is due
register() {
    local request
    if [[ -z $AIM_MIN || ($HELD_NOW == no && " $DUE " != *' target '*) ]]; then return; fi
    request=$(scaling 'registration($file[0]; $resource) | tojson' --arg resource "$RESOURCE_ID" --slurpfile file "$1" <<<"$PLAN") || exit
    write_aws "register scalable target $RESOURCE_ID with min $AIM_MIN, max $AIM_MAX${AIM_STATE:+, suspended: $AIM_STATE}" \
        application-autoscaling register-scalable-target --cli-input-json "$request"
}

# hold_scale_in: a deleted policy no longer vetoes scale-in, so capacity could fall until another takes its place. (A policy
# that is put has alarms without data, and those block scale-in by themselves.)
hold_scale_in() {
    local on='"DynamicScalingInSuspended":true' off='"DynamicScalingInSuspended":false'
    RELEASED_STATE=${AIM_STATE:-${LIVE_STATE/$on/$off}}
    if [[ $RELEASED_STATE == *"$off"* ]]; then HELD=$SERVICE; fi
    if [[ $IS_IN == true ]]; then return; fi
    write_aws "hold dynamic scale-in of $RESOURCE_ID" application-autoscaling register-scalable-target "${IDENTITY[@]}" \
        --suspended-state "${LIVE_STATE/$off/$on}"
    HELD_NOW=yes
}

# read_back COMPARISON: reads may lag behind writes for a moment.
read_back() {
    local delay
    for delay in 1 2 4 8 0; do
        read_live
        "$1"
        if ! differs; then return; fi
        if ((delay)); then pause "$delay"; fi
    done
    print_lines "$SERVICE: " "${DIFFERENCES[@]}" >&2
    fail "AWS accepted the writes to $SERVICE, but does not hold what was written"
}

#### plan and apply

# survey: inspects and compares every selected service, prints the plan, and keeps for apply what it has seen.
survey() {
    local service creates=0 changes=0 deletes=0 sames=0
    CHANGED=()
    for service in "${SELECTED[@]}"; do
        use_service "$service"
        printf '\n%s  %s\n' "$SERVICE" "$RESOURCE_ID"
        if ! inspect; then continue; fi
        cp -- "$WORK/live.json" "$WORK/seen.json"
        if ! is_monitoring; then printf '  desired %s, running %s\n' "$DESIRED" "$RUNNING"; fi
        if differs; then
            CHANGED+=("$service")
            print_lines '' "${PLAN_LINES[@]}"
            print_lines '  . ' ${NOTES[@]+"${NOTES[@]}"}
            if ((LOST_POLICIES && NEW_POLICIES)); then printf '  . scale-in is held until the new policies are there\n'; fi
        else
            printf '  no changes\n'
        fi
        print_lines '  . ' ${SCHEDULE_LINES[@]+"${SCHEDULE_LINES[@]}"}
        print_lines '  . ' ${OTHERS[@]+"${OTHERS[@]}"}
        creates=$((creates + COUNT_CREATE)) changes=$((changes + COUNT_CHANGE))
        deletes=$((deletes + COUNT_DELETE)) sames=$((sames + COUNT_SAME))
    done
    printf '\n%d to create, %d to change, %d to delete, %d unchanged\n' "$creates" "$changes" "$deletes" "$sames"
}

run_plan() {
    show_gate
    survey
    stop_if_refused
}

run_apply() {
    local service whole=yes
    check_gate
    survey
    stop_if_refused
    if ((${#SELECTED[@]} < ${#EVERYTHING[@]})); then whole=no; fi
    if ((${#CHANGED[@]} == 0)); then printf 'Nothing to write: live is as wanted.\n'; fi
    if [[ $DRY_RUN == yes ]]; then
        printf 'Dry run: nothing was written.\n'
        return
    fi
    if ((${#CHANGED[@]})); then confirm "Write these changes to $ENVIRONMENT (account $ACCOUNT, $REGION)?"; fi
    record_override
    for service in ${CHANGED[@]+"${CHANGED[@]}"}; do apply_service "$service"; done
    # Only now, so that a failed apply can be repeated and still be rolled back to the first state.
    for service in "${SELECTED[@]}"; do
        use_service "$service"
        SAVED_HELD=''
        if [[ $PHASE == applying ]]; then store_point applied; fi
    done
    if ((${#CHANGED[@]})); then printf 'Applied, read back and compared: live is as wanted.\n'; fi
    record_success "$whole"
    for service in ${TOUCHED[@]+"${TOUCHED[@]}"}; do printf 'To go back: %s\n' "$(command_line rollback "$service")"; done
}

apply_service() {
    local holds=no
    use_service "$1"
    printf '\n%s\n' "$SERVICE"
    read_live
    [[ $(<"$WORK/live.json") == "$(<"$WORK/seen.json")" ]] || fail "$SERVICE has changed since the plan was made; run apply again"
    if ! is_monitoring; then read_service; fi
    compare_with_wanted
    if [[ $MEASURES_LATER == true ]]; then
        read_measurement
        compare_with_wanted
    fi
    save_first_state
    if ! has_target; then SAVED_HELD=''; fi # it took the hold along
    if [[ " $DUE " == *' measurement '* ]]; then measure; fi
    if [[ -n $SAVED_HELD ]] || ((LOST_POLICIES && NEW_POLICIES)); then
        holds=yes SAVED_HELD=${SAVED_HELD:-$LIVE_STATE} # whoever goes on can release the hold
        store_point applying
        compare_with_wanted
    fi
    write_all "$FILE" "$holds"
    read_back compare_with_wanted
    if [[ $holds == yes ]]; then
        SAVED_HELD=''
        store_point applying
    fi
}

#### rollback

run_rollback() {
    local service differences=no without=() all=("${SELECTED[@]}")
    SELECTED=()
    for service in "${all[@]}"; do
        use_service "$service"
        if [[ -n $PHASE ]]; then SELECTED+=("$service"); else without+=("$service"); fi
    done
    if ((${#SELECTED[@]} == 0)) || [[ $ALL_SERVICES == no && ${#without[@]} -gt 0 ]]; then
        fail "nothing to roll back: no save point of ${without[*]} under $STATE_DIR/$ACCOUNT/$REGION" \
            '(nothing was applied from here, or it is rolled back already; used ones are in history/)'
    fi
    for service in "${SELECTED[@]}"; do
        use_service "$service"
        printf '\n%s  %s  (save point of %s)\n' "$service" "$RESOURCE_ID" "$SAVED_AT"
        if survey_rollback && differs; then differences=yes; fi
    done
    stop_if_refused
    if [[ $DRY_RUN == yes ]]; then
        printf 'Dry run: nothing was written.\n'
        return
    fi
    if [[ $differences == yes ]]; then confirm "Roll back $ENVIRONMENT (account $ACCOUNT, $REGION) as shown?"; fi
    record_rollback
    for service in "${SELECTED[@]}"; do rollback_service "$service"; done
    printf 'Rolled back, read back and compared: live is as it was.\n'
}

# A deployment does not stop a rollback: that may be the very moment it is needed. Status 1 if there is nothing to restore.
survey_rollback() {
    if ! is_monitoring; then
        read_service
        if [[ $STATUS != ACTIVE ]]; then
            problem "ECS service $ECS_SERVICE is ${STATUS:-missing}; there is nothing to restore the scaling of"
            return 1
        fi
        if rolling_out; then warn_of 'a rollout is in progress'; fi
    fi
    read_live
    compare_with_saved
    if differs; then print_lines '' "${PLAN_LINES[@]}"; else printf '  no changes: live is as it was\n'; fi
    tell_guards
}

# Every state in between is safe to stop in: the save point stays until live is as it was.
rollback_service() {
    local holds=no
    use_service "$1"
    read_live
    compare_with_saved
    printf '\n%s\n' "$SERVICE"
    if differs; then
        TOUCHED+=("$SERVICE")
        store_point rolling-back
        if has_target && ((LOST_POLICIES)); then holds=yes; fi
        write_all "$POINT" "$holds"
        read_back compare_with_saved
    fi
    archive_point rolled-back
    rm -- "$POINT_DIR/current"
    printf '    live is as it was; the save point is now %s\n' "$ARCHIVED"
    if ((${#MEASURES[@]})); then printf '    what ECS measures every 20 seconds was left as it is\n'; fi
}

#### suspend and resume: by hand, for a while
# No save point is made: the answer says how to go back. What the spec says of suspended scaling, apply sets again.

# change_suspension VALUE OPPOSITE: of the kinds that were named, or of all.
change_suspension() {
    local service changed=() undo=()
    if ((${#KINDS[@]} == 0)); then KINDS=(--scale-in --scale-out --scheduled); fi
    for service in "${SELECTED[@]}"; do
        use_service "$service"
        printf '\n%s  %s\n' "$SERVICE" "$RESOURCE_ID"
        survey_suspension "$1"
        if has_target && differs; then changed+=("$service"); fi
    done
    stop_if_refused
    if [[ ${#changed[@]} -eq 0 || $DRY_RUN == yes ]]; then
        printf '\nNothing was written.\n'
        return
    fi
    confirm "Write these changes to $ENVIRONMENT (account $ACCOUNT, $REGION)?"
    for service in "${changed[@]}"; do
        use_service "$service"
        aim_at_suspension "$1"
        if ! differs; then continue; fi # somebody was faster
        printf '\n%s\n' "$SERVICE"
        TOUCHED+=("$SERVICE")
        undo+=("$(command_line "$2" "$service" "${CHANGES[@]}")")
        write_aws "set what is suspended of $RESOURCE_ID to $AIM_STATE" \
            application-autoscaling register-scalable-target "${IDENTITY[@]}" --suspended-state "$AIM_STATE"
        read_back compare_suspension
    done
    printf '\nTo go back:\n'
    print_lines '  ' ${undo[@]+"${undo[@]}"}
}

survey_suspension() { # VALUE
    local declared
    if [[ $PHASE == rolling-back ]]; then
        refuse "a rollback was interrupted and may hold scale-in; finish it first: $(command_line rollback "$SERVICE")"
    elif [[ -n $SAVED_HELD ]]; then
        refuse "an apply was interrupted and holds scale-in; finish it first: $(command_line apply "$SERVICE")"
    fi
    aim_at_suspension "$1"
    if ! has_target; then
        problem 'it has no scalable target'
        return
    fi
    if differs; then print_lines '' "${PLAN_LINES[@]}"; else printf '  no changes\n'; fi
    declared=$(scaling '.ScalableTarget.SuspendedState | values | tojson' "$FILE") || exit
    if [[ -n $declared && $declared != "$AIM_STATE" ]]; then
        warn_of "the spec says what is suspended ($declared); the next apply sets that again"
    fi
}

# aim_at_suspension VALUE: reads the target and compares it; sets CHANGES: the kinds that change.
aim_at_suspension() {
    local kind
    read_target
    assemble targets
    scaling "suspension(\$kinds / \" \"; $1)" --arg kinds "${KINDS[*]}" "$WORK/live.json" >"$WORK/wanted.json" || exit
    compare_suspension
    CHANGES=()
    for kind in "--scale-in $IS_IN" "--scale-out $IS_OUT" "--scheduled $IS_SCHEDULED"; do
        if contains_word "${kind% *}" "${KINDS[*]}" && [[ ${kind#* } != "$1" ]]; then CHANGES+=("${kind% *}"); fi
    done
}

#### verify and status

run_verify() {
    local service reason different=0
    for service in "${SELECTED[@]}"; do
        use_service "$service"
        if ! inspect; then continue; fi
        if differs; then
            different=$((different + 1))
            print_lines "$SERVICE: " "${DIFFERENCES[@]}"
        fi
        print_lines "$SERVICE: scalable target: " ${SCHEDULE_LINES[@]+"${SCHEDULE_LINES[@]}"}
    done
    for reason in ${REFUSALS[@]+"${REFUSALS[@]}"}; do warn "apply would refuse: $reason"; done
    REFUSALS=()
    stop_if_refused
    if ((different)); then
        printf '%d of %d service(s) differ\n' "$different" "${#SELECTED[@]}"
        SAYS_NO=yes
        return 1
    fi
    printf 'no difference in %d service(s)\n' "${#SELECTED[@]}"
}

run_status() {
    local service
    show_gate
    for service in "${SELECTED[@]}"; do
        use_service "$service"
        printf '\n%s  %s\n' "$service" "$RESOURCE_ID"
        if ! is_monitoring; then
            read_service
            printf '  service     %s, desired %s, running %s, pending %s\n' "${STATUS:-missing}" "$DESIRED" "$RUNNING" "$PENDING"
            if [[ -z $STATUS ]]; then continue; fi
            if rolling_out; then printf '  deployment  in progress\n'; fi
        fi
        read_live
        scaling 'status_lines($live[0])' --slurpfile live "$WORK/live.json" "$FILE" || exit
        printf '  save point  %s\n' "${PHASE:-none}${SAVED_AT:+ ($SAVED_AT)}"
        if ! is_monitoring; then print_activities; fi
    done
}

# The history is good to have, not worth failing for.
print_activities() {
    local call=(application-autoscaling describe-scaling-activities "${IDENTITY[@]}" --no-paginate --max-results 5)
    if try_aws "${call[@]}"; then
        scaling '.ScalingActivities[]? | "  activity    \(.StartTime | moment) \(.StatusCode) \(.Description)"' "$ANSWER" || exit
    else
        show_failure "${call[@]}"
        warn_of 'the scaling activities could not be read'
    fi
}

#### Command line

parse_arguments() {
    STATE_DIR=${SCALEGEN_STATE_DIR:-.scalegen-state} NAME='' NAMED=() KINDS=() WITH_MONITORING=no HAS_OVERRIDE=no
    while (($#)); do
        case $1 in
        --service=* | --state-dir=* | --ledger=* | --override=*)
            set -- "${1%%=*}" "${1#*=}" "${@:2}"
            continue
            ;;
        --service | --state-dir | --ledger | --override) [[ $# -gt 1 ]] || usage_error "$1 needs a value" ;;
        esac
        case $1 in
        --service) NAMED+=("$2") && shift ;;
        --state-dir) STATE_DIR=$2 && shift ;;
        --ledger) LEDGER=$2 && shift ;;
        --override) OVERRIDE=$2 HAS_OVERRIDE=yes && shift ;;
        --monitoring) WITH_MONITORING=yes ;;
        --yes) YES=yes ;;
        --dry-run) DRY_RUN=yes ;;
        --scale-in | --scale-out | --scheduled) KINDS+=("$1") ;;
        -h | --help | help) usage && exit ;;
        -*) usage_error "unknown argument: $1" ;;
        *)
            [[ -z $COMMAND ]] || usage_error "one command at a time: $COMMAND or $1"
            if [[ -z $NAME ]]; then NAME=$1; else COMMAND=$1; fi
            ;;
        esac
        shift
    done
    [[ -n $STATE_DIR && -n $LEDGER ]] || usage_error '--state-dir and --ledger need a value'
}

check_arguments() {
    case $COMMAND in
    plan | apply | status | verify | rollback)
        ((${#KINDS[@]} == 0)) || usage_error "${KINDS[0]} goes with suspend and resume"
        ;;
    suspend | resume)
        [[ $WITH_MONITORING == no ]] || usage_error "--monitoring does not go with $COMMAND"
        HAS_MONITORING=no
        ;;
    *) wrong_name 'a command' "$COMMAND" 'plan, apply, status, verify, rollback, suspend, resume' ;;
    esac
    if [[ $HAS_OVERRIDE == yes ]]; then
        [[ $COMMAND == apply ]] || usage_error '--override goes with apply'
        check_override
    fi
    # Commands that are printed for later must work from anywhere.
    if [[ $STATE_DIR != /* ]]; then STATE_DIR=$PWD/$STATE_DIR; fi
    if [[ $LEDGER != /* ]]; then LEDGER=$PWD/$LEDGER; fi
    if [[ $PROGRAM == */* && $PROGRAM != /* ]]; then PROGRAM=$PWD/${PROGRAM#./}; fi
    if [[ $PROGRAM == /* && ! -x $PROGRAM ]]; then RUNNER=(bash); fi
}

# select_services: sets SELECTED, and EVERYTHING that the environment has. What the services have together comes first,
# because alarms name the topic; a rollback ends with it.
select_services() {
    local name
    EVERYTHING=("${SERVICES[@]}") SELECTED=() ALL_SERVICES=no
    if [[ $HAS_MONITORING == yes ]]; then EVERYTHING+=("$MONITORING"); fi
    for name in ${NAMED[@]+"${NAMED[@]}"}; do
        contains_word "$name" "${SERVICES[*]}" || usage_error "$ENVIRONMENT has no service $name; it has: ${SERVICES[*]}"
        contains_word "$name" "${SELECTED[*]-}" || SELECTED+=("$name")
    done
    if [[ $WITH_MONITORING == yes ]]; then
        [[ $HAS_MONITORING == yes ]] || usage_error "--monitoring: the services of $ENVIRONMENT have nothing together"
    elif ((${#NAMED[@]} == 0)); then
        SELECTED=("${SERVICES[@]}") ALL_SERVICES=yes WITH_MONITORING=$HAS_MONITORING
    fi
    case $WITH_MONITORING/$COMMAND in
    yes/rollback) SELECTED+=("$MONITORING") ;;
    yes/*) SELECTED=("$MONITORING" ${SELECTED[@]+"${SELECTED[@]}"}) ;;
    esac
}

main() {
    parse_arguments "$@"
    load_environment "$NAME"
    check_arguments
    select_services
    begin
    check_account
    printf '%s %s%s: account %s, %s\n' "$PROJECT" "$ENVIRONMENT" "${CHANGE:+ ($CHANGE)}" "$ACCOUNT" "$REGION"
    case $COMMAND in
    suspend) change_suspension true resume ;;
    resume) change_suspension false suspend ;;
    *) "run_$COMMAND" ;;
    esac
}

main "$@"
