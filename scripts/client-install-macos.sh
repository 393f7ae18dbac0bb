#!/usr/bin/env bash
# Installs the client for whoever runs it, as an application without a window that starts with every login. May run any number of
# times: that updates. Needs the programs, built on a Mac: this builds nothing, and no release has them.
#   scripts/client-install-macos.sh [--from FOLDER] [--prefix DIR] [--uninstall] [--dry-run]
#   --from FOLDER  where midi-client and midinet-cli are; default: build/macos/bin beside this script's folder
#   --prefix DIR   for links to the programs, in DIR/bin; default: /usr/local
# The configuration, ~/.midinet/config/client.toml, and the state are never overwritten, and stay when the client goes.
set -euo pipefail

[ -n "${BASH_SOURCE[0]:-}" ] || { echo "client-install-macos: it is not made to be piped: it takes the programs from beside itself" >&2; exit 2; }
label=co.hakol.midinet-client
tree=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)
from=$tree/build/macos/bin prefix=/usr/local uninstall="" dry=""
case ${DRY_RUN:-} in '' | 0) ;; *) dry=yes ;; esac
home=${HOME:?HOME is not set: run this as the user who plays}
app="$home/Applications/MIDInet Client.app"
agent=$home/Library/LaunchAgents/$label.plist

fail() {
    echo "client-install-macos: $1" >&2
    exit "${2:-1}"
}

# need FLAG WHAT VALUE: a flag without its value is a usage error, and so is the next flag in its place.
need() {
    [ -n "$3" ] || fail "$1 wants $2" 2
    [[ $3 != -* ]] || fail "$1 wants $2, and $3 looks like a flag; a folder of that name is ./$3" 2
}

# run COMMAND...: does it, or in a dry run says what would be done.
run() {
    if [ -n "$dry" ]; then
        printf 'would run:'
        printf ' %q' "$@"
        echo
    else
        "$@"
    fi
}

# fill TEMPLATE FILE: with this user's places in it. They become XML text, and a replacement of sed's.
quoted() { printf '%s' "$1" | sed -e 's/&/\&amp;/g' -e 's/</\&lt;/g' -e 's/>/\&gt;/g' -e 's/[&|\\]/\\&/g'; }
fill() {
    if [ -n "$dry" ]; then
        echo "would write: $2"
        return
    fi
    sed -e "s|@APP@|$(quoted "$app")|g" -e "s|@HOME@|$(quoted "$home")|g" -e "s|@VERSION@|$(quoted "$version")|g" "$1" >"$2.new"
    mv "$2.new" "$2"
}

# launchd's own; nothing where there is none, as in a test or over ssh without a login at the screen.
agent_do() {
    command -v launchctl >/dev/null || return 0
    local domain
    domain=gui/$(id -u)
    case $1 in
        stop) run launchctl bootout "$domain/$label" 2>/dev/null || true ;;
        start)
            # What was just stopped may still be ending.
            for _ in 1 2 3 4 5; do
                if run launchctl bootstrap "$domain" "$agent"; then return 0; fi
                sleep 1
            done
            fail "launchd does not take $agent: log in at the screen, then run this again"
            ;;
    esac
}

# existing FOLDER: it, or the nearest above it that is there.
existing() {
    local folder=$1
    while [ ! -e "$folder" ]; do folder=$(dirname "$folder"); done
    printf '%s' "$folder"
}

# In a folder that only an administrator may write, as /usr/local is on most Macs.
as_owner() {
    if [ -w "$(existing "$prefix/bin")" ] || [ -n "$dry" ]; then run "$@"; else run sudo "$@"; fi
}

while [ $# -gt 0 ]; do
    case $1 in
        --from) need "$1" "a folder" "${2:-}"; from=$2; shift ;;
        --prefix) need "$1" "a folder" "${2:-}"; prefix=$2; shift ;;
        --uninstall) uninstall=yes ;;
        --dry-run) dry=yes ;;
        -h | --help) sed -n '2,7s/^# \{0,1\}//p' "${BASH_SOURCE[0]}"; exit 0 ;;
        *) fail "$1 is no flag; --help lists them" 2 ;;
    esac
    shift
done

if [ -n "$uninstall" ]; then
    agent_do stop
    run rm -f "$agent"
    run rm -rf "$app"
    for program in midinet-client midinet-cli; do
        # Only what leads to here: a program of that name may be somebody else's.
        case $(readlink "$prefix/bin/$program" || true) in "$app"/*) as_owner rm -f "$prefix/bin/$program" ;; esac
    done
    [ -n "$dry" ] || echo "the client is gone; configuration and state stay in $home/.midinet"
    exit 0
fi

[ -x "$from/midi-client" ] || fail "there is no midi-client in $from: build it on a Mac (docs/macos.md), or name its folder with --from"
version=$("$from/midi-client" --version | sed -n 's/[^0-9]*\([0-9][0-9.]*\).*/\1/p' | head -n 1)
[ -n "$version" ] || fail "$from/midi-client does not tell its version: it is not one of this system"

# Before anything is stopped.
for folder in "$prefix" "$prefix/bin"; do
    [ -d "$(existing "$folder")" ] || fail "--prefix $prefix: $(existing "$folder") is no folder; name another one" 2
done
for program in midinet-client midinet-cli; do
    case $(readlink "$prefix/bin/$program" || true) in
        "$app"/*) ;;
        *) [ ! -e "$prefix/bin/$program" ] || [ ! -x "$from/${program/midinet-client/midi-client}" ] ||
            fail "$prefix/bin/$program is not of this installer, and would be replaced: move it away first" ;;
    esac
done

agent_do stop
run mkdir -p "$app/Contents/MacOS" "$(dirname "$agent")" "$home/.midinet/config" "$home/.midinet/state"
# Never into a file that is there: the kernel keeps the old one's signature with it, and would kill the new one.
place() { run rm -f "$2" && run cp "$1" "$2"; }
place "$from/midi-client" "$app/Contents/MacOS/midinet-client"
[ ! -x "$from/midinet-cli" ] || place "$from/midinet-cli" "$app/Contents/MacOS/midinet-cli"
fill "$tree/deploy/macos/Info.plist" "$app/Contents/Info.plist"
# Without a signature of its own macOS would ask for the local network anew after each update.
if command -v codesign >/dev/null; then run codesign --force --sign - "$app"; fi
[ -e "$home/.midinet/config/client.toml" ] || run cp "$tree/config/client.toml" "$home/.midinet/config/client.toml"
as_owner mkdir -p "$prefix/bin"
as_owner ln -sf "$app/Contents/MacOS/midinet-client" "$prefix/bin/midinet-client"
[ ! -x "$from/midinet-cli" ] || as_owner ln -sf "$app/Contents/MacOS/midinet-cli" "$prefix/bin/midinet-cli"
fill "$tree/deploy/macos/$label.plist" "$agent"
agent_do start
[ -n "$dry" ] || echo "installed; its log is $home/.midinet/midinet-client.log. Allow it the local network when macOS asks."
