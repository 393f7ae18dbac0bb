#!/usr/bin/env bash
# run.sh BUILD SECONDS [AT_ONCE]: gives every fuzz target of a fuzz build that many seconds and prints what each did.
# The corpus stays in the build folder and grows from run to run. A finding: its reproducer's path, its last words, exit code 1.
set -euo pipefail
build=$(cd "$1" && pwd)
export build seconds=$2
at_once=${3:-$(nproc)}
longest_input=1300  # more than a datagram holds, and enough for a song
export longest_input logs=$build/fuzz_logs findings=$build/fuzz_findings
mkdir -p "$logs" "$findings"

fuzz_one() {
    local target=$1 name log code=0
    name=$(basename "$target" _fuzz)
    log=$logs/$name.log
    "$target" -max_total_time="$seconds" -max_len="$longest_input" -timeout=10 -print_final_stats=1 \
        -artifact_prefix="$findings/$name-" "$build/tests/fuzz/corpus/$name" >"$log" 2>&1 || code=$?
    if [ "$code" -ne 0 ]; then
        printf '%-14s FOUND (exit code %s): %s\n' "$name" "$code" \
            "$(sed -n 's/.*Test unit written to //p' "$log" | tail -1)"
        tail -25 "$log"
        return 1
    fi
    awk -v name="$name" '
        /^stat::number_of_executed_units/ { executions = $2 }
        / cov: / { for (i = 1; i < NF; ++i) { if ($i == "cov:") coverage = $(i + 1); if ($i == "corp:") corpus = $(i + 1) } }
        END { printf "%-14s %10d executions  coverage %5d  corpus %s\n", name, executions, coverage, corpus }' "$log"
}
export -f fuzz_one

# shellcheck disable=SC2016  # the inner shell expands it
if ! printf '%s\0' "$build"/bin/*_fuzz | xargs -0 -P "$at_once" -I{} bash -c 'fuzz_one "$1"' _ {}; then
    echo "fuzz: findings are in $findings" >&2
    exit 1
fi
