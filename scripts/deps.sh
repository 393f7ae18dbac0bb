#!/usr/bin/env bash
# Installs the Debian packages the build, the tests and the benches need; with "vm", those of the test machine too;
# with "arm64" or "armhf", what builds for the Raspberry Pi, and runs that here; with "windows", what builds and tries the
# programs for Windows; with "screenshots", what makes pictures small. Does nothing when they are there.
set -euo pipefail
packages=(
    build-essential cmake ninja-build ccache pkg-config git python3
    clang clang-tidy clang-format lld libclang-rt-14-dev
    libtomlplusplus-dev libcli11-dev libspdlog-dev libfmt-dev libexpected-dev libdeflate-dev
    libasound2-dev libjack-jackd2-dev libavahi-client-dev libavahi-core-dev nlohmann-json3-dev
    libboost1.81-dev libssl-dev libsodium-dev prometheus-cpp-dev libsqlitecpp-dev libcurl4-openssl-dev python3-yaml
    libgtest-dev libgmock-dev librapidcheck-dev
    groff-base iproute2 nftables tshark shellcheck pyflakes3 procps util-linux liblo-tools faketime wrk
    avahi-daemon avahi-utils dbus jackd2
    chromium fonts-dejavu-core
    debootstrap dpkg-dev fakeroot file lintian systemd
    curl openssl python3-jsonschema python3-jsonpatch python3-websocket
)
for purpose in "$@"; do
    case $purpose in
        arm64) packages+=(g++-aarch64-linux-gnu qemu-user-static) ;;
        armhf) packages+=(g++-arm-linux-gnueabihf qemu-user-static) ;;
        vm) packages+=(qemu-system-x86 busybox-static cpio zstd kmod alsa-utils usbutils) ;;
        windows) packages+=(g++-mingw-w64-x86-64-posix wine wine64) ;;
        screenshots) packages+=(pngquant) ;;
        *) echo "deps.sh: \"$purpose\" is no purpose; expected vm, arm64, armhf, windows or screenshots" >&2; exit 2 ;;
    esac
done
missing=()
for package in "${packages[@]}"; do
    dpkg-query -W -f='${Status}' "$package" 2>/dev/null | grep -q 'ok installed' || missing+=("$package")
done
# Node is wanted for its npm alone: the dashboard brings its own. Where somebody has one already it stays.
command -v npm >/dev/null || missing+=(nodejs npm)
[ ${#missing[@]} -eq 0 ] && exit 0
command -v apt-get >/dev/null || { echo "make deps: this is not Debian; please install: ${missing[*]}" >&2; exit 1; }
as_root=()
[ "$(id -u)" -eq 0 ] || as_root=(sudo)
echo "installing: ${missing[*]}"
export DEBIAN_FRONTEND=noninteractive
"${as_root[@]}" apt-get update -qq
"${as_root[@]}" env DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends "${missing[@]}"
