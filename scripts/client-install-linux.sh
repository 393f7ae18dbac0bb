#!/usr/bin/env bash
# Installs the client for whoever runs it, below ~/.midinet, and starts it with every login. No root; Debian has the package midinet-client
# instead. May run any number of times: that updates.
#   curl -sSL https://raw.githubusercontent.com/Hakolsound/MIDInet/main/scripts/client-install-linux.sh | bash
#   scripts/client-install-linux.sh [--from SOURCE] [--prefix DIR] [--uninstall] [--dry-run]
# The configuration, ~/.midinet/config/client.toml, is never overwritten, and stays when the client goes.
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
    bash "$rest/scripts/client-install-linux.sh" "$@"
    exit
fi
# shellcheck source=scripts/lib/release.sh
. "$here/lib/release.sh"

prefix='' uninstall="" flags=()
while [ $# -gt 0 ]; do
    case $1 in
        --from) need "$1" "a folder or an address" "${2:-}"; flags+=(--from "$2"); shift ;;
        --prefix) need "$1" "a folder" "${2:-}"; prefix=$(absolute "$2"); shift ;;
        --uninstall) uninstall=yes ;;
        --dry-run) export DRY_RUN=1 ;;
        -h | --help) sed -n "2,6s/^# \{0,1\}//p" "$0"; exit 0 ;;
        *) fail "$1 is no flag; --help lists them" 2 ;;
    esac
    shift
done
links=$HOME/.local/bin
# Where an installation is: what its link leads to, whichever --prefix it was given.
target=$(readlink "$links/midinet-client" || true)
if [ -z "$prefix" ] && [ -n "$uninstall" ] && [ -e "${target%/bin/*}/share/midinet/installed-client" ]; then prefix=${target%/bin/*}; fi
prefix=${prefix:-$HOME/.midinet}
units=${XDG_CONFIG_HOME:-$HOME/.config}/systemd/user
unit=midinet-client.service
manager() { # the user's own; nothing where none runs, as in a script at night
    if systemctl --user show-environment >/dev/null 2>&1; then run systemctl --user "$@"; fi
}

if [ -n "$uninstall" ]; then
    manager disable --now "$unit" || true
    run rm -f "$units/$unit" "$units/default.target.wants/$unit"
    for program in midinet-client midinet-cli; do
        # Only what leads to here: a program of that name may be somebody else's.
        [ "$(readlink "$links/$program" || true)" != "$prefix/bin/$program" ] || run rm -f "$links/$program"
    done
    "$here/../deploy/install.sh" --programs client,cli --prefix "$prefix" --uninstall
    manager daemon-reload
    dry_run || echo "the client is gone; your configuration stays in $HOME/.midinet/config"
    exit 0
fi
if [ "$(id -u)" -eq 0 ]; then
    echo "${0##*/}: this installs the client for root, whose session does not start it: run it as the person who plays" >&2
fi
for program in midinet-client midinet-cli; do
    target=$(readlink "$links/$program" || true)
    if [ -e "$links/$program" ] && [ ! -e "${target%/bin/*}/share/midinet/installed-client" ]; then
        fail "$links/$program is not of this installer, and would be replaced: move it away first"
    fi
done
"$here/../deploy/install.sh" --programs client,cli --prefix "$prefix" "${flags[@]}"
if ! dry_run && missing=$(ldd "$prefix/bin/midi-client" "$prefix/bin/midinet-cli" | grep "not found"); then
    fail "libraries are missing here; install them, or build from source: $(sort -u <<<"$missing" | tr -s "\n\t " " ")"
fi
run install -d "$links" "$HOME/.midinet/config" "$units/default.target.wants"
for program in midinet-client midinet-cli; do run ln -sf "$prefix/bin/$program" "$links/$program"; done
[ -e "$HOME/.midinet/config/client.toml" ] || run cp "$prefix/share/midinet/client.toml" "$HOME/.midinet/config/client.toml"
run cp "$prefix/lib/systemd/user/$unit" "$units/$unit"
run ln -sf "$units/$unit" "$units/default.target.wants/$unit"
manager daemon-reload
manager restart "$unit"
id -nG | grep -qw audio || echo "ALSA needs the group audio: sudo usermod -aG audio $(id -un), then log in again"
case :$PATH: in *:"$links":*) ;; *) echo "$links is not in PATH" ;; esac
dry_run || echo "installed; \`systemctl --user status midinet-client\` and \`journalctl --user -u midinet-client -f\` tell how it is"
