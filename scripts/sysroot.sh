#!/usr/bin/env bash
# sysroot.sh ARCH FOLDER: what a cross-build for Debian's ARCH (arm64, armhf) links against and runs with, in FOLDER.
# Downloads the architecture's packages with an apt of its own, into FOLDER alone: this machine's packages and apt are
# not touched, and nothing is run of what is unpacked. Does nothing when it is there and was made for the same packages.
set -euo pipefail
arch=${1:?expected an architecture: arm64 or armhf}
folder=${2:?expected the folder to unpack to}
packages=(
    libc6-dev libstdc++-12-dev linux-libc-dev libtomlplusplus-dev libcli11-dev libspdlog-dev libfmt-dev libexpected-dev libdeflate-dev
    libasound2-dev libjack-jackd2-dev libavahi-client-dev libavahi-core-dev nlohmann-json3-dev
    libboost1.81-dev libssl-dev libsodium-dev prometheus-cpp-dev libsqlitecpp-dev libsqlite3-dev libcurl4-openssl-dev
    libgtest-dev libgmock-dev librapidcheck-dev zlib1g-dev
)
mark="$arch ${packages[*]}"
[ "$(cat "$folder/.made-for" 2>/dev/null)" = "$mark" ] && exit 0
rm -rf "$folder"
mkdir -p "$folder"
root=$(readlink -f "$folder")
apt=$root/.apt
mkdir -p "$apt"/{lists/partial,cache/archives/partial,preferences.d}
: > "$apt/status"
cat > "$apt/apt.conf" <<CONF
APT::Architecture "$arch";
APT::Architectures { "$arch"; };
APT::Install-Recommends "false";
APT::Sandbox::User "root";
Dir::State "$apt";
Dir::State::status "$apt/status";
Dir::Cache "$apt/cache";
Debug::NoLocking "true";
CONF
export APT_CONFIG=$apt/apt.conf
echo "sysroot for $arch: downloading what $folder is made of"
# A mirror that is in the middle of its own update has lists that do not fit their signed sums: apt takes none of those.
# What is linked against is in the main suite, too.
apt-get -qq update || { sleep 15 && apt-get -qq update; } || echo "sysroot for $arch: going on with the package lists that came"
apt-get -qq -y --download-only install "${packages[@]}" >/dev/null
for package in "$apt"/cache/archives/*.deb; do
    dpkg-deb -x "$package" "$root"
done
rm -rf "$apt"
# Links to the whole system's root lead out of the sysroot.
find "$root" -type l -lname '/*' | while read -r link; do
    ln -sfn "$(realpath -m --relative-to="$(dirname "$link")" "$root$(readlink "$link")")" "$link"
done
echo "$mark" > "$root/.made-for"
