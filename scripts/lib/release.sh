# shellcheck shell=bash
# The files of a release: of a folder, or of the internet, each checked against the release's SHA256SUMS. Sourced by the installers and by
# midinet-update.

MIDINET_RELEASE=${MIDINET_RELEASE:-https://github.com/Hakolsound/MIDInet/releases/latest/download}

fail() {
    echo "${0##*/}: $1" >&2
    exit "${2:-1}"
}

# run COMMAND...: does it, or with DRY_RUN=1 says what would be done.
run() {
    if [ "${DRY_RUN:-0}" = 1 ]; then
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
        *) cp -- "$1/$2" "$3/$2" ;;
    esac
}

# release_files SOURCE FOLDER PATTERN...: puts the release's files that match into the folder, and prints their names. Fails when a pattern
# matches none, or a file is not what the release says it is.
release_files() {
    local source=${1%/} folder=$2 pattern sum name found
    shift 2
    release_take "$source" SHA256SUMS "$folder" ||
        fail "there is no release at $source: it has no SHA256SUMS; name a folder or an address that \`make dist\` filled"
    for pattern in "$@"; do
        found=
        while read -r sum name; do
            # shellcheck disable=SC2053 # a pattern on purpose
            [[ $name == $pattern ]] || continue
            release_take "$source" "$name" "$folder" || fail "cannot get $name of $source"
            [ "$(sha256sum <"$folder/$name")" = "$sum  -" ] ||
                fail "$name of $source is not what its SHA256SUMS says: it was damaged or changed on the way; nothing was installed"
            echo "$folder/$name"
            found=yes
        done <"$folder/SHA256SUMS"
        [ -n "$found" ] || fail "the release at $source has no $pattern"
    done
}
