#!/usr/bin/env bash
# Makes a release of what is built: packages, an archive for other Linux systems, the installer, a bill of materials (SPDX), checksums.
#   scripts/dist.sh BUILD FOLDER
set -euo pipefail
cd "$(dirname "$0")/.."
build=${1:?expected the build folder, as in build/release} folder=${2:?expected the folder to fill, as in build/dist}
version=$(sed -n 's/^set(CPACK_PACKAGE_VERSION "\(.*\)")$/\1/p' "$build/CPackConfig.cmake")
name=midinet-$version-linux-$(uname -m)
# All files get the moment of the commit, so that the same sources make the same archive.
moment=@$(git log -1 --format=%ct 2>/dev/null || echo 1767225600)
rm -rf "$folder"
mkdir -p "$folder"
stage=$(mktemp -d)
trap 'rm -rf "$stage"' EXIT

pack() { # NAME FOLDER FILE...
    local into=$1 from=$2
    shift 2
    tar --create --sort=name --mtime="$moment" --owner=0 --group=0 --numeric-owner --directory="$from" "$@" | gzip -9n >"$folder/$into"
}

cp build/packages/midinet-*_"$version"-*.deb "$folder/"
for program in host admin client cli; do
    DESTDIR='' cmake --install "$build" --component "$program" --strip --prefix "$stage/$name/$program" >/dev/null
done
cp LICENSE packaging/debian/copyright CHANGELOG.md "$stage/$name/"
pack "$name.tar.gz" "$stage" "$name"
pack midinet-installer.tar.gz . scripts/lib/release.sh scripts/pi-provision.sh scripts/pi-update.sh scripts/setup-pi.sh \
    scripts/install-service.sh scripts/client-install-linux.sh scripts/midinet-update deploy/install.sh
# Made only where `make build-windows` was before: its compiler is no part of `make deps`.
if [ -f build/windows/build.ninja ]; then
    cmake --build build/windows --target midi-client midinet-cli >/dev/null
    windows=midinet-$version-windows-x86_64
    mkdir "$stage/$windows"
    cp build/windows/bin/midi-client.exe build/windows/bin/midinet-cli.exe scripts/client-install-windows.ps1 docs/windows.md \
        LICENSE packaging/debian/copyright CHANGELOG.md "$stage/$windows/"
    pack "$windows.tar.gz" "$stage" "$windows"
else
    echo "no programs for Windows are in this release: run make build-windows first" >&2
fi
tools/sbom.py --build "$build" --version "$version" --out "$folder/midinet-$version.spdx.json"
(cd "$folder" && sha256sum -- * >SHA256SUMS)
echo "a release is in $folder:"
(cd "$folder" && du -h --apparent-size -- *)
