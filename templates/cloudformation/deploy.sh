#!/usr/bin/env bash
# Deploys the CloudFormation stacks of one environment: deploy.sh --help
# shellcheck disable=SC1091,SC2016,SC2034,SC2153 # common.sh uses what seems unused; a dollar sign in quotes is jq's
set -euo pipefail

PROGRAM=$0 # as the user calls it
if [[ $PROGRAM != */* && -f $PROGRAM ]]; then PROGRAM=./$PROGRAM; fi

# This file's folder, also where it is called through symbolic links.
SELF=${BASH_SOURCE[0]}
while [[ -L $SELF ]]; do
    LINK=$(readlink -- "$SELF")
    if [[ $LINK == /* || $SELF != */* ]]; then SELF=$LINK; else SELF=${SELF%/*}/$LINK; fi
done
if [[ $SELF != */* ]]; then SELF=./$SELF; fi
FOLDER=$(CDPATH='' cd -- "${SELF%/*}/" && pwd -P) # has a folder for each environment
COMMON=$FOLDER/common.sh
if [[ ! -f $COMMON ]]; then COMMON=$FOLDER/../cli/common.sh; fi
if [[ ! -f $COMMON ]]; then
    printf 'error: common.sh is missing; it belongs beside %s\n' "$SELF" >&2
    exit 2
fi
# shellcheck source=../cli/common.sh
. "$COMMON"

declare -A OF=() # what is known of each stack: "web status"
TOGETHER=()      # stacks of what the services have together, named after their templates
CHOSEN=()        # services that are deployed in this run
DEPLOYED=()
UNCHANGED=()
TAGS=     # of all stacks
STATUS=   # of the stack that was read last; empty where there is none
ATTACHED= # ARNs of the target groups of the ECS service in SERVICE

# The change set that this run has made and not executed; taken back on every way out.
STACK=
CHANGE_SET=
CHANGE_SETS=0
NEW_STACK=no # whether it made the stack, which is empty, as well
EXECUTING=no # while CloudFormation deploys

# A policy that gets another name: the former policy goes before the new one comes, because AWS allows one policy per metric.
# In between its veto on scale-in is missing, so dynamic scale-in is held meanwhile.
HELD=        # the suspended state to go back to, while it is held
CONFIRMED=no # whether the whole rename was agreed to

usage() {
    local program folder environments=()
    program=$(quoted "$PROGRAM")
    for folder in "$FOLDER"/*/environment.json; do
        folder=${folder%/environment.json}
        if [[ -f $folder/environment.json ]]; then environments+=("${folder##*/}"); fi
    done
    cat <<EOT
Usage: $program ENVIRONMENT [OPTION]...

Deploys the autoscaling stacks of an environment: one CloudFormation stack per service, and before them those of what the
services share (notifications, dashboards). Checks everything first, then shows each change set, asks, executes it
and waits. Stops at the first failure. What the spec adopts is imported into a new stack; a policy that gets another name is
deleted before it is made anew.

  --service NAME     only this service; may be repeated
  --monitoring       only what the services share; with --service both
  --yes              do not ask; needed where there is no terminal
  --dry-run          show the change sets, then delete them; nothing is deployed
  --ledger FILE      where the successes of a rollout are kept; default: \$SCALEGEN_LEDGER, else ./rollout-ledger.tsv
  --override REASON  go on although the gate of a rollout is closed: until every environment of the waves before this one has
                     a recorded success at least its soak time old, of what the spec says now; the reason is recorded
  --help             this text

Environments: ${environments[*]-none beside this program}

Examples:
  $program ${environments[0]-staging} --dry-run
  AWS_PROFILE=admin $program ${environments[0]-staging} --yes

Needs bash 4.2, jq 1.6 and the AWS CLI. Exit: 0 done, 1 you declined, 2 wrong use, refused or failed, 130 interrupted.
EOT
}

say() { printf '%s\n' "$*"; }
is() { [[ ${OF["$SERVICE $1"]-} == yes ]]; }
knows() { [[ -n ${OF["$SERVICE $1"]-} ]]; }

# aws_command ARG...: a command for people to run
aws_command() { quoted aws "$@" --region "$REGION"; }

scaling_target() {
    TARGET=(--service-namespace ecs --scalable-dimension ecs:service:DesiredCount --resource-id "${OF["$SERVICE resource"]}")
}

#### Data

# jq: of environment.json, and of one stack in it and what is live
read -r -d '' JQ_STACKS <<'JQ' || true
def yes_or_no: if . then "yes" else "no" end;
def limits: "\(.MinCapacity) to \(.MaxCapacity)";
def suspension:
  ["DynamicScalingInSuspended", "DynamicScalingOutSuspended", "ScheduledScalingSuspended"] as $kinds
  | . as $state | [$kinds[] | "\(.)=\($state[.] // false)"] | join(",");

# Lines: name of the stack (that of its service, or of its template), key, value. A key may come more than once.
def stacks:
  .Stacks | to_entries[] | .key as $index | .value
  | (.Service // (.TemplateBody | rtrimstr(".yaml"))) as $name
  | (if .Service then ["of", "service"] else ["of", "all"] end),
    ["index", $index], ["stack", .StackName], ["template", .TemplateBody],
    (.ScalableTarget | values
     | ["resource", .ResourceId], ["limits", limits],
       (.SuspendedState | values | ["suspension", suspension])),
    (if .ScheduledActions then ["schedule", "yes"] else empty end),
    (if [.ScalingPolicies[]?.PredefinedMetricSpecification.PredefinedMetricType] | index("ALBRequestCountPerTarget")
     then ["requests", "yes"] else empty end),
    (if .HighResolutionMetrics then ["high_resolution", "yes"] else empty end),
    (.TargetGroups[]? | ["groups", "\(.LoadBalancer) \(.TargetGroup) \(.Alternates // false | yes_or_no)"]),
    (select(.Service | not) | [.Parameters[]?.ParameterValue["$lookup"] | values] | unique[]
     | if .TargetGroup then ["groups", (.TargetGroup | "\(.LoadBalancer) \(.TargetGroup) no")]
       else ["balancers", .LoadBalancer] end),
    (.ScalingPolicies[]? | select(.RenamedFrom) | ["renamed", "\(.RenamedFrom)\u001f\(.PolicyName)"]),
    (.Absent.ScalingPolicies[]? | select(.RenamedTo | not) | ["gone_policies", .PolicyName]),
    (.Absent.ScheduledActions[]? | ["gone_actions", .])
  | [$name] + . | map(tostring) | join("\u001f");

# What a target tracking policy tracks. A live one that names no target group tracks what one with a label does.
def metric:
  .TargetTrackingScalingPolicyConfiguration // .
  | {PredefinedMetricSpecification, CustomizedMetricSpecification} | normal;
def tracks($wanted): metric as $live
  | $live != {} and ($wanted | metric | . == $live or del(.PredefinedMetricSpecification.ResourceLabel) == $live);

# An import takes the template's word for what lives: it compares and changes nothing, and later updates compare templates.
# A difference would stay for ever, so there must be none.
def differs($what; $differences):
  if $differences == [] then empty else
    ["problem", "\($what) to import differs: \($differences | join("; ")). An import changes nothing and CloudFormation"
      + " would never see it: write what is live into the spec, deploy, and change it then"]
  end;
def told: map("\(.Field): live \(.Is | shown), in the spec \(.ShouldBe | shown)");
# What an alarm watches and when it fires; whom it tells is for the update after the import.
def watched: del(.AlarmDescription, .ActionsEnabled, .AlarmActions, .OKActions, .InsufficientDataActions) | normal_alarm;

def judge_target:
  .Wanted.ScalableTarget as $should | .Target as $target | .Desired as $desired
  | (if .Importing then ["set", "importing", "yes"] else empty end),
    (if .Owned then ["set", "owned", "yes"] else empty end),
    ($target | values
     | ["set", "live", limits],
       ["set", "held", (.SuspendedState.DynamicScalingInSuspended // false | yes_or_no)],
       ["set", "unheld", (.SuspendedState // {} | .DynamicScalingInSuspended = false | suspension)]),
    (if .Importing then
       if $target == null then
         ["problem", "the spec says `adopt`, but \($should.ResourceId) is not scaled yet; remove it"]
       elif ($target | limits) == ($should | limits) then empty
       # Scheduled actions move the limits; the update after the import writes the target.
       elif .Wanted.ScheduledActions then
         ["warning", "the live limits are \($target | limits) tasks; the update after the import sets \($should | limits)"]
       else differs("the scalable target"; ["live \($target | limits) tasks, in the spec \($should | limits)"]) end
     elif $target != null and (.Owned | not) then
       # A failed creation rolls back, and rolling back deregisters the target with every policy on it.
       ["set", "keep", "yes"],
       ["warning", "\($should.ResourceId) is already scaled (\($target | limits) tasks) and its target is not this stack's:"
         + " the stack takes it over. If that fails, the stack is not rolled back, because a rollback would delete the live"
         + " target with all its policies"]
     else empty end),
    (if $desired < $should.MinCapacity then [$should.MinCapacity, "minimum"]
     elif $desired > $should.MaxCapacity then [$should.MaxCapacity, "maximum"] else empty end
     | ["warning", "the service wants \($desired) tasks now and \(.[0]) is the new \(.[1]): it moves to \(.[0]) at once"]);

def foreign($name):
  ["problem", "the live policy \($name) is not this stack's and \(.). Import it into the stack or delete it first (it then no"
    + " longer holds back scale-in)"];

def judge_policies:
  . as $all | (.Wanted.ScalingPolicies // []) as $wanted
  | [.Wanted.Absent.ScalingPolicies[]? | select(.RenamedTo | not) | .PolicyName] as $gone
  | (.Policies[] | ["arn", .PolicyName, .PolicyARN]),
    (.Policies[] | . as $live | .PolicyName as $name
     | ($all.Own | index("ScalingPolicy \($live.PolicyARN)") != null) as $owned
     | ([$wanted[] | select(.RenamedFrom == $name)] | first) as $renamed
     | ([$all.Wanted.Import.ScalingPolicies[]? | select(.PolicyName == $name)] | first) as $imported
     | (if $owned then ["set", "owns \($name)", "yes"] else empty end),
       (if $renamed then ["rename", $name, $renamed.PolicyName, ($owned | yes_or_no)]
        elif $owned then empty
        elif $all.Importing and $imported then
          differs("the policy \($name)"; [differences($live | normal_policy; $imported | normal_policy)] | told)
        elif any($wanted[]; .PolicyName == $name) then "has the name of one in this stack" | foreign($name)
        elif any($wanted[]; . as $one | $live | tracks($one)) then
          "tracks the same metric, \($live | metric | .PredefinedMetricSpecification.PredefinedMetricType // tojson),"
          + " and AWS allows one policy per metric" | foreign($name)
        elif $gone | index($name) then empty
        else
          ["warning", "the live policy \($name) is not this stack's: it stays, and has its say in every scale-out and"
            + " scale-in"]
        end)),
    # CloudFormation compares templates, not what lives: nobody else would say this.
    ([.Own[] | select(startswith("ScalingPolicy ")) | ltrimstr("ScalingPolicy ")] - [.Policies[].PolicyARN]
     | .[] | ["warning", "the policy \(.) of the stack no longer exists; CloudFormation does not notice, so change the policy"
         + " or delete and deploy the stack again"]),
    (if .Importing then
       [.Wanted.Import.ScalingPolicies[]?.PolicyName] - [.Policies[].PolicyName] | .[]
       | ["problem", "the spec says `adopt` of the policy \(.), but it is not live; remove it, or give the live name"
           + " (policy_name)"]
     else empty end),
    ([.Policies[].PolicyName] as $live
     | if any($wanted[]; .RenamedFrom != null and ([.RenamedFrom, .PolicyName] - $live | length) == 2)
       then ["set", "missing", "yes"] else empty end);

# Two alarms never share a name: putting one would take the live one over.
def judge_alarms:
  . as $all | .Wanted.AlarmNames[]? as $name
  | ([.Alarms[] | select(.AlarmName == $name)] | first) as $live
  | ([.Wanted.Import.MetricAlarms[]? | select(.AlarmName == $name)] | first) as $imported
  | if .Importing and $imported then
      if $live then
        differs("the alarm \($name)"; [differences($live | live_alarm | watched; $imported | watched)] | told)
      else
        ["problem", "the spec says `adopt` of a step policy, but its alarm \($name) is not live; give the live name"
          + " (alarm_name)"]
      end
    elif $live and ($all.Own | index("Alarm \($name)") | not) then
      ["problem", "there is an alarm \($name) that is not this stack's; give it another name in the spec (alarm_name), or"
        + " delete the alarm first"]
    else empty end;

# judge: lines of what is live, and what in it is not this stack's: problem TEXT, warning TEXT, set KEY VALUE, rename FORMER
# NAME OWNED, arn POLICY ARN. Its input is {Wanted, New, Desired, Resources, Targets, Policies, Alarms}.
def judge:
  .Wanted.ScalableTarget.ResourceId as $resource
  | .Importing = (.New and .Wanted.Import != null)
  | .Own = ([.Resources[] | select(.PhysicalResourceId) | "\(.ResourceType | split("::") | last) \(.PhysicalResourceId)"])
  | .Owned = (["ScalableTarget \($resource)|ecs:service:DesiredCount|ecs"] - .Own == [])
  | .Target = ([.Targets[] | select(.ResourceId == $resource)] | first)
  | .Policies |= map(select(.ResourceId == $resource))
  | judge_target, judge_policies, judge_alarms
  | line;
JQ

# read_stacks: sets OF and TOGETHER, and makes sure that SERVICES are those that have a stack.
read_stacks() {
    local rows name key value
    SERVICES=()
    TAGS=$(json -c '.Tags // []' "$DATA/environment.json") || exit
    rows=$(json -r "$JQ_COMMON $JQ_STACKS stacks" "$DATA/environment.json") || exit
    while IFS=$SEPARATOR read -r name key value; do
        case $key in
        '') ;;
        of) if [[ $value == all ]]; then TOGETHER+=("$name"); else SERVICES+=("$name"); fi ;;
        groups | balancers | renamed | gone_*) OF["$name $key"]+=$value$'\n' ;;
        *) OF["$name $key"]=$value ;;
        esac
    done <<<"$rows"
}

# of_stack FILTER: prints what FILTER makes of the stack in the data, with what was looked up
of_stack() { resolved "$DATA/environment.json" ".Stacks[${OF["$SERVICE index"]}] | $1"; }

#### Checks: only reads

add_warning() { OF["$SERVICE warnings"]+=$1$'\n'; }

# read_stack NAME: sets STATUS; status 1 where AWS does not say
read_stack() {
    if try_aws cloudformation describe-stacks --stack-name "$1"; then
        answer '.Stacks[0].StackStatus | select(. != "DELETE_COMPLETE")'
        STATUS=$REPLY
    elif was_error ValidationError && [[ $(<"$SCRATCH/stderr") == *"$1 does not exist"* ]]; then
        STATUS=
    else
        show_failure cloudformation describe-stacks --stack-name "$1"
        return 1
    fi
}

read_status() { read_stack "$1" || fail "could not read the stack $1"; }

# check_stack: what may be deployed onto
check_stack() {
    local stack=${OF["$SERVICE stack"]} remedy
    read_status "$stack"
    case $STATUS in
    '' | REVIEW_IN_PROGRESS | CREATE_COMPLETE | UPDATE_COMPLETE | IMPORT_COMPLETE) return 0 ;;
    UPDATE_ROLLBACK_COMPLETE | IMPORT_ROLLBACK_COMPLETE | CREATE_FAILED | UPDATE_FAILED) return 0 ;;
    *_IN_PROGRESS) remedy='somebody is at work on it; wait until it is done' ;;
    ROLLBACK_COMPLETE)
        remedy="its creation failed and nothing is left in it; delete it, then run this again: $(delete_stack_command)"
        ;;
    UPDATE_ROLLBACK_FAILED)
        remedy="repair what its events name, then: $(aws_command cloudformation continue-update-rollback --stack-name "$stack")"
        ;;
    *) remedy="look at its events; a stack in this state can only be deleted: $(delete_stack_command)" ;;
    esac
    problem "the stack $stack is $STATUS: $remedy"
}

delete_stack_command() { aws_command cloudformation delete-stack --stack-name "${OF["$SERVICE stack"]}"; }
is_new() { [[ -z $STATUS || $STATUS == REVIEW_IN_PROGRESS ]]; }

check_template() {
    if [[ ! -r $DATA/${OF["$SERVICE template"]} ]]; then problem "no template: $DATA/${OF["$SERVICE template"]}"; fi
}

check_together() {
    local balancer group
    check_template
    while IFS= read -r balancer; do
        if [[ -n $balancer ]]; then found_balancer "$balancer" || true; fi
    done <<<"${OF["$SERVICE balancers"]-}"
    while read -r balancer group _; do
        if [[ -z $balancer ]] || ! found_group "$balancer" "$group"; then continue; fi
        is_owned "$BALANCER" ||
            add_warning "the target group $group gets no traffic from $balancer; its graphs stay empty"
    done <<<"${OF["$SERVICE groups"]-}"
    check_stack
}

check_service() {
    local before=${#PROBLEMS[@]} row
    check_template
    read_ecs_service || return 0
    while read -r row; do
        # shellcheck disable=SC2086 # three words
        if [[ -n $row ]]; then check_group $row; fi
    done <<<"${OF["$SERVICE groups"]-}"
    check_stack
    if ((${#PROBLEMS[@]} == before)); then check_live; fi
}

# read_ecs_service: sets ATTACHED, and CONTROLLER and STRATEGY; status 1 where nothing else can be checked
read_ecs_service() {
    local target=${OF["$SERVICE resource"]#service/} why name status desired kind deploying
    read_aws ecs describe-services --cluster "${target%%/*}" --services "${target#*/}"
    answer '[.failures[0].reason, (.services[0] | .serviceName, .status, .desiredCount, .schedulingStrategy,
          .deploymentController.type, .deploymentConfiguration.strategy,
          (.deployments // [] | length > 1 or any(.[]; .rolloutState == "IN_PROGRESS")),
          ([.loadBalancers[]? | .targetGroupArn, .advancedConfiguration.alternateTargetGroupArn | values] | join(" ")))]
        | map(if . == null then "" else . end) | line'
    IFS=$SEPARATOR read -r why name status desired kind CONTROLLER STRATEGY deploying ATTACHED <<<"$REPLY"
    if [[ -n $why || $name != "${target#*/}" ]]; then
        problem "there is no ECS service ${target#*/} in the cluster ${target%%/*}${why:+ ($why)}"
    elif [[ $status != ACTIVE ]]; then
        problem "the ECS service $name is $status, not ACTIVE"
    elif [[ $kind == DAEMON ]]; then
        problem "the ECS service $name is a DAEMON; only REPLICA services scale"
    elif [[ ! $desired =~ ^[0-9]+$ ]]; then
        problem "AWS answered '$desired' for the desired count of $name"
    else
        OF["$SERVICE desired"]=$desired
        if [[ $deploying == true ]]; then
            add_warning "a deployment of $name is in progress: until it ends the service scales out, not in"
        fi
        check_controller "$name"
        return 0
    fi
    return 1
}

# Where ECS or CodeDeploy alternate between target groups, or do not measure every 20 s.
check_controller() {
    if is requests && [[ $CONTROLLER == CODE_DEPLOY || ($STRATEGY != '' && $STRATEGY != ROLLING) ]]; then
        add_warning "$1 is deployed blue/green; its traffic moves to another target group than the one that the request metric counts, and AWS does not support that"
    fi
    if is high_resolution && [[ $CONTROLLER == CODE_DEPLOY || $CONTROLLER == EXTERNAL ]]; then
        problem "ECS measures no service with the deployment controller $CONTROLLER every 20 s"
    fi
}

# check_group LOAD_BALANCER TARGET_GROUP ALTERNATES: names, or the ends of the ARNs, which have slashes
check_group() {
    local arn known=yes attached=no
    if [[ $1 == */* ]]; then
        # The whole ARN is among those that are attached, or nowhere.
        BALANCER=$1 GROUP=$2 known=no
        for arn in $ATTACHED; do
            if [[ ${arn##*:} == "$2" ]] && target_group "$arn"; then known=yes; fi
        done
        [[ $1/$2 =~ $LABEL_PATTERN ]] || problem "$1/$2 is not a resource label that AWS accepts"
    else
        found_group "$1" "$2" || return 0
    fi
    for arn in $ATTACHED; do
        if [[ ${arn##*:} == "$GROUP" ]]; then attached=yes; fi
    done
    # An idle group of a deployment that alternates may be without a load balancer, and CodeDeploy's services name one.
    if [[ $known == yes && -z ${GROUP_OWNERS// /} && $3 == yes ]]; then
        add_warning "the target group $2 gets no traffic from any load balancer now; a metric without data blocks scale-in"
    elif [[ $known == yes ]] && ! is_owned "$BALANCER"; then
        problem "the target group $2 gets no traffic from $1; its load balancers:${GROUP_OWNERS:- none}"
    elif [[ $attached == no && ($CONTROLLER != CODE_DEPLOY || $3 == no) ]]; then
        problem "the target group $2 is not attached to the ECS service; attached: ${ATTACHED:-none}"
    else
        OF["$SERVICE labels"]+=$BALANCER/$GROUP$'\n'
    fi
}

# check_live: the live scaling of the service, and what in it is not this stack's
check_live() {
    local names key a b c new=false
    for key in wanted resources targets policies alarms; do printf 'null\n' >"$SCRATCH/$key.json"; done
    of_stack . >"$SCRATCH/wanted.json"
    if is_new; then
        new=true
    else
        keep resources cloudformation list-stack-resources --stack-name "${OF["$SERVICE stack"]}"
    fi
    read_targets
    cp -- "$ANSWER" "$SCRATCH/targets.json"
    scaling_target
    keep policies application-autoscaling describe-scaling-policies "${TARGET[@]}"
    names=$(json -c '.AlarmNames // empty' "$SCRATCH/wanted.json") || exit
    if [[ -n $names ]]; then keep alarms cloudwatch describe-alarms --alarm-names "$names"; fi
    REPLY=$(json -nr --argjson New "$new" --argjson Desired "${OF["$SERVICE desired"]}" \
        --slurpfile wanted "$SCRATCH/wanted.json" --slurpfile resources "$SCRATCH/resources.json" \
        --slurpfile targets "$SCRATCH/targets.json" --slurpfile policies "$SCRATCH/policies.json" \
        --slurpfile alarms "$SCRATCH/alarms.json" "$JQ_COMMON $JQ_STACKS"'
        {$New, $Desired, Wanted: $wanted[0], Resources: ($resources[0].StackResourceSummaries // []),
         Targets: ($targets[0].ScalableTargets // []), Policies: ($policies[0].ScalingPolicies // []),
         Alarms: ($alarms[0].MetricAlarms // [])} | judge') || exit
    while IFS=$SEPARATOR read -r key a b c; do
        case $key in
        problem) problem "$a" ;;
        warning) add_warning "$a" ;;
        set) OF["$SERVICE $a"]=$b ;;
        rename) OF["$SERVICE renames"]+=$a$SEPARATOR$b$SEPARATOR$c$'\n' ;;
        arn) OF["$SERVICE arns"]+=$a$SEPARATOR$b$'\n' ;;
        esac
    done <<<"$REPLY"
}

# keep NAME ARG...: the answer of a call, in a file of that name
keep() {
    read_aws "${@:2}"
    cp -- "$ANSWER" "$SCRATCH/$1.json"
}

read_targets() {
    read_aws application-autoscaling describe-scalable-targets --service-namespace ecs \
        --scalable-dimension ecs:service:DesiredCount --resource-ids "${OF["$SERVICE resource"]}"
}

#### Change sets

# discard: takes the unexecuted change set back, and the empty stack if the change set made it
discard() {
    local stack=$STACK change_set=$CHANGE_SET new=$NEW_STACK tries=0
    CHANGE_SET='' NEW_STACK=no
    while ! try_aws cloudformation delete-change-set --stack-name "$stack" --change-set-name "$change_set"; do
        if [[ $(<"$SCRATCH/stderr") == *'does not exist'* ]]; then break; fi
        tries=$((tries + 1))
        # It cannot be deleted while it is being made.
        if ((tries >= 10)) || ! was_error InvalidChangeSetStatus; then
            cat -- "$SCRATCH/stderr" >&2
            if [[ $new == yes ]]; then new='new, still empty '; else new=''; fi
            note "error: the change set $change_set of the ${new}stack $stack is left over; delete it by hand:" \
                "$(aws_command cloudformation delete-change-set --stack-name "$stack" --change-set-name "$change_set")"
            return 1
        fi
        pause 2
    done
    if [[ $new == no ]]; then return 0; fi
    for ((tries = 0; tries < 15; tries++)); do
        read_stack "$stack" || break
        case $STATUS in
        '') return 0 ;;
        DELETE_IN_PROGRESS) ;;
        REVIEW_IN_PROGRESS) call cloudformation delete-stack --stack-name "$stack" || break ;;
        *)
            note "the stack $stack is $STATUS now, so it is left alone"
            return 0
            ;;
        esac
        pause 1
    done
    note "error: the empty stack $stack may be left over (status ${STATUS:-unknown}); look, and delete it by hand:" \
        "$(delete_stack_command)"
    return 1
}

# call ARG...: try_aws that says what failed
call() {
    try_aws "$@" && return 0
    show_failure "$@"
    return 1
}

nothing_to_change() { [[ $1 == *"didn't contain changes"* || $1 == *'No updates are to be performed'* ]]; }

# make_change_set TEMPLATE PARAMETERS [OPTION...]: status 1 where there is nothing to change. PARAMETERS is jq's, of the stack.
make_change_set() {
    local type=UPDATE body parameters now tries said options=("${@:3}")
    body=$(<"$DATA/$1") || fail "could not read $DATA/$1"
    parameters=$(of_stack "$2 // []") || exit
    if [[ $parameters != '[]' ]]; then options+=(--parameters "$parameters"); fi

    STACK=${OF["$SERVICE stack"]} NEW_STACK=no
    read_status "$STACK"
    if [[ -z $STATUS ]]; then NEW_STACK=yes; fi
    if is_new; then type=CREATE; fi
    if [[ $STATUS == CREATE_FAILED || $STATUS == UPDATE_FAILED ]]; then OF["$SERVICE keep"]=yes; fi
    # An import must not bring tags or anything else along; the update after it does.
    if [[ ${options[0]-} != --change-set-type ]]; then
        options=(--change-set-type "$type" --tags "$TAGS" ${options[@]+"${options[@]}"})
    fi
    CHANGE_SETS=$((CHANGE_SETS + 1))
    printf -v now '%(%Y%m%dT%H%M%SZ)T' -1
    CHANGE_SET=scalegen-$now-$$-$CHANGE_SETS
    if ! try_aws cloudformation create-change-set --stack-name "$STACK" --change-set-name "$CHANGE_SET" \
        --template-body "$body" "${options[@]}"; then
        said=$(<"$SCRATCH/stderr")
        # It was refused, so there is nothing to take back. Any other failure (a timeout) leaves that open.
        if [[ $said == *'An error occurred ('* || $said == *'Parameter validation failed'* ]]; then
            CHANGE_SET='' NEW_STACK=no
        fi
        if nothing_to_change "$said"; then return 1; fi
        note "$said"
        fail "could not create a change set for the stack $STACK with $DATA/$1"
    fi

    for ((tries = 0; tries < 150; tries++)); do
        read_change_set
        answer '"\(.Status) \(.StatusReason // "")"'
        case $REPLY in
        CREATE_COMPLETE*) return 0 ;;
        FAILED*)
            if nothing_to_change "$REPLY"; then return 1; fi
            fail "the change set of the stack $STACK failed: ${REPLY#FAILED }"
            ;;
        esac
        pause 2
    done
    fail "the change set of the stack $STACK is not ready after five minutes: $REPLY"
}

read_change_set() {
    read_aws cloudformation describe-change-set --stack-name "$STACK" --change-set-name "$CHANGE_SET"
}

# discard_or_end: takes it back where that is no way out yet
discard_or_end() {
    if [[ -n $CHANGE_SET ]]; then discard || exit 2; fi
}

# show_change_set: of what was read last
show_change_set() {
    local action id type replacement replaced=''
    answer '.Changes[]?.ResourceChange | [.Action, .LogicalResourceId, .ResourceType, .Replacement // "-"] | line'
    if [[ -z $REPLY ]]; then
        say '      (no resource changes: only tags or outputs)'
        return 0
    fi
    while IFS=$SEPARATOR read -r action id type replacement; do
        printf '      %-8s %-27s %-44s %s\n' "$action" "$id" "$type" "$replacement"
        if [[ $type == *::ScalingPolicy && ($replacement == True || $replacement == Conditional) ]]; then replaced+=" $id"; fi
    done <<<"Action${SEPARATOR}LogicalId${SEPARATOR}Type${SEPARATOR}Replacement"$'\n'"$REPLY"
    if [[ -n $replaced ]]; then
        warn "a policy that gets another name is created before the old one is deleted, and AWS allows one policy per metric," \
            "so this is likely to fail and roll back; say \`renamed_from\` in the spec:$replaced"
    fi
}

show_failed_events() {
    note "what failed in the stack $STACK, newest first:"
    if call cloudformation describe-stack-events --stack-name "$STACK"; then
        json -r --arg token "$CHANGE_SET" '.StackEvents[]
            | select(.ClientRequestToken == $token and (.ResourceStatus | contains("FAILED")))
            | [.Timestamp, .LogicalResourceId, .ResourceStatus, .ResourceStatusReason // ""] | @tsv' "$ANSWER" >&2
    else
        note '(the events could not be read)'
    fi
}

# execute: the change set, and waits until CloudFormation has done it
execute() {
    local tries options=()
    if is keep; then options=(--disable-rollback); fi
    EXECUTING=yes
    if ! call cloudformation execute-change-set --stack-name "$STACK" --change-set-name "$CHANGE_SET" \
        --client-request-token "$CHANGE_SET" ${options[@]+"${options[@]}"}; then
        EXECUTING=no
        fail "could not execute the change set of the stack $STACK"
    fi
    for ((tries = 0; tries < 360; tries++)); do
        read_status "$STACK"
        case $STATUS in
        CREATE_COMPLETE | UPDATE_COMPLETE | IMPORT_COMPLETE)
            EXECUTING=no CHANGE_SET='' NEW_STACK=no
            return 0
            ;;
        *_IN_PROGRESS) pause 5 ;;
        *) end_failed ;;
        esac
    done
    fail "the stack $STACK is still $STATUS after half an hour"
}

end_failed() {
    local status=$STATUS
    show_failed_events
    EXECUTING=no CHANGE_SET='' NEW_STACK=no
    if [[ $status == CREATE_FAILED || $status == UPDATE_FAILED ]]; then
        fail "the stack $STACK is $status. It was not rolled back, to keep the live target and its policies: repair the cause and" \
            'run this again. Deleting the stack would delete the live target'
    fi
    fail "the stack $STACK is ${status:-gone}: not deployed"
}

#### Imports: what is live comes into a new stack as it is

# Unproven on AWS: that the two types of Application Auto Scaling can be imported (their schemas have a primary identifier and a
# read handler, AWS's list of types did not always name them). Where AWS refuses, nothing has changed.
import_live() {
    local name arn resources found=(${FOUND[@]+"${FOUND[@]}"})
    local FOUND=(${found[@]+"${found[@]}"}) # names of policies are the service's own
    while IFS=$SEPARATOR read -r name arn; do
        if [[ -n $name ]]; then FOUND+=("PolicyARN $name" "$arn"); fi
    done <<<"${OF["$SERVICE arns"]-}"
    resources=$(of_stack .Import.ResourcesToImport) || exit
    make_change_set "import/$SERVICE.yaml" .Import.Parameters --change-set-type IMPORT --resources-to-import "$resources" ||
        fail "AWS finds nothing to import into the stack $STACK"
    say "    stack $STACK (new), of what is live:"
    show_change_set
    if [[ $DRY_RUN == yes ]]; then
        discard_or_end
        say "    then an update with $SERVICE.yaml, which adds what is not live"
        return 0
    fi
    ask "Import the live scaling of $SERVICE into the stack $STACK?"
    execute
    say "    stack $STACK: imported; now what is not live"
    OF["$SERVICE owned"]=yes
}

ask() { confirm "$1" "not confirmed: the stack $STACK is left as it was"; }

#### Policies that get another name

suspend() {
    scaling_target
    call application-autoscaling register-scalable-target "${TARGET[@]}" --suspended-state "$1"
}

release_command() {
    scaling_target
    aws_command application-autoscaling register-scalable-target "${TARGET[@]}" --suspended-state "$1"
}

release_scale_in() {
    suspend "$1" || return 1
    HELD=''
}

hold_scale_in() {
    read_targets
    answer "$JQ_STACKS"' [.ScalableTargets[] | select(.ResourceId == $resource)] | first | values | .SuspendedState // {}
        | select(.DynamicScalingInSuspended != true) | suspension' --arg resource "${OF["$SERVICE resource"]}"
    if [[ -z $REPLY ]]; then return 0; fi
    HELD=$REPLY
    suspend "${HELD/InSuspended=false/InSuspended=true}" || fail 'could not hold scale-in'
    say '    dynamic scale-in is held'
}

# Scale-in may be held since a run that was cut off. Where a policy is missing between its two names it was that; else it may be
# somebody's wish, and is only said.
take_over_hold() {
    if ! is held || knows suspension; then return 0; fi
    if is missing && is owned && [[ $DRY_RUN == no ]]; then
        HELD=${OF["$SERVICE unheld"]}
        say '    dynamic scale-in is held since a run that was cut off'
        return 0
    fi
    warn "dynamic scale-in of ${OF["$SERVICE resource"]} is suspended, and the spec says nothing of it: somebody wants it so, or" \
        "a run was cut off; to release it: $(release_command "${OF["$SERVICE unheld"]}")"
}

# end_hold: after the deployment, to what the spec says, or to what was before
end_hold() {
    if [[ -z $HELD ]]; then return 0; fi
    release_scale_in "${OF["$SERVICE suspension"]-$HELD}" || fail 'could not release scale-in'
    say '    dynamic scale-in is as before'
}

# leave_hold: on the way out of a run that failed; a hold that is not needed is released, any other is said
leave_hold() {
    local resource=${OF["$SERVICE resource"]}
    if nothing_is_missing && release_scale_in "$HELD"; then
        note "dynamic scale-in of $resource is as before"
        return 0
    fi
    note "Dynamic scale-in of $resource is still suspended, because a policy may be missing (it may scale out). Run this again to" \
        'finish; it releases scale-in if the policy is still missing then. To release it by hand:'
    note "  $(release_command "$HELD")"
}

# read_policy_names: the names of the live policies, between new lines, in REPLY; status 1 where AWS does not say
read_policy_names() {
    scaling_target
    call application-autoscaling describe-scaling-policies "${TARGET[@]}" || return 1
    answer '.ScalingPolicies[] | select(.ResourceId == $resource) | .PolicyName' --arg resource "${OF["$SERVICE resource"]}"
    REPLY=$'\n'$REPLY$'\n'
}

is_live() { [[ $REPLY == *$'\n'"$1"$'\n'* ]]; }

# Whether each policy with another name lives. Its former one counts as well, unless CloudFormation may be deleting it.
nothing_is_missing() {
    local former name
    read_policy_names || return 1
    while IFS=$SEPARATOR read -r former name; do
        if [[ -z $former ]] || is_live "$name"; then continue; fi
        if [[ $EXECUTING == yes ]] || ! is_live "$former"; then return 1; fi
    done <<<"${OF["$SERVICE renamed"]}"
}

# rename_policies: everything up to the new policies, which the whole template then adds
rename_policies() {
    local former name owned in_stack=no by_hand=()
    while IFS=$SEPARATOR read -r former name owned; do
        if [[ -z $former ]]; then continue; fi
        say "    the policy $former gives way to $name"
        if [[ $owned == yes ]]; then in_stack=yes; else by_hand+=("$former"); fi
    done <<<"${OF["$SERVICE renames"]}"
    if [[ $in_stack == yes ]]; then show_rename_stage; fi
    for former in ${by_hand[@]+"${by_hand[@]}"}; do
        printf '      %-8s %s\n' Delete "$former, which is not the stack's, through the API"
    done
    if [[ $DRY_RUN == yes ]]; then
        discard_or_end
        say "    then an update with $SERVICE.yaml, which adds the policies under their new names"
        return 0
    fi
    ask "Rename the policies of $SERVICE and deploy it to $ENVIRONMENT?"
    CONFIRMED=yes
    hold_scale_in
    if [[ -n $CHANGE_SET ]]; then execute; fi
    delete_former_policies
}

show_rename_stage() {
    if make_change_set "rename/$SERVICE.yaml" .Rename.Parameters; then
        say "    stack $STACK ($STATUS), first without them:"
        show_change_set
    else
        discard_or_end
    fi
}

# Whatever the stack did not delete: made by hand, or imported and so retained.
delete_former_policies() {
    local former live
    read_policy_names || fail "could not read the live policies of ${OF["$SERVICE resource"]}"
    live=$REPLY
    while IFS=$SEPARATOR read -r former _; do
        if [[ -z $former || $live != *$'\n'"$former"$'\n'* ]]; then continue; fi
        try_aws application-autoscaling delete-scaling-policy "${TARGET[@]}" --policy-name="$former" ||
            was_error ObjectNotFoundException || {
            cat -- "$SCRATCH/stderr" >&2
            fail "could not delete the policy $former"
        }
        say "    the policy $former is deleted"
    done <<<"${OF["$SERVICE renames"]}"
}

#### One stack after another

deploy_together() {
    say ''
    say "$SERVICE: what the services have together"
    show_warnings
    CONFIRMED=no
    deploy_whole
}

deploy_service() {
    announce
    take_over_hold
    CONFIRMED=no
    if is importing; then import_live; fi
    if knows renames; then rename_policies; fi
    # What comes first cannot be done in a dry run, so there is nothing to compare the whole template with.
    if [[ $DRY_RUN == yes ]] && { is importing || knows renames; }; then
        DEPLOYED+=("$SERVICE")
    else
        deploy_whole
    fi
    end_hold
    warn_of_gone
}

announce() {
    local label
    say ''
    say "$SERVICE: ${OF["$SERVICE resource"]}"
    say "    tasks ${OF["$SERVICE limits"]}; live: ${OF["$SERVICE live"]-not scaled}, ${OF["$SERVICE desired"]} wanted now"
    while IFS= read -r label; do
        if [[ -n $label ]]; then say "    requests of $label"; fi
    done <<<"${OF["$SERVICE labels"]-}"
    show_warnings
}

show_warnings() {
    local warning
    while IFS= read -r warning; do
        if [[ -n $warning ]]; then warn "$warning"; fi
    done <<<"${OF["$SERVICE warnings"]-}"
}

deploy_whole() {
    if ! make_change_set "${OF["$SERVICE template"]}" .Parameters; then
        discard_or_end
        UNCHANGED+=("$SERVICE")
        say "    stack $STACK: no changes"
        if is owned && ! is schedule && [[ ${OF["$SERVICE live"]-} != "${OF["$SERVICE limits"]}" ]]; then
            warn "but the live limits are ${OF["$SERVICE live"]-gone}: somebody changed it past CloudFormation, which does not" \
                "notice; look: $(aws_command cloudformation detect-stack-drift --stack-name "$STACK")"
        fi
        return 0
    fi
    if [[ $NEW_STACK == yes ]]; then say "    stack $STACK (new):"; else say "    stack $STACK ($STATUS):"; fi
    show_change_set
    if [[ $DRY_RUN == yes ]]; then
        discard_or_end
    else
        if [[ $CONFIRMED == no ]]; then ask "Deploy $SERVICE to $ENVIRONMENT?"; fi
        execute
        say "    stack $STACK: deployed"
    fi
    DEPLOYED+=("$SERVICE")
}

# What the spec has switched off and is live all the same: not the stack's, or imported once and so retained.
warn_of_gone() {
    local name
    if knows gone_policies; then
        read_policy_names || fail "could not read the live policies of ${OF["$SERVICE resource"]}"
        while IFS= read -r name; do
            # In a dry run the stack has not let go of its own yet.
            if [[ -z $name || $DRY_RUN == yes && ${OF["$SERVICE owns $name"]-} == yes ]] || ! is_live "$name"; then continue; fi
            warn "the policy $name is switched off in the spec, but live and not the stack's; to delete it (it then no longer" \
                "holds back scale-in): $(aws_command application-autoscaling delete-scaling-policy "${TARGET[@]}" --policy-name="$name")"
        done <<<"${OF["$SERVICE gone_policies"]}"
    fi
    if ! knows gone_actions || [[ $DRY_RUN == yes ]]; then return 0; fi
    scaling_target
    read_aws application-autoscaling describe-scheduled-actions "${TARGET[@]}"
    answer '.ScheduledActions[] | select(.ResourceId == $resource) | .ScheduledActionName' \
        --arg resource "${OF["$SERVICE resource"]}"
    REPLY=$'\n'$REPLY$'\n'
    while IFS= read -r name; do
        if [[ -z $name ]] || ! is_live "$name"; then continue; fi
        warn "the scheduled action $name is switched off in the spec, but live and not the stack's; to delete it:" \
            "$(aws_command application-autoscaling delete-scheduled-action "${TARGET[@]}" --scheduled-action-name="$name")"
    done <<<"${OF["$SERVICE gone_actions"]}"
}

#### Ways out

summary() {
    local verb=deployed
    if [[ $DRY_RUN == yes ]]; then verb='would change'; fi
    say "$verb: ${DEPLOYED[*]-none}"
    if ((${#UNCHANGED[@]})); then say "no changes: ${UNCHANGED[*]}"; fi
}

at_exit() {
    if [[ $EXECUTING == yes ]]; then
        note "CloudFormation goes on with the stack $STACK without this program; look:" \
            "$(aws_command cloudformation describe-stacks --stack-name "$STACK")"
    elif [[ -n $CHANGE_SET ]]; then
        note "taking back the change set of the stack $STACK ..."
        discard
    fi
    if [[ -n $HELD ]]; then leave_hold; fi
    if (($1)) && [[ -n $STACK ]]; then
        summary >&2
        note "stopped at: $SERVICE"
    fi
}

# choose NAME...: sets CHOSEN, each once and in the order of the environment
choose() {
    local name
    for name in "$@"; do
        contains_word "$name" "${SERVICES[*]-}" ||
            usage_error "there is no service $name in $ENVIRONMENT; there are: ${SERVICES[*]-none}"
    done
    for name in ${SERVICES[@]+"${SERVICES[@]}"}; do
        if contains_word "$name" "$*"; then CHOSEN+=("$name"); fi
    done
}

main() {
    local environment='' wanted=() monitoring=no overrides=no whole=yes
    while (($#)); do
        case $1 in
        --service=* | --ledger=* | --override=*)
            set -- "${1%%=*}" "${1#*=}" "${@:2}"
            continue
            ;;
        --service | --ledger | --override)
            (($# > 1)) || usage_error "$1 needs a value"
            case $1 in
            --service) wanted+=("$2") ;;
            --ledger) LEDGER=$2 ;;
            --override) OVERRIDE=$2 overrides=yes ;;
            esac
            shift
            ;;
        --monitoring) monitoring=yes ;;
        --yes) YES=yes ;;
        --dry-run) DRY_RUN=yes ;;
        --help | -h)
            usage
            exit 0
            ;;
        -*) usage_error "unknown option $1" ;;
        *)
            [[ -z $environment ]] || usage_error "unknown argument $1"
            environment=$1
            ;;
        esac
        shift
    done
    load_environment "$environment"
    read_stacks
    [[ -n $LEDGER ]] || usage_error '--ledger needs a file'
    if [[ $overrides == yes ]]; then check_override; fi
    if [[ $monitoring == yes ]]; then
        ((${#TOGETHER[@]})) || usage_error "--monitoring: there is nothing that the services of $ENVIRONMENT have together"
    fi
    if ((${#wanted[@]})); then
        choose "${wanted[@]}"
    elif [[ $monitoring == no ]]; then
        CHOSEN=(${SERVICES[@]+"${SERVICES[@]}"}) monitoring=yes
    fi
    if [[ $monitoring == no && ${#TOGETHER[@]} -gt 0 ]]; then TOGETHER=() whole=no; fi
    if ((${#CHOSEN[@]} < ${#SERVICES[@]})); then whole=no; fi
    [[ $YES == yes || $DRY_RUN == yes || (-t 0 && -t 2) ]] ||
        fail 'there is no terminal to ask on; pass --yes to go on without asking, or --dry-run to look only'

    begin
    check_account
    say "$ENVIRONMENT: account $ACCOUNT, region $REGION; services to check: ${#CHOSEN[@]}"
    if [[ $DRY_RUN == yes ]]; then show_gate; else check_gate; fi
    for SERVICE in ${TOGETHER[@]+"${TOGETHER[@]}"}; do check_together; done
    for SERVICE in ${CHOSEN[@]+"${CHOSEN[@]}"}; do check_service; done
    stop_if_refused
    if [[ $DRY_RUN == no ]]; then record_override; fi
    for SERVICE in ${TOGETHER[@]+"${TOGETHER[@]}"}; do deploy_together; done
    for SERVICE in ${CHOSEN[@]+"${CHOSEN[@]}"}; do deploy_service; done
    say ''
    summary
    if [[ $DRY_RUN == yes ]]; then
        say 'dry run: nothing was deployed'
    else
        record_success "$whole"
    fi
}

main "$@"
