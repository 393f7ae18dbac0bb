#!/usr/bin/env bash
# Tunes a Raspberry Pi (or another machine) for real time: processors at full speed, now and after every start. Shows before and after.
#   scripts/setup-pi.sh [--undo] [--dry-run]
# --undo restores what was there before. Buffers of sockets and the real-time limits come with the packages.
set -euo pipefail
here=$(dirname "$(readlink -f "${BASH_SOURCE[0]:-/nowhere/at/all}")")
if [ ! -e "$here/lib/release.sh" ]; then # piped from the internet: the rest is in the release
    rest=$(mktemp -d)
    curl --fail --silent --show-error --location \
        "${MIDINET_RELEASE:-https://github.com/Hakolsound/MIDInet/releases/latest/download}/midinet-installer.tar.gz" | tar -xz -C "$rest"
    exec bash "$rest/scripts/setup-pi.sh" "$@"
fi
# shellcheck source=scripts/lib/release.sh
. "$here/lib/release.sh"

sys=${MIDINET_SYS:-/sys} etc=${MIDINET_ETC:-/etc} # elsewhere in tests
undo=""
while [ $# -gt 0 ]; do
    case $1 in
        --undo | --uninstall) undo=yes ;;
        --dry-run) export DRY_RUN=1 ;;
        -h | --help) sed -n "2,4s/^# \{0,1\}//p" "$0"; exit 0 ;;
        *) fail "$1 is no flag; --help lists them" 2 ;;
    esac
    shift
done
rule=$etc/tmpfiles.d/midinet-tuning.conf # systemd-tmpfiles writes such values at every start
before=$etc/midinet/tuning-before
shopt -s nullglob
governors=("$sys"/devices/system/cpu/cpu*/cpufreq/scaling_governor)

write() { # VALUE FILE
    if [ "${DRY_RUN:-0}" = 1 ]; then echo "would write: $1 to $2"; else echo "$1" >"$2"; fi
}

if [ -n "$undo" ]; then
    if [ -e "$before" ]; then
        while read -r value file; do
            [ -e "$file" ] || continue
            echo "$file: $(cat "$file") -> $value"
            write "$value" "$file"
        done <"$before"
    fi
    run rm -f "$rule" "$before"
    exit 0
fi
if [ ${#governors[@]} -eq 0 ]; then
    echo "this machine does not let its processors be set to full speed (no cpufreq); nothing to tune"
    exit 0
fi
run install -d "$etc/tmpfiles.d" "$etc/midinet"
# What was there at first: a second run does not take the tuned values for those.
if [ ! -e "$before" ] && [ "${DRY_RUN:-0}" != 1 ]; then
    for file in "${governors[@]}"; do echo "$(cat "$file") $file"; done >"$before"
fi
for file in "${governors[@]}"; do
    echo "$file: $(cat "$file") -> performance"
    write performance "$file"
done
write "w $sys/devices/system/cpu/cpu*/cpufreq/scaling_governor - - - - performance" "$rule"
