#!/usr/bin/env bash
# Makes a host of a Raspberry Pi, or of any Debian machine: packages of host, admin and command line, and the tuning. May run any number of times.
#   curl -sSL https://raw.githubusercontent.com/Hakolsound/MIDInet/main/scripts/pi-provision.sh | sudo bash
#   scripts/pi-provision.sh [--from SOURCE] [--no-tuning] [--uninstall [--purge]] [--dry-run]
# --purge takes configuration and state along; otherwise they stay.
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
    bash "$rest/scripts/pi-provision.sh" "$@"
    exit
fi
# shellcheck source=scripts/lib/release.sh
. "$here/lib/release.sh"

tuning=yes uninstall="" flags=()
while [ $# -gt 0 ]; do
    case $1 in
        --from) need "$1" "a folder or an address" "${2:-}"; flags+=(--from "$2"); shift ;;
        --no-tuning) tuning="" ;;
        --uninstall) uninstall=yes; flags+=(--uninstall) ;;
        --purge) flags+=(--purge) ;;
        --dry-run) export DRY_RUN=1 ;;
        -h | --help) sed -n "2,5s/^# \{0,1\}//p" "$0"; exit 0 ;;
        *) fail "$1 is no flag; --help lists them" 2 ;;
    esac
    shift
done
if [ -n "$uninstall" ] && [ -n "$tuning" ]; then "$here/setup-pi.sh" --undo; fi
"$here/../deploy/install.sh" --programs host,admin,cli "${flags[@]}"
[ -z "$uninstall" ] || exit 0
if [ -n "$tuning" ]; then "$here/setup-pi.sh"; fi
dry_run || echo "the host runs; its configuration is /etc/midinet/midinet.toml, its dashboard http://$(hostname):8080"
