#!/usr/bin/env bash
# Installs MIDInet programs of a release: as packages where there is apt, else from its archive. May run any number of times.
#   deploy/install.sh [--from SOURCE] [--programs host,admin,client,cli] [--prefix DIR] [--uninstall [--purge]] [--dry-run]
# SOURCE: a folder or address with a release, as `make dist` makes it; without it the project's latest.
# --prefix DIR: from the archive, in any case; nothing outside of DIR is touched.
set -euo pipefail
[ -n "${BASH_SOURCE[0]:-}" ] || { echo "install.sh: it is not made to be piped; scripts/pi-provision.sh is" >&2; exit 2; }
here=$(dirname "$(readlink -f "${BASH_SOURCE[0]}")")
# shellcheck source=scripts/lib/release.sh
. "$here/../scripts/lib/release.sh"

source=$MIDINET_RELEASE
programs=host,admin,cli
prefix='' action=install purge=''
while [ $# -gt 0 ]; do
    case $1 in
        --from) need "$1" "a folder or an address" "${2:-}"; source=$2; shift ;;
        --programs) need "$1" "a list, as in host,cli" "${2:-}"; programs=$2; shift ;;
        --prefix) need "$1" "a folder" "${2:-}"; prefix=$(absolute "$2"); shift ;;
        --uninstall) action=uninstall ;;
        --purge) purge=yes ;;
        --dry-run) export DRY_RUN=1 ;;
        -h | --help) sed -n '2,5s/^# \{0,1\}//p' "$0"; exit 0 ;;
        *) fail "$1 is no flag; --help lists them" 2 ;;
    esac
    shift
done
[ -z "$purge" ] || [ "$action" = uninstall ] || fail "--purge goes with --uninstall" 2
IFS=, read -ra wanted <<<"$programs"
for program in "${wanted[@]}"; do
    case $program in
        host | admin | client | cli) ;;
        *) fail "--programs $program: expected some of host, admin, client, cli" 2 ;;
    esac
done
if [ -z "$prefix" ] && ! command -v apt-get >/dev/null; then prefix=/usr/local; fi
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

install_packages() {
    local patterns=() files
    for program in "${wanted[@]}"; do patterns+=("midinet-${program}_*_$(dpkg --print-architecture).deb"); done
    mapfile -t files < <(release_files "$source" "$work" "${patterns[@]}")
    [ ${#files[@]} -eq ${#patterns[@]} ] || exit 1 # it said why
    # So that midinet-update can return to them.
    run install -d /var/cache/midinet
    run cp -- "${files[@]}" /var/cache/midinet/
    # apt's own user reads them there.
    run chmod 755 "$work"
    run apt-get update -qq
    run env DEBIAN_FRONTEND=noninteractive apt-get install --yes --quiet --quiet --allow-downgrades "${files[@]}"
}

uninstall_packages() {
    local present=()
    for program in "${wanted[@]}"; do
        if dpkg-query -W -f='${db:Status-Status}' "midinet-$program" 2>/dev/null | grep -qx 'installed\|config-files'; then
            present+=("midinet-$program")
        fi
    done
    if [ ${#present[@]} -eq 0 ]; then
        echo "nothing to remove"
    else
        run env DEBIAN_FRONTEND=noninteractive apt-get "$([ -n "$purge" ] && echo purge || echo remove)" --yes --quiet --quiet "${present[@]}"
    fi
}

# What of the archive belongs to a program; the list of what was installed stays beside it, for the uninstall.
manifest() { echo "$prefix/share/midinet/installed-$1"; }

# remove_listed FILE: what is named in it, and the folders that nothing is in any more.
remove_listed() {
    local path
    while read -r path; do run rm -f "$prefix/$path"; done <"$1"
    while read -r path; do run rmdir --ignore-fail-on-non-empty "$prefix/$path" 2>/dev/null || true; done < <(folders <"$1")
}

# remove_dropped PROGRAM LIST: what the version before had and this one has not, unless another program has it now.
remove_dropped() {
    local old other
    old=$(manifest "$1")
    [ -e "$old" ] || return 0
    for other in host admin client cli; do [ "$other" = "$1" ] || cat "$(manifest "$other")" 2>/dev/null || true; done >"$work/kept"
    cat "$2" >>"$work/kept"
    grep -vxFf "$work/kept" "$old" >"$work/dropped" || return 0
    remove_listed "$work/dropped"
}

install_archive() {
    local file program tree path
    mapfile -t file < <(release_files "$source" "$work" "midinet-*-linux-$(uname -m).tar.gz")
    [ ${#file[@]} -eq 1 ] || exit 1 # it said why
    tar -xzf "${file[0]}" -C "$work"
    for program in "${wanted[@]}"; do
        tree=("$work"/midinet-*/"$program")
        find "${tree[0]}" \( -type f -o -type l \) -printf '%P\n' | sort >"$work/list"
        while read -r path; do
            run install -d "$prefix/$(dirname "$path")"
            run cp -P --remove-destination "${tree[0]}/$path" "$prefix/$path"
            # Units name the programs where the packages put them.
            case $path in *.service) run sed -i "s|/usr/bin/|$prefix/bin/|" "$prefix/$path" ;; esac
        done <"$work/list"
        remove_dropped "$program" "$work/list"
        run install -d "$prefix/share/midinet"
        run cp "$work/list" "$(manifest "$program")"
    done
    dry_run || echo "installed below $prefix"
}

# Of the files whose names are read: their folders, the inner ones first. Those that every Debian has below /usr/local are its own.
folders() {
    local path
    while read -r path; do
        while path=$(dirname "$path") && [ "$path" != . ]; do echo "$path"; done
    done | sort -ru | case $prefix in
        /usr | /usr/local) grep -vxE 'bin|lib|sbin|share|share/man' || true ;;
        *) cat ;;
    esac
}

uninstall_archive() {
    local program found=''
    for program in "${wanted[@]}"; do
        [ -e "$(manifest "$program")" ] || continue
        found=yes
        { cat "$(manifest "$program")" && echo "share/midinet/installed-$program"; } >"$work/list"
        remove_listed "$work/list"
    done
    [ -n "$found" ] || echo "nothing to remove"
}

# may_write PREFIX: it, or the nearest folder above it that is there.
may_write() {
    local at=$1
    while [ ! -e "$at" ]; do at=$(dirname "$at"); done
    [ -d "$at" ] && [ -w "$at" ]
}

if ! dry_run && [ "$(id -u)" -ne 0 ] && { [ -z "$prefix" ] || ! may_write "$prefix"; }; then
    fail "only root may do this: sudo $0 (or with a --prefix of your own)"
fi
if [ -n "$prefix" ]; then "${action}_archive"; else "${action}_packages"; fi
