#!/usr/bin/env bash
# Tunes a Raspberry Pi (or another machine) for real time, now and at every start, by `midinet-cli tune`. Shows before and after.
#   scripts/setup-pi.sh [--undo] [--dry-run]
# --undo restores what was there before. The real-time limits come with the packages.
set -euo pipefail
here=${BASH_SOURCE[0]:+$(dirname "$(readlink -f "${BASH_SOURCE[0]}")")}
if [ -z "$here" ] || [ ! -e "$here/lib/release.sh" ]; then # piped from the internet: the rest is in the release
    rest=$(mktemp -d)
    trap 'rm -rf "$rest"' EXIT
    from=${MIDINET_RELEASE:-https://github.com/Hakolsound/MIDInet/releases/latest/download} tar=midinet-installer.tar.gz
    for file in SHA256SUMS $tar; do curl --fail --silent --show-error --location --output "$rest/$file" "$from/$file"; done
    (cd "$rest" && sed -n "s/\r*$//; / [ *]$tar\$/p" SHA256SUMS | sha256sum --check --status) ||
        { echo "$tar of $from is not what its SHA256SUMS says: it was damaged or changed on the way; nothing was run" >&2; exit 1; }
    tar -xzf "$rest/$tar" -C "$rest"
    bash "$rest/scripts/setup-pi.sh" "$@"
    exit
fi
# shellcheck source=scripts/lib/release.sh
. "$here/lib/release.sh"

root=${MIDINET_ROOT:-/} # another machine's, in tests
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
unit=midinet-tune.service
# An archive below a prefix of its own brings one that systemd does not find.
has_unit() {
    local folder
    for folder in /etc /usr/local/lib /usr/lib /lib; do [ ! -e "$folder/systemd/system/$unit" ] || return 0; done
    return 1
}
if ! command -v midinet-cli >/dev/null && ! dry_run; then
    if [ -n "$undo" ]; then
        echo "midinet-cli is not installed: nothing of it is to be undone"
        exit 0
    fi
    fail "midinet-cli is not installed, which does the tuning: deploy/install.sh --programs cli"
fi

# tune --apply|--undo: 3 says that the kernel refused a setting, which is told; the others are in force.
tune() {
    local code=0
    run midinet-cli tune --root "$root" "$1" || code=$?
    [ $code -ne 3 ] || { echo "${0##*/}: what was refused stays as it is" >&2; return 0; }
    return $code
}

if [ -n "$undo" ]; then
    if has_unit; then run systemctl disable "$unit"; fi
    tune --undo
    if [ -d /run/systemd/system ] && has_unit; then run systemctl stop "$unit"; fi
    exit 0
fi
if command -v midinet-cli >/dev/null && dry_run; then midinet-cli tune --root "$root" --show; fi
tune --apply
if ! has_unit; then
    echo "it lasts until the machine is started anew: there is no $unit here"
    exit 0
fi
# Started, too: it is stopped, and undoes it, when the package goes.
run systemctl enable "$unit"
if [ -d /run/systemd/system ]; then run systemctl start "$unit"; fi
