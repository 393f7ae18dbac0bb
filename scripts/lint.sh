#!/usr/bin/env bash
# Everything that judges the sources without running them. Exit code 1 and what is wrong where; all checks run, so one run tells all.
set -uo pipefail
cd "$(dirname "$0")/.." || exit
jobs=${JOBS:-$(nproc)}
failed=()

# check NAME COMMAND...: runs it and says how long it took; what it prints is shown when it fails.
check() {
    local name=$1 began=$SECONDS said
    shift
    if said=$("$@" 2>&1); then
        printf 'lint: %-12s good  %4d s\n' "$name" $((SECONDS - began))
    else
        printf 'lint: %-12s BAD\n%s\n' "$name" "$said"
        failed+=("$name")
    fi
}

sources() { git ls-files -z --cached --others --exclude-standard -- "$@"; }

tidy() {
    # Always: nobody builds here, so nothing else would notice a new file, and it would not be judged.
    cmake --preset tidy || return
    # Only what is written here, a folder at a time: most of the time goes into the headers of libraries, each time they are read.
    # Without the colours, the commands, the counts, and what a header gets from each file that includes it.
    run-clang-tidy-14 -quiet -j "$jobs" -p build/tidy -checks=-bugprone-suspicious-include "^$PWD/((src|apps)|build/tidy/src/.*/Unity)/" 2>&1 |
        sed 's/\x1b\[[0-9;]*m//g' | grep -vE '^clang-tidy-14 |warnings? generated|^$' | awk '!seen[$0]++'
    return "${PIPESTATUS[0]}"
}

check format xargs -0 -a <(sources '*.cpp' '*.hpp') clang-format --dry-run -Werror
check layers tools/check_layers.py
check shell xargs -0 -a <(sources '*.sh' .ci/run scripts/midinet-update packaging/debian/midinet-*) shellcheck -x
check python xargs -0 -a <(sources '*.py') pyflakes3
check clang-tidy tidy

[ ${#failed[@]} -eq 0 ] || { echo "lint: failed: ${failed[*]}" >&2; exit 1; }
