#!/usr/bin/env bash
# Makes what boots the test machine, in FOLDER: Debian's own kernel (it has the sequencer, USB MIDI, gadgets and netem, which
# build machines' kernels often lack) and a first root of busybox that hands over to this machine's files.
set -euo pipefail
here=$(dirname "$(readlink -f "$0")")
folder=${1:?usage: prepare.sh FOLDER}
mkdir -p "$folder"
cd "$folder"

package=$(apt-cache depends linux-image-amd64 | awk '/Depends: linux-image/ { print $2; exit }')
[ -n "$package" ] || { echo "prepare.sh: apt knows no linux-image-amd64: run apt-get update" >&2; exit 1; }
version=${package#linux-image-}
stamp="$version $(cat "$here"/{prepare.sh,first_root.sh,unpack_kernel.py} | sha256sum | cut -c1-16)"
[ "$(cat stamp 2>/dev/null)" = "$stamp" ] && exit 0
echo "preparing the test machine: $package"
rm -rf kernel root vmlinux initrd stamp

# apt's own user cannot write here; what it fetches is checked all the same.
[ -e "$package.deb" ] || { apt-get download -qq -o APT::Sandbox::User=root "$package" && mv "${package}"_*.deb "$package.deb"; }
dpkg-deb -x "$package.deb" kernel
depmod -b kernel "$version"
"$here/unpack_kernel.py" "kernel/boot/vmlinuz-$version" vmlinux

# Only what finding this machine's files takes; the guest gets all other modules from there.
modules=root/lib/modules/$version
mkdir -p root/{bin,proc,sys,dev,lower,layer,new} "$modules"
cp /bin/busybox root/bin/
for name in $(/bin/busybox --list); do [ -e "root/bin/$name" ] || ln -s busybox "root/bin/$name"; done
modprobe -d kernel -S "$version" -a --show-depends virtio_pci virtio_net virtio_rng 9pnet_virtio 9p overlay |
    awk '$1 == "insmod" { print $2 }' | sort -u | while read -r module; do
    install -D "$module" "root/lib/modules/$version/${module#*/lib/modules/"$version"/}"
done
cp "kernel/lib/modules/$version"/modules.{builtin,order}* "$modules"
depmod -b root "$version"
readlink -f "kernel/lib/modules/$version" > root/modules_here
install -m 755 "$here/first_root.sh" root/init
(cd root && find . | cpio -o -H newc --quiet) | zstd -q -3 > initrd
rm -rf root
echo "$stamp" > stamp
