#!/usr/bin/env bash
# The figures of the README, as ratios to nghttpd in one run. `make bench` calls this; see README.md beside it.
set -euo pipefail
cd "$(dirname "$0")/.."

for program in python3 nghttpd h2load; do
  if ! command -v "$program" >/dev/null; then
    echo "$program is missing: run .ci/install bench, or install it by hand." >&2
    exit 1
  fi
done
exec python3 Benchmarks/bench.py "$@"
