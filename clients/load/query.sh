#!/usr/bin/env bash
# GetWithdrawal from h2load: query.sh WITHDRAWAL_ID [h2load's options]
#
# Takes SETTLE_SERVER, SETTLE_CERT and SETTLE_KEY like the settle commands; needs h2load, cc and libssl-dev.
set -euo pipefail

usage() {
  printf '%s\n' "$1" "usage: SETTLE_SERVER=HOST:PORT SETTLE_CERT=FILE SETTLE_KEY=FILE $0 WITHDRAWAL_ID [h2load's options]" >&2
  exit 64
}
[[ ${1:-} =~ ^wd_[0-9A-Z]{14}$ ]] || usage "the first argument is a withdrawal's id: wd_ and 14 symbols"
for variable in SETTLE_SERVER SETTLE_CERT SETTLE_KEY; do
  [ -n "${!variable:-}" ] || usage "$variable is not set"
done
id=$1
shift

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cc -shared -fPIC -o "$work/certificate.so" "$(dirname "$0")/h2load-certificate.c" -lssl -ldl

# A gRPC message: flag 0 (not compressed), length 19, then GetWithdrawalRequest: field 1, 17 bytes, the id.
printf '\0\0\0\0\x13\x0a\x11%s' "$id" >"$work/body"

[ $# -gt 0 ] || set -- -n 200000 -c 16 -m 32
LD_PRELOAD="$work/certificate.so" h2load -d "$work/body" \
  -H 'content-type: application/grpc' -H 'te: trailers' "$@" \
  "https://$SETTLE_SERVER/settlement.v1.WithdrawalService/GetWithdrawal"
