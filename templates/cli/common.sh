# shellcheck shell=bash disable=SC2034,SC2016,SC2153 # the programs use what seems unused; a dollar sign in quotes is jq's
# What autoscaling.sh and deploy.sh have in common: they source it. It runs nothing by itself, but for checking bash.
#
# Messages    note TEXT...           a line on stderr                   warn TEXT...     the same, as a warning
#             fail TEXT...           the end, with status 2             quoted WORD...   words as a shell takes them
#             problem, refuse, warn_of TEXT...    of the service in SERVICE: collected, collected, shown
#             stop_if_refused        ends with all that was collected
# Beginning   begin                  checks tools, makes SCRATCH, sets traps; the program has an `at_exit STATUS`
#             load_environment NAME  reads NAME/environment.json beside the program, in FOLDER, or ends
#             check_account          the credentials are for ACCOUNT and PARTITION; sets CALLER
#             confirm QUESTION [NO]  asks, or ends: with status 1, and the message NO, where the answer is not yes
#             pause SECONDS          a sleep that a signal ends at once
# AWS         try_aws ARG...         one call of the AWS CLI: its JSON goes to the file ANSWER, its messages to SCRATCH/stderr
#             read_aws ARG...        the same, or the end                was_error CODE...   the last call failed so
#             ask_aws CODE... -- ARG...    status 1 where it fails with one of these codes, which is an answer
#             write_aws WHAT ARG...  what AWS has taken is in WRITES; tries again where AWS is not ready
#             answer FILTER [ARG...] sets REPLY: jq on the file ANSWER   json ARG...         jq, or the end
#             take FILTER [ARG...]   sets the variables that jq's `sets` and `adds` name
#             cli_knows KEY COMMAND...     whether this AWS CLI takes KEY
# Lookups     load_balancer NAME     sets BALANCER; status 1 and a problem where it cannot be used
#             target_group NAME|ARN  sets GROUP_ARN, GROUP (targetgroup/NAME/ID) and GROUP_OWNERS (load balancers' ARNs)
#             found_group LOAD_BALANCER TARGET_GROUP    both, and remembers what `$lookup` stands for
#             resolved FILE FILTER   prints what FILTER makes of FILE with its `$lookup` objects replaced
# Rollout     show_gate, check_gate, record_override, record_success YES|NO, record_rollback: silent without a rollout
# jq          JQ_COMMON              definitions for every program: lookups, normal forms of AWS's objects, differences
#
# Functions that answer with a value set REPLY. None returns without a status: on the way out (at_exit) bash would take that
# from before.

if ((BASH_VERSINFO[0] * 100 + BASH_VERSINFO[1] < 402)); then
    printf 'error: bash 4.2 or newer is needed, this is %s\n' "$BASH_VERSION" >&2
    exit 2
fi

CHILD=       # process id of the call in progress
SCRATCH=     # temporary directory
ANSWER=      # file with the JSON of the last call
IN_FLIGHT=   # the write in progress: if it is cut off, nobody knows whether it arrived
WRITES=()    # writes that AWS has confirmed
SAYS_NO=no   # the answer is no, and that is no error
YES=no       # --yes
DRY_RUN=no   # --dry-run
SERVICE=     # the service that is being worked on
PROBLEMS=()  # there is nothing to work on
REFUSALS=()  # nothing must be written
FOUND=()     # what was looked up: key and value in turn
OVERRIDE=    # --override: the reason to go on although the gate is closed
LEDGER=${SCALEGEN_LEDGER:-rollout-ledger.tsv} # --ledger
readonly SEPARATOR=$'\x1f' # between the columns of a line that jq prints; no text of ours or of AWS's has it

#### Messages

note() { printf '%s\n' "$*" >&2; }
warn() { note "warning: $*"; }

fail() {
    note "error: $*"
    exit 2
}

problem() { PROBLEMS+=("$SERVICE: $*"); }
refuse() { REFUSALS+=("$SERVICE: $*"); }
warn_of() { warn "$SERVICE: $*"; }

stop_if_refused() {
    local reason
    if ((${#PROBLEMS[@]} + ${#REFUSALS[@]} == 0)); then return 0; fi
    for reason in ${PROBLEMS[@]+"${PROBLEMS[@]}"} ${REFUSALS[@]+"${REFUSALS[@]}"}; do note "refused: $reason"; done
    exit 2
}

quoted() {
    local words
    printf -v words '%q ' "$@"
    printf '%s' "${words% }"
}

contains_word() { [[ -n $1 && " $2 " == *" $1 "* ]]; }

# usage_error TEXT...: PROGRAM is what the user typed to run this.
usage_error() {
    note "error: $*"
    note "try: $(quoted "$PROGRAM" --help)"
    exit 2
}

# wrong_name WHAT NAME KNOWN: NAME is none of those that are known, or missing; WHAT has its article.
wrong_name() {
    if [[ -z $2 ]]; then usage_error "name $1; there are: $3"; fi
    usage_error "there is no ${1#* } $2; there are: $3"
}

#### Beginning and end

# The pager of version 2 and its prompts would wait for a person.
# Version 1 refuses --no-cli-pager, so the environment says it. Version 2 prints times of the local time zone.
export AWS_PAGER='' AWS_CLI_AUTO_PROMPT=off TZ=UTC

begin() {
    command -v aws >/dev/null || fail 'the AWS CLI is not installed, or "aws" is not on the PATH: https://aws.amazon.com/cli/'
    SCRATCH=$(mktemp -d) || fail 'no temporary directory'
    ANSWER=$SCRATCH/answer.json
    trap on_exit EXIT
    trap 'on_signal HUP 129' HUP
    trap 'on_signal INT 130' INT
    trap 'on_signal PIPE 141' PIPE
    trap 'on_signal TERM 143' TERM
    check_aws_cli
}

check_jq() {
    local version
    command -v jq >/dev/null || fail 'jq is not installed, or not on the PATH: version 1.6 or newer is needed, https://jqlang.org'
    version=$(jq --version) || fail 'jq does not run'
    if [[ $version =~ ^jq-([0-9]+)\.([0-9]+) ]] && ((BASH_REMATCH[1] * 1000 + BASH_REMATCH[2] < 1006)); then
        fail "jq 1.6 or newer is needed, this is $version"
    fi
}

# Older ones do not know time zones of scheduled actions. What says nothing of its version is taken as it is.
check_aws_cli() {
    local version
    run_aws --version || {
        cat -- "$SCRATCH/stderr" >&2
        fail 'this call failed: aws --version'
    }
    version=$(<"$ANSWER")
    version=${version:-$(<"$SCRATCH/stderr")} # where version 1 with an old Python says it
    if [[ $version =~ ^aws-cli/([0-9]+)\.([0-9]+) ]] &&
        ((BASH_REMATCH[1] == 1 && BASH_REMATCH[2] < 20 || BASH_REMATCH[1] == 2 && BASH_REMATCH[2] < 2)); then
        fail "an AWS CLI of version 2.2 or newer is needed (or 1.20 or newer), this is ${version%% *}"
    fi
}

on_exit() {
    local status=$?
    trap '' HUP INT PIPE TERM # a second Ctrl-C must not cut it short
    trap - EXIT
    set +e
    # Status 1 is an answer; a command of this program that failed (a full disk, say) is not.
    if [[ $status -eq 1 && $SAYS_NO == no ]]; then status=2; fi
    at_exit "$status"
    rm -rf -- "$SCRATCH"
    exit "$status"
}

on_signal() {
    trap '' HUP INT PIPE TERM
    if [[ -n $CHILD ]]; then
        kill "$CHILD" 2>/dev/null || true
        wait "$CHILD" 2>/dev/null || true
        CHILD=
    fi
    note "stopped by SIG$1"
    exit "$2"
}

pause() {
    sleep "$1" &
    CHILD=$!
    wait "$CHILD"
    CHILD=
}

confirm() {
    local answer=''
    if [[ $YES == yes ]]; then return 0; fi
    [[ -t 0 && -t 2 ]] || fail 'there is no terminal to ask on; pass --yes to go on without asking'
    read -r -p "$1 Only yes is taken for yes: " answer || true
    if [[ $answer != yes ]]; then
        note "${2-nothing was written}"
        SAYS_NO=yes
        exit 1
    fi
}

# load_environment NAME: FOLDER holds a folder for each environment. Sets DATA and what environment.json says first.
load_environment() {
    local file names=()
    for file in "$FOLDER"/*/environment.json; do
        if [[ -f $file ]]; then
            file=${file%/environment.json}
            names+=("${file##*/}")
        fi
    done
    if [[ -z $1 || $1 == */* || ! -f $FOLDER/$1/environment.json ]]; then
        wrong_name 'an environment' "$1" "${names[*]-none in $FOLDER}"
    fi
    check_jq
    DATA=$FOLDER/$1
    SERVICES=() WAVES_BEFORE=() FINGERPRINT=
    take environment "$DATA/environment.json"
    [[ $ENVIRONMENT == "$1" ]] || fail "$DATA/environment.json is of $ENVIRONMENT, not of $1"
}

check_account() {
    local partition
    read_aws sts get-caller-identity
    take '{CALLER: .Arn, CALLER_ACCOUNT: .Account} | sets' "$ANSWER"
    partition=${CALLER#arn:}
    partition=${partition%%:*}
    [[ $CALLER_ACCOUNT == "$ACCOUNT" ]] ||
        fail "these credentials are for account $CALLER_ACCOUNT, but $ENVIRONMENT is account $ACCOUNT"
    [[ $partition == "$PARTITION" ]] ||
        fail "these credentials are for partition $partition, but $ENVIRONMENT is in $PARTITION"
}

#### The one door to AWS

# run_aws ARG...: the CLI runs in the background and the shell waits, because bash runs a trap at once while it waits, but
# only after the end of a foreground command.
run_aws() {
    local status=0
    aws "$@" >"$ANSWER" 2>"$SCRATCH/stderr" &
    CHILD=$!
    wait "$CHILD" || status=$?
    CHILD=
    return "$status"
}

try_aws() {
    local status=0
    run_aws "$@" --region "$REGION" --output json || status=$?
    if ((status == 0)); then cat -- "$SCRATCH/stderr" >&2; fi
    if [[ ! -s $ANSWER ]]; then printf 'null\n' >"$ANSWER"; fi
    return "$status"
}

# show_failure ARG...: the error of the call that has just failed, and the call itself.
show_failure() {
    cat -- "$SCRATCH/stderr" >&2
    note "this call failed: $(quoted aws "$@" --region "$REGION")"
}

read_aws() {
    try_aws "$@" && return 0
    show_failure "$@"
    fail 'AWS did not answer the question above'
}

was_error() {
    local code said
    said=$(<"$SCRATCH/stderr")
    for code in "$@"; do
        if [[ $said == *"($code)"* ]]; then return 0; fi
    done
    return 1
}

ask_aws() {
    local codes=()
    while [[ $1 != -- ]]; do
        codes+=("$1")
        shift
    done
    shift
    if try_aws "$@"; then return 0; fi
    if was_error "${codes[@]}"; then return 1; fi
    show_failure "$@"
    fail 'AWS did not answer the question above'
}

# AWS is eventually consistent: a policy that is put right after the registration of its target may find no target, so
# such an error is not the last word.
write_aws() {
    local what=$1 delay
    shift
    IN_FLIGHT=$what
    for delay in 1 2 4 8 0; do
        if try_aws "$@"; then
            WRITES+=("$what")
            IN_FLIGHT=
            printf '    done: %s\n' "$what"
            return 0
        fi
        if ((delay == 0)) || ! may_pass; then break; fi
        note "    AWS is not ready for: $what; trying again in $delay s"
        pause "$delay"
    done
    show_failure "$@"
    fail "could not $what"
}

may_pass() {
    was_error ObjectNotFoundException ConcurrentUpdateException || [[ $(<"$SCRATCH/stderr") == *"ECS service doesn't exist"* ]]
}

json() {
    local word files=''
    if jq "$@"; then return 0; fi
    for word in "$@"; do if [[ -f $word ]]; then files+=" $word"; fi; done
    fail "jq failed${files:+ on$files}; its message is above"
}

answer() { REPLY=$(json -r "${@:2}" "$JQ_COMMON $1" "$ANSWER") || exit; }

# take FILTER [ARG...]: lines that jq prints are NAME=VALUE, or NAME+=VALUE for one more of a list. The names are those in
# the filters of the programs.
take() {
    local line lines name
    lines=$(json -r "$JQ_COMMON $1" "${@:2}") || exit
    while IFS= read -r line; do
        name=${line%%=*}
        case $name in
        '') ;;
        *+) eval "${name%+}+=(\"\${line#*=}\")" ;;
        *) printf -v "$name" '%s' "${line#*=}" ;;
        esac
    done <<<"$lines"
}

declare -A CLI_KNOWS=() # by key

# Asking for the skeleton of a command's input calls nobody.
cli_knows() {
    if [[ -z ${CLI_KNOWS[$1]-} ]]; then
        read_aws "${@:2}" --generate-cli-skeleton
        CLI_KNOWS[$1]=no
        if [[ $(<"$ANSWER") == *"\"$1\":"* ]]; then CLI_KNOWS[$1]=yes; fi
    fi
    [[ ${CLI_KNOWS[$1]} == yes ]]
}

#### Load balancers and target groups: each is looked up once

readonly LABEL_PATTERN='^app/[A-Za-z0-9-]{1,32}/[0-9a-f]{16}/targetgroup/[A-Za-z0-9-]{1,32}/[0-9a-f]{16}$'
declare -A BALANCERS=() # by name: type, ARN
declare -A GROUPS_OF=() # by name: ARN, ARNs of load balancers

load_balancer() {
    local type
    if [[ -z ${BALANCERS[$1]-} ]]; then
        read_aws elbv2 describe-load-balancers --names "$1"
        answer '.LoadBalancers[] | select(.LoadBalancerName == $name) | "\(.Type) \(.LoadBalancerArn)"' --arg name "$1"
        BALANCERS[$1]=${REPLY:-missing none}
    fi
    type=${BALANCERS[$1]%% *} BALANCER=${BALANCERS[$1]#*:loadbalancer/}
    if [[ $type != application ]]; then
        problem "load balancer $1 is of type $type; requests per target need an application load balancer"
        return 1
    fi
}

target_group() {
    local by=--names
    if [[ -z ${GROUPS_OF[$1]-} ]]; then
        if [[ $1 == arn:* ]]; then by=--target-group-arns; fi
        read_aws elbv2 describe-target-groups "$by" "$1"
        answer '.TargetGroups[] | select(.TargetGroupName == $which or .TargetGroupArn == $which)
            | [.TargetGroupArn, .LoadBalancerArns[]?] | join(" ")' --arg which "$1"
        GROUPS_OF[$1]=${REPLY:-missing}
    fi
    GROUP_ARN=${GROUPS_OF[$1]%% *} GROUP_OWNERS=${GROUPS_OF[$1]#"$GROUP_ARN"} GROUP=${GROUP_ARN##*:}
    if [[ $GROUP_ARN == missing ]]; then
        problem "there is no target group $1"
        return 1
    fi
}

# is_owned BALANCER: whether a listener of the load balancer forwards to the target group that was looked up last.
is_owned() { [[ "$GROUP_OWNERS " == *":loadbalancer/$1 "* ]]; }

found_group() {
    load_balancer "$1" && target_group "$2" || return 1
    [[ $BALANCER/$GROUP =~ $LABEL_PATTERN ]] || problem "$BALANCER/$GROUP is not a resource label that AWS accepts"
    remember "TargetGroup $1 $2" "$GROUP"
    remember "ResourceLabel $1 $2" "$BALANCER/$GROUP"
    remember "LoadBalancer $1" "$BALANCER"
}

found_balancer() {
    load_balancer "$1" || return 1
    remember "LoadBalancer $1" "$BALANCER"
}

remember() {
    local i
    for ((i = 0; i < ${#FOUND[@]}; i += 2)); do
        if [[ ${FOUND[i]} == "$1" ]]; then return 0; fi
    done
    FOUND+=("$1" "$2")
}

# A lookup that was not found stays; whoever needs it has a problem by then.
resolved() { json "$JQ_COMMON resolved(\$ARGS.positional) | $2" "$1" --args ${FOUND[@]+"${FOUND[@]}"}; }

#### Rollout: a wave begins when the waves before it have stood long enough
# The ledger is a text file that the team commits or keeps. One line an event, fields between tabs:
#
#   time in UTC, applied | overridden | rolled-back, project, wave, environment, fingerprint, who, reason or -, check sum
#
# The fingerprint stands for all that the spec says of the environment: a success of another version opens nothing. The check
# sum is that of POSIX cksum over what stands before it, so that a line that was cut off or edited is noticed.

CALLER=           # whose credentials these are
GATE=             # open, closed, or broken: the ledger cannot be believed
GATE_SAYS=        # what to say of it
VERDICT=          # of one wave
LEDGER_PROBLEM=   # why it cannot be believed
LEDGER_CUT=no     # whether its last line has no end
HAS_ROLLOUT=no    # whether the spec has a rollout with this environment
WAVES_BEFORE=()   # lines: wave NUMBER SOAK, then its member ENVIRONMENT, and gate WHAT_PEOPLE_CONFIRM
declare -A PRINTS=()  # fingerprint by environment
declare -A APPLIED=() # by environment: when, in seconds since 1970
declare -A UNDONE=()  # by environment: when another version was applied or this one rolled back, the last time

# utc SECONDS, or -1 for now: sets REPLY
utc() { printf -v REPLY '%(%Y-%m-%dT%H:%M:%SZ)T' "$1"; }

# seconds_of TIME: sets REPLY to the seconds since 1970; not every date(1) can read a time.
seconds_of() {
    local y=$((10#${1:0:4})) m=$((10#${1:5:2})) day=$((10#${1:8:2})) era
    y=$((m > 2 ? y : y - 1)) m=$((m > 2 ? m - 3 : m + 9)) # years that begin in March
    era=$((y / 400)) y=$((y % 400))
    day=$((era * 146097 + y * 365 + y / 4 - y / 100 + (153 * m + 2) / 5 + day - 1 - 719468))
    REPLY=$((day * 86400 + 10#${1:11:2} * 3600 + 10#${1:14:2} * 60 + 10#${1:17:2}))
}

# spoken SECONDS: sets REPLY to something like 48h or 3h 10m
spoken() {
    local hours=$(($1 / 3600)) minutes=$(($1 % 3600 / 60)) seconds=$(($1 % 60))
    REPLY=''
    if ((hours)); then REPLY+=" ${hours}h"; fi
    if ((minutes)); then REPLY+=" ${minutes}m"; fi
    if ((hours == 0 && (seconds || minutes == 0))); then REPLY+=" ${seconds}s"; fi
    REPLY=${REPLY# }
}

# check_sum TEXT: sets REPLY
check_sum() {
    REPLY=$(printf '%s' "$1" | cksum)
    REPLY=${REPLY%% *}
}

# read_prints: sets PRINTS, from the data of this environment and of those before it.
read_prints() {
    local row key name print
    PRINTS=(["$ENVIRONMENT"]=$FINGERPRINT)
    for row in ${WAVES_BEFORE[@]+"${WAVES_BEFORE[@]}"}; do
        IFS=$SEPARATOR read -r key name _ <<<"$row"
        if [[ $key != member || ! -f $FOLDER/$name/environment.json ]]; then continue; fi
        print=$(json -r '.Fingerprint // ""' "$FOLDER/$name/environment.json") || exit
        if [[ -n $print ]]; then PRINTS[$name]=$print; fi
    done
}

# read_ledger: sets APPLIED and UNDONE, or LEDGER_PROBLEM
read_ledger() {
    local line event number
    LEDGER_PROBLEM='' LEDGER_CUT=no APPLIED=() UNDONE=()
    read_prints
    if [[ ! -e $LEDGER ]]; then return 0; fi
    if [[ ! -f $LEDGER || ! -r $LEDGER ]]; then
        LEDGER_PROBLEM="the ledger $LEDGER is not a file that can be read"
        return 0
    fi
    # Two passes, because a success counts only after what undid the one before it, and lines may come from two branches.
    for event in undone applied; do
        number=0
        while IFS= read -r line || { [[ -n $line ]] && LEDGER_CUT=yes; }; do
            number=$((number + 1))
            line=${line%$'\r'}
            if [[ -z $line || $line == '#'* ]]; then continue; fi
            if ! read_event "$event" "$line"; then
                LEDGER_PROBLEM="line $number of the ledger $LEDGER is not as it was written: mend it, or delete it and apply that environment again"
                return 0
            fi
        done <"$LEDGER"
    done
}

readonly EVENT_LINE=$'^[0-9]{4}-[01][0-9]-[0-3][0-9]T[0-2][0-9]:[0-5][0-9]:[0-6][0-9]Z\t(applied|overridden|rolled-back)(\t[^\t]+){7}$'

# read_event undone|applied LINE: status 1 if it is none
read_event() {
    local when event project environment print sum
    [[ $2 =~ $EVENT_LINE ]] || return 1
    IFS=$'\t' read -r when event project _ environment print _ _ sum <<<"$2"
    check_sum "${2%"$sum"}"
    [[ $REPLY == "$sum" ]] || return 1
    if [[ $project != "$PROJECT" || -z ${PRINTS[$environment]-} || $event == overridden ]]; then return 0; fi
    seconds_of "$when"
    if [[ $event == rolled-back || $print != "${PRINTS[$environment]}" ]]; then
        if [[ $1 == undone ]] && ((REPLY > ${UNDONE[$environment]:--1})); then UNDONE[$environment]=$REPLY; fi
    elif [[ $1 == applied ]] && ((REPLY > ${UNDONE[$environment]:--1})); then
        # The first one counts: applying the same again does not begin the soak anew.
        if [[ -z ${APPLIED[$environment]-} ]] || ((REPLY < APPLIED[$environment])); then APPLIED[$environment]=$REPLY; fi
    fi
}

# judge_gate: sets GATE and GATE_SAYS. All waves before this one count, the last of them is named.
judge_gate() {
    local row key a b number='' soak='' members=''
    GATE=open VERDICT='it is the first'
    read_ledger
    if [[ -n $LEDGER_PROBLEM ]]; then
        GATE=broken VERDICT=$LEDGER_PROBLEM
    fi
    for row in ${WAVES_BEFORE[@]+"${WAVES_BEFORE[@]}"} wave; do
        IFS=$SEPARATOR read -r key a b _ <<<"$row"
        case $key in
        wave)
            if [[ -n $number && $GATE == open ]]; then judge_wave "$number" "$soak" "$members"; fi
            number=$a soak=$b members=''
            ;;
        member) members+=${members:+ }$a ;;
        esac
    done
    GATE_SAYS="wave $WAVE of $WAVES; $VERDICT"
}

# judge_wave NUMBER SOAK ENVIRONMENTS: sets VERDICT, and GATE if it closes it
judge_wave() {
    local soak=$2 members=$3 environment now latest=-1
    printf -v now '%(%s)T' -1
    for environment in $members; do
        if [[ -z ${PRINTS[$environment]-} ]]; then
            GATE=closed VERDICT="wave $1: $FOLDER/$environment/environment.json, which says what $environment must be, is not there"
            return 0
        elif [[ -z ${APPLIED[$environment]-} ]]; then
            GATE=closed VERDICT="wave $1: the ledger $LEDGER has no success of $environment with what the spec says now"
            return 0
        fi
        if ((APPLIED[$environment] > latest)); then latest=${APPLIED[$environment]}; fi
    done
    utc "$latest"
    VERDICT="wave $1 (${members// /, }) applied $REPLY"
    if ((latest > now)); then
        GATE=closed
        utc "$now"
        VERDICT+=", which is in the future: this clock says $REPLY"
    elif ((soak == 0)); then
        VERDICT+=', no soak'
    else
        spoken "$soak"
        VERDICT+=", soak $REPLY"
        spoken "$((latest + soak - now > 0 ? latest + soak - now : 0))"
        if ((latest + soak > now)); then
            GATE=closed VERDICT+=" ends in $REPLY"
        else
            VERDICT+=' is over'
        fi
    fi
}

# show_gate: with what people confirm of the wave before, which is the last
show_gate() {
    local row key a last=''
    if [[ $HAS_ROLLOUT == no ]]; then return 0; fi
    judge_gate
    printf 'rollout: %s\n' "$GATE_SAYS"
    for row in ${WAVES_BEFORE[@]+"${WAVES_BEFORE[@]}"}; do
        IFS=$SEPARATOR read -r key a _ <<<"$row"
        case $key in
        wave) last='' ;;
        gate) last+="  to confirm: $a"$'\n' ;;
        esac
    done
    printf '%s' "$last"
}

# check_gate: shows it, and refuses to write where it is not open
check_gate() {
    if [[ $HAS_ROLLOUT == no ]]; then return 0; fi
    show_gate
    if [[ $DRY_RUN == no ]] && ! can_record; then
        REFUSALS+=("the ledger $LEDGER cannot be written, so a success could not be recorded")
    fi
    case $GATE in
    broken) REFUSALS+=("$LEDGER_PROBLEM") ;;
    closed)
        if [[ -n $OVERRIDE ]]; then
            warn "the gate is closed; going on, because: $OVERRIDE"
        else
            REFUSALS+=("the gate is closed: $GATE_SAYS; to go on all the same: --override REASON")
        fi
        ;;
    open) OVERRIDE='' ;;
    esac
}

# check_override: a reason has words, and fits into a line
check_override() {
    [[ $HAS_ROLLOUT == yes ]] || usage_error "--override: there is no gate, because no wave of a rollout has $ENVIRONMENT"
    [[ $OVERRIDE == *[![:space:]]* ]] || fail '--override needs a reason: it is recorded'
    [[ $OVERRIDE != *[[:cntrl:]]* && ${#OVERRIDE} -le 300 ]] ||
        fail 'the reason of --override is one line of at most 300 characters'
}

record_override() {
    if [[ $HAS_ROLLOUT == no || -z $OVERRIDE ]]; then return 0; fi
    record overridden "$OVERRIDE" || fail "the override cannot be recorded in $LEDGER"
}

# record_success WHOLE: whether the whole environment was applied; yes or no. One that stands already is not recorded again.
record_success() {
    if [[ $HAS_ROLLOUT == no ]]; then return 0; fi
    if [[ $1 != yes ]]; then
        printf 'rollout: only some services, so this is no success of wave %s yet; apply all of them\n' "$WAVE"
    elif [[ -z ${APPLIED[$ENVIRONMENT]-} ]]; then
        record applied "$OVERRIDE" || fail "applied, but not recorded in $LEDGER; mend that and apply again"
        printf 'rollout: recorded as success of wave %s in %s\n' "$WAVE" "$LEDGER"
    fi
}

# Before its first write, because a rollback that is cut off has undone something as well. It is no reason not to roll back.
record_rollback() {
    if [[ $HAS_ROLLOUT == no ]]; then return 0; fi
    read_ledger
    record rolled-back || warn "the rollback cannot be recorded in $LEDGER; nobody must take this wave for applied"
}

# record EVENT [REASON]: one write, so that the lines of two runs do not mix; status 1 if it cannot be written
record() {
    local line
    utc -1
    printf -v line '%s\t' "$REPLY" "$1" "$PROJECT" "$WAVE" "$ENVIRONMENT" "$FINGERPRINT" "$CALLER" "${2:--}"
    check_sum "$line"
    line+=$REPLY$'\n'
    if [[ $LEDGER_CUT == yes ]]; then line=$'\n'$line; fi
    { printf '%s' "$line" >>"$LEDGER"; } 2>/dev/null
}

# can_record: before anything is written to AWS
can_record() { { : >>"$LEDGER"; } 2>/dev/null; }

#### jq: AWS's objects in a form in which equal settings are equal

read -r -d '' JQ_COMMON <<'JQ' || true
# A line for bash: columns between unit separators, control characters as blanks.
def line: map(tostring | explode | map(if . < 32 then 32 else . end) | implode) | join("\u001f");

# Lines for `take`: each field of an object as a variable, and one more of a list
def sets: to_entries[] | "\(.key)=\([.value | if . == null then "" else . end] | line)";
def adds($name): "\($name)+=\([.] | line)";

# environment.json, for load_environment
def environment:
  def yes: if . then "yes" else "no" end;
  ({
    PROJECT: .Project, ENVIRONMENT: .Environment, CHANGE: .Change, ACCOUNT: .Account, PARTITION: .Partition, REGION: .Region,
    FINGERPRINT: .Fingerprint, HAS_MONITORING: (.Monitoring | yes), HAS_ROLLOUT: (.Rollout | yes),
    WAVE: .Rollout.Wave, WAVES: .Rollout.Waves
  } | sets),
  (.Services[] | adds("SERVICES")),
  (.Rollout.Before[]? | ["wave", .Wave, .Soak], (.Environments[] | ["member", .]), (.Gates[]? | ["gate", .])
   | "WAVES_BEFORE+=\(line)");

# Every value, from the leaves up; jq 1.6 has one that sorts keys.
def every(f):
  if type == "object" then with_entries(.value |= every(f)) | f elif type == "array" then map(every(f)) | f else f end;

# The key of a $lookup, as bash remembers it: "LoadBalancer NAME", "TargetGroup BALANCER GROUP", "PolicyARN NAME"…
def lookup_key:
  to_entries[0] | [.key, (.value | if type == "object" then .LoadBalancer, .TargetGroup else . end)] | join(" ");
def is_lookup: type == "object" and has("$lookup");
def lookups: [.. | select(is_lookup) | .["$lookup"]] | unique[];

# resolved(["key", "value", …])
def resolved($found):
  (reduce range(0; $found | length; 2) as $i ({}; .[$found[$i]] = $found[$i + 1])) as $values
  | every(if is_lookup then $values[.["$lookup"] | lookup_key] // . else . end);

# What AWS means where an object says nothing (API references of Application Auto Scaling, CloudWatch and EventBridge).
def defaults: {
  "SuspendedState": {
    "DynamicScalingInSuspended": false, "DynamicScalingOutSuspended": false, "ScheduledScalingSuspended": false
  },
  "TargetTrackingScaling": {"ScaleOutCooldown": 300, "ScaleInCooldown": 300, "DisableScaleIn": false},
  "StepScaling": {"Cooldown": 300, "MetricAggregationType": "Average"},
  "PredictiveScaling": {
    "Mode": "ForecastOnly", "SchedulingBufferTime": 300, "MaxCapacityBreachBehavior": "HonorMaxCapacity"
  },
  "ScheduledAction": {"Timezone": "UTC"},
  "MetricAlarm": {
    "ActionsEnabled": true, "TreatMissingData": "missing", "EvaluateLowSampleCountPercentile": "evaluate"
  },
  "MetricDataQuery": {"ReturnData": true},
  "Rule": {"State": "ENABLED"}
};

# The fields of each object that its Put operation takes, but for its address and its tags.
def policy_fields: [
  "PolicyName", "PolicyType",
  "TargetTrackingScalingPolicyConfiguration", "StepScalingPolicyConfiguration", "PredictiveScalingPolicyConfiguration"
];
def action_fields: ["ScheduledActionName", "Schedule", "Timezone", "StartTime", "EndTime", "ScalableTargetAction"];
def alarm_fields: [
  "AlarmName", "AlarmDescription", "ActionsEnabled", "OKActions", "AlarmActions", "InsufficientDataActions",
  "MetricName", "Namespace", "Statistic", "ExtendedStatistic", "Dimensions", "Period", "Unit", "EvaluationPeriods",
  "DatapointsToAlarm", "Threshold", "ComparisonOperator", "TreatMissingData", "EvaluateLowSampleCountPercentile",
  "Metrics", "ThresholdMetricId", "EvaluationCriteria", "EvaluationInterval"
];
def target_fields: ["MinCapacity", "MaxCapacity", "SuspendedState"];

# only(fields): an object with no other fields, and without what is null or an empty list.
def only($fields):
  . as $object
  | reduce $fields[] as $field ({};
      if [null, []] | index([$object[$field]]) then . else .[$field] = $object[$field] end);

# Version 1 of the CLI prints times as seconds since 1970, version 2 as dates.
def moment: if type == "number" then floor | todate else sub("(\\.0+)?\\+00:00$"; "Z") end;
def moments: (.StartTime | values) |= moment | (.EndTime | values) |= moment;

# Live objects as AWS takes them back.
def live_policy: only(policy_fields);
def live_action: only(action_fields) | moments;
def live_alarm: only(alarm_fields);
def live_target: only(target_fields);

# Normal forms, in which equal settings are equal: without the name, with the defaults, numbers as numbers. Dimensions and
# lines of metric math have no order, so they are objects by name. A policy is its configuration and its type.
def normal:
  every(
    if type == "number" then . + 0
    elif type != "object" then .
    else
      (if .Dimensions | type == "array" then .Dimensions |= (map({key: .Name, value: .Value}) | from_entries) else . end)
      | (if .Metrics | type == "array" then
           .Metrics |= (map({key: .Id, value: (defaults.MetricDataQuery + del(.Id))}) | from_entries)
         else . end)
      | with_entries(select(.value != null and .value != [] and .value != {}))
    end);
def normal_policy:
  ({PolicyType} + defaults[.PolicyType] + .["\(.PolicyType)PolicyConfiguration"]) | normal
  | (.StepAdjustments | values) |= sort_by(.MetricIntervalLowerBound, .MetricIntervalUpperBound);
def normal_action: defaults.ScheduledAction + del(.ScheduledActionName) | normal;
def normal_alarm:
  defaults.MetricAlarm + {DatapointsToAlarm: .EvaluationPeriods} + del(.AlarmName) | normal;
def normal_target: .SuspendedState |= defaults.SuspendedState + . | normal;

# differences($live; $wanted): of two normal forms, field by field; {Field, Is, ShouldBe}, null for what is not there
def leaves($path):
  if type == "object" and . != {} then to_entries[] | .key as $key | .value | leaves($path + [$key])
  else {key: ($path - ["PredefinedMetricSpecification", "CustomizedMetricSpecification", "ScalableTargetAction",
                       "SuspendedState"] | join(".")), value: .} end;
def fields: if . == null then {} else [leaves([])] | from_entries end;
def differences($live; $wanted):
  ($live | fields) as $is | ($wanted | fields) as $should
  | ($should + $is | keys_unsorted)[]
  | select($is[.] != $should[.])
  | {Field: ., Is: $is[.], ShouldBe: $should[.]};

# A value for people.
def shown:
  if . == null then "-" elif type == "string" then .
  else every(if is_lookup then .["$lookup"].PolicyARN // . | if type == "string" then "policy " + . else . end else . end)
    | tojson end;
JQ
