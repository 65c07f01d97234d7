#!/usr/bin/env bash
# Runs the seeds from FIRST up to END in shares of SIZE on all cores by GNU parallel, and merges what they print.
#
#   examples/many_runs/with_parallel.sh PROGRAM FIRST END SIZE
set -euo pipefail
(($# == 4)) || { sed -n '2,4s/^# \?//p' "$0" >&2; exit 2; }
program=$(realpath "$1")
export program end=$3 size=$4

# A share that failed is run again, up to three times. Each job runs its replications side by side, so there are few.
seq "$2" "$4" $(($3 - 1)) |
    parallel --will-cite --jobs 2 --retries 3 --halt now,fail=1 \
        '"$program" {} $(({} + size < end ? {} + size : end)) 2>/dev/null' |
    "$program" --merge
