# shellcheck shell=bash
# The files of a release: of a folder, or of the internet, each checked against the release's SHA256SUMS. Sourced by the installers and by
# midinet-update.

MIDINET_RELEASE=${MIDINET_RELEASE:-https://github.com/Hakolsound/MIDInet/releases/latest/download}

fail() {
    echo "${0##*/}: $1" >&2
    exit "${2:-1}"
}

# need FLAG WHAT VALUE: a flag without its value is a usage error, and so is the next flag in its place.
need() {
    [ -n "$3" ] || fail "$1 wants $2" 2
    [[ $3 != -* ]] || fail "$1 wants $2, and $3 looks like a flag; a folder of that name is ./$3" 2
}

# dry_run: whether DRY_RUN asks for words instead of deeds. Whatever it says but 0 does: who wrote "yes" or "true" meant it.
dry_run() { case ${DRY_RUN:-} in '' | 0) return 1 ;; esac }

# absolute DIR: of --prefix. Units, links and sed are written with it: no character in it may mean something to one of them.
absolute() {
    local at
    at=$(realpath -ms -- "$1")
    [[ $at != *[[:space:][:cntrl:]\&\|\\%\"\'\$]* ]] || fail "--prefix $1: expected a folder whose name has no space and none of & | \\ % \$ and quotes" 2
    printf '%s' "$at"
}

# run COMMAND...: does it, or in a dry run says what would be done.
run() {
    if dry_run; then
        printf 'would run:'
        printf ' %q' "$@"
        echo
    else
        "$@"
    fi
}

# release_get URL FILE: with what there is; apt's own helper is on every Debian.
release_get() {
    if command -v curl >/dev/null; then
        curl --fail --silent --show-error --location --output "$2" "$1"
    elif command -v wget >/dev/null; then
        wget --quiet --output-document="$2" "$1"
    elif [ -x /usr/lib/apt/apt-helper ]; then
        /usr/lib/apt/apt-helper download-file "$1" "$2" >/dev/null
    else
        fail "nothing here downloads: install curl"
    fi
}

# release_take SOURCE FILE FOLDER: of a folder or of the internet.
release_take() {
    case $1 in
        *://*) release_get "$1/$2" "$3/$2" ;;
        *) [ -f "$1/$2" ] && cp -- "$1/$2" "$3/$2" ;;
    esac
}

# release_sums FILE: its lines as "SUM NAME", whichever way sha256sum wrote them. Fails where it has none.
release_sums() { sed -nE 's/\r$//; s/^([0-9a-f]{64}) [ *]([^/]+)$/\1 \2/p' "$1" | grep .; }

# release_files SOURCE FOLDER PATTERN...: puts the release's files that match into the folder, one a pattern, and prints their names. Fails
# when a pattern matches none or several, or a file is not what the release says it is.
release_files() {
    local source=${1%/} folder=$2 pattern sum name sums found
    shift 2
    release_take "$source" SHA256SUMS "$folder" ||
        fail "there is no release at $source: it has no SHA256SUMS; name a folder or an address that \`make dist\` filled"
    sums=$(release_sums "$folder/SHA256SUMS") || fail "SHA256SUMS of $source is damaged: expected lines as sha256sum writes them"
    for pattern in "$@"; do
        found=
        while read -r sum name; do
            # shellcheck disable=SC2053 # a pattern on purpose
            [[ $name == $pattern ]] || continue
            [ -z "$found" ] || fail "the release at $source has both $found and $name: leave the one that is meant"
            found=$name
            release_take "$source" "$name" "$folder" || fail "cannot get $name of $source"
            [ "$(sha256sum <"$folder/$name")" = "$sum  -" ] ||
                fail "$name of $source is not what its SHA256SUMS says: it was damaged or changed on the way; nothing was installed"
        done <<<"$sums"
        [ -n "$found" ] || fail "the release at $source has no $pattern"
        echo "$folder/$found"
    done
}
