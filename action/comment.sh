#!/usr/bin/env bash
# Comments on a pull request what changes in how services scale, or brings the comment of an earlier run up to date. Where
# it may not, the summary of the job says it. Whatever goes wrong here is said and fails nothing: the check that follows is
# the gate.
#
# Needs bash, git, curl and jq, which GitHub's runners have, and gen on PATH.
set -euo pipefail
umask 077
WORK=$(mktemp -d)
readonly WORK
trap 'rm -rf "$WORK"' EXIT

warn() {
  local text=${1//'%'/%25}
  text=${text//$'\r'/%0D}
  printf '::warning title=scalegen::%s\n' "${text//$'\n'/%0A}"
}

# Text that is printed as it is: no line of it is a command to the runner.
quote() {
  local stop
  stop=$(od -An -N16 -tx1 /dev/urandom | tr -d ' \n')
  printf '::stop-commands::%s\n' "$stop"
  cat "$1"
  printf '\n::%s::\n' "$stop"
}

# With the token of this job, also where checkout kept no credentials; the empty header drops those that it kept.
fetch() {
  local key="http.$GITHUB_SERVER_URL/.extraheader" basic
  basic=$(printf 'x-access-token:%s' "$TOKEN" | base64 | tr -d '\n')
  GIT_CONFIG_COUNT=2 GIT_CONFIG_KEY_0=$key GIT_CONFIG_VALUE_0='' GIT_CONFIG_KEY_1=$key \
    GIT_CONFIG_VALUE_1="AUTHORIZATION: basic $basic" git fetch --quiet --no-tags --depth=1 origin "$1"
}

# Makes origin/BASE_REF what the working tree is to be compared with. GitHub checks out a merge of the change into the
# target branch; its first parent is that branch as it was then, which the branch of now may be ahead of. A shallow clone
# lacks that commit but knows its name.
find_base() {
  local commit="" there="refs/remotes/origin/$BASE_REF"
  if [[ ${GITHUB_REF-} == refs/pull/*/merge && $(git rev-parse HEAD) == "${GITHUB_SHA-}" ]]; then
    commit=$(git cat-file commit HEAD | sed -n '/^parent /{s///p;q;}')
  fi
  if [[ -z $commit ]]; then
    fetch "+refs/heads/$BASE_REF:$there"
  elif git cat-file -e "$commit^{commit}" 2>/dev/null; then
    git update-ref "$there" "$commit"
  else
    fetch "+$commit:$there"
  fi
}

# Calls the API: method, path, file to send. The answer goes to a file; its status is printed, 000 for none at all.
api() {
  curl --silent --show-error --max-time 30 --output "$WORK/answer" --write-out '%{http_code}' --request "$1" \
    --header "@$WORK/headers" ${3:+--data-binary "@$3"} "$GITHUB_API_URL/repos/$GITHUB_REPOSITORY/$2" || true
}

# The number of our comment of an earlier run, or nothing. Others may begin theirs with the same words.
find_comment() {
  local marker page status
  marker=$(head -n 1 "$WORK/comment")
  for ((page = 1; page <= 100; page++)); do
    status=$(api GET "issues/$NUMBER/comments?per_page=100&page=$page")
    [[ $status == 200 ]] || return 1
    jq --raw-output --arg author "$AUTHOR" --arg marker "$marker" \
      'map(select(.user.login == $author and (.body | startswith($marker)))) | .[0].id // empty' "$WORK/answer" >"$WORK/found"
    if [[ -s $WORK/found ]]; then
      cat "$WORK/found"
      return
    fi
    (($(jq length "$WORK/answer") == 100)) || return 0
  done
}

# Creates or replaces the comment; 1 if that cannot be done.
comment() {
  local known status
  printf '%s\n' "Authorization: Bearer $TOKEN" "Accept: application/vnd.github+json" "X-GitHub-Api-Version: 2022-11-28" \
    "Content-Type: application/json" >"$WORK/headers"
  known=$(find_comment) || return 1
  if [[ -z $known && -z $CHANGED ]]; then
    echo "nothing changes, and nothing was said before"
    return
  fi
  jq --raw-input --slurp '{body: .}' "$WORK/comment" >"$WORK/body"
  if [[ -n $known ]]; then
    status=$(api PATCH "issues/comments/$known" "$WORK/body")
  else
    status=$(api POST "issues/$NUMBER/comments" "$WORK/body")
  fi
  [[ $status == 2?? ]] || return 1
  printf 'commented: %s\n' "$(jq --raw-output .html_url "$WORK/answer")"
}

if ! find_base 2>"$WORK/said"; then
  quote "$WORK/said"
  warn "what changes cannot be told: $BASE_REF cannot be fetched; the log of this step says why"
  exit 0
fi
CHANGED=""
gen diff --git "origin/$BASE_REF" ${SPEC:+--spec "$SPEC"} --format markdown --exit-code >"$WORK/comment" 2>"$WORK/said" || CHANGED=$?
readonly CHANGED
if [[ -n $CHANGED && $CHANGED != 1 ]]; then
  quote "$WORK/said"
  warn "what changes cannot be told: gen diff gave no answer; the log of this step says why"
  exit 0
fi
if ! comment; then
  reason=$(jq --raw-output '.message // empty' "$WORK/answer" 2>/dev/null || true)
  {
    cat "$WORK/comment"
    printf '\nThis stands here because it could not be posted as a comment: that needs the permission "pull-requests: write", which pull requests from forks do not get.\n'
  } >>"$GITHUB_STEP_SUMMARY"
  warn "what changes is said in the summary of this job, not in a comment: ${reason:-GitHub cannot be reached}"
fi
