#!/usr/bin/env bash
# What `make provision|update|logs|status|deploy PI_HOST=user@host` does, by ssh. DRY_RUN=1 (or yes, or true): says what it would do.
#   scripts/remote.sh VERB HOST [RELEASE]
# RELEASE: a folder of `make dist` or an address; provision and update take the latest one otherwise, deploy build/dist.
set -euo pipefail
cd "$(dirname "$0")/.."
# shellcheck source=scripts/lib/release.sh
. scripts/lib/release.sh
[ $# -ge 2 ] || fail "expected a verb and a host, as in: make status PI_HOST=pi@192.168.1.50" 2
verb=$1 host=$2 release=${3:-}
[ -n "$host" ] || fail "which host? As in: make $verb PI_HOST=pi@192.168.1.50" 2
[[ $host != -* && $host != *[[:space:][:cntrl:]]* ]] || fail "PI_HOST=$host: expected user@host" 2
ssh=${MIDINET_SSH:-ssh} # another program in tests

there() { run "$ssh" -t "$host" "$1"; }
# once: the same, and what was sent is gone afterwards.
once() { there "$1; code=\$?; rm -rf $place; exit \$code"; }

# send: puts a release and the installers there, into a folder of its own: root runs what is in it.
place=/tmp/midinet-release.XXXXXXXX
send() {
    local files=(scripts deploy)
    run tar -C . -czf "$work/installer.tar.gz" "${files[@]}"
    if dry_run; then run "$ssh" "$host" "mktemp -d $place"; else place=$("$ssh" "$host" "mktemp -d $place"); fi
    [[ $place =~ ^/tmp/midinet-release\.[A-Za-z0-9]+$ ]] || fail "$host makes no folder for a release: it said \"$place\""
    run_with "$work/installer.tar.gz" "$ssh" "$host" "tar -xz -C $place"
    [ -d "$release" ] || return 0
    run tar -C "$release" -czf "$work/release.tar.gz" .
    run_with "$work/release.tar.gz" "$ssh" "$host" "mkdir -p $place/release && tar -xz -C $place/release"
}
run_with() { # FILE COMMAND...: the file is its input
    local file=$1
    shift
    if dry_run; then run "$@"; else "$@" <"$file"; fi
}
# from: the flags that name the release there.
from() {
    case $release in
        '') ;;
        *://*) printf -- '--from %q' "$release" ;;
        *) echo "--from $place/release" ;;
    esac
}

case $release in
    '' | *://*) ;;
    *) [ -d "$release" ] || fail "RELEASE=$release: there is no such folder here; expected one that \`make dist\` filled, or an address" 2 ;;
esac
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
case $verb in
    provision)
        send
        once "sudo $place/scripts/pi-provision.sh $(from)"
        ;;
    deploy)
        release=${release:-build/dist}
        [ -d "$release" ] || dry_run || fail "there is no $release; \`make dist\` makes it"
        [ -d "$release" ] || echo "there is no $release yet; \`make dist\` makes it" >&2
        send
        once "sudo $place/scripts/pi-update.sh $(from)"
        ;;
    update)
        if [ -d "$release" ]; then
            send
            once "sudo midinet-update $(from)"
        else
            there "sudo midinet-update $(from)"
        fi
        ;;
    logs) there "journalctl --follow --lines=50 --unit=midinet-host --unit=midinet-admin" ;;
    status) there "systemctl --no-pager status midinet-host midinet-admin; midinet-cli status" ;;
    *) fail "$verb: expected provision, update, logs, status or deploy" 2 ;;
esac
