#!/bin/bash
# Usage: NURSERY=PORT through.sh ARG...
#
# Has ARG... run by a nursery (nursery.py), as if it ran here. A script named `aws` that sources this, with NURSERY set, is
# a quick AWS CLI; what FIRST holds comes before its own arguments.
exec 3<>"/dev/tcp/127.0.0.1/$NURSERY"
trap 'echo; exit 130' INT # as the AWS CLI does
printf '%s\n' $$ ${FIRST[@]+"${FIRST[@]}"} '' >&3
IFS= read -r -u 3 status || status=255
exit "$status"
