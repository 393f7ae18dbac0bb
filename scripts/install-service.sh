#!/usr/bin/env bash
# Makes services of programs that an archive brought (deploy/install.sh --prefix DIR): users, folders, configuration, units. Packages do that
# by themselves. May run any number of times.
#   scripts/install-service.sh [--prefix DIR] [--programs host,admin] [--uninstall] [--dry-run]
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
    bash "$rest/scripts/install-service.sh" "$@"
    exit
fi
# shellcheck source=scripts/lib/release.sh
. "$here/lib/release.sh"

prefix=/usr/local programs=host,admin uninstall=""
while [ $# -gt 0 ]; do
    case $1 in
        --prefix) need "$1" "a folder" "${2:-}"; prefix=$(absolute "$2"); shift ;;
        --programs) need "$1" "a list, as in host,admin" "${2:-}"; programs=$2; shift ;;
        --uninstall) uninstall=yes ;;
        --dry-run) export DRY_RUN=1 ;;
        -h | --help) sed -n "2,4s/^# \{0,1\}//p" "$0"; exit 0 ;;
        *) fail "$1 is no flag; --help lists them" 2 ;;
    esac
    shift
done
if ! dry_run && [ "$(id -u)" -ne 0 ]; then fail "only root makes services: sudo $0"; fi
if [ -z "$uninstall" ]; then
    case $(realpath -m "$prefix")/ in
        /home/* | /root/* | /run/user/* | /tmp/* | /var/tmp/*)
            fail "--prefix $prefix: the services see nothing of /home, /root, /run/user, /tmp and /var/tmp; put the programs below /usr/local or /opt" 2 ;;
    esac
fi
if [ -d /run/systemd/system ]; then runs=yes; else runs=""; fi # else they start with the machine
IFS=, read -ra wanted <<<"$programs"
for program in "${wanted[@]}"; do
    unit=midinet-$program.service
    if [ -n "$uninstall" ]; then
        if [ -n "$runs" ]; then run systemctl disable --now "$unit" || true; fi
        run rm -f "/etc/systemd/system/$unit" "/etc/systemd/system/multi-user.target.wants/$unit" "/etc/tmpfiles.d/midinet-$program.conf"
        continue
    fi
    [ -e "$prefix/lib/systemd/system/$unit" ] || fail "there is no $prefix/lib/systemd/system/$unit: deploy/install.sh --prefix $prefix brings it"
    run systemd-sysusers "$prefix/lib/sysusers.d/midinet-$program.conf"
    run install -d /etc/midinet /etc/tmpfiles.d /etc/systemd/system/multi-user.target.wants
    if [ -e "$prefix/share/midinet/midinet.toml" ] && [ ! -e /etc/midinet/midinet.toml ]; then
        run install -m 644 "$prefix/share/midinet/midinet.toml" /etc/midinet/midinet.toml
    fi
    run cp "$prefix/lib/tmpfiles.d/midinet-$program.conf" /etc/tmpfiles.d/
    run systemd-tmpfiles --create "midinet-$program.conf"
    run cp "$prefix/lib/systemd/system/$unit" "/etc/systemd/system/$unit"
    run ln -sf "/etc/systemd/system/$unit" "/etc/systemd/system/multi-user.target.wants/$unit"
    if [ -n "$runs" ]; then
        run systemctl daemon-reload
        run systemctl restart "$unit"
    fi
done
if [ -n "$runs" ] && [ -n "$uninstall" ]; then run systemctl daemon-reload; fi
