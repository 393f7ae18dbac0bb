#!/usr/bin/env bash
# vm.sh COMMAND…: runs it in the test machine, in this folder and with this machine's files, and gives its exit status.
#   VM=FOLDER      what prepare.sh made (build/vm)       SHARE=FOLDER   the guest's /exchange, which it can write
#   VIRTUAL=1      virtual time: idle time is skipped, and the noise of this machine is not seen
#   STEADY=1       virtual time that goes on as here while the guest is idle: for what waits for files, which come from here, and would be
#                  late on a busy machine if that time were skipped
#   LIMIT=SECONDS  of real time (300)                     MEMORY=MiB (512)
set -uo pipefail
here=$(dirname "$(readlink -f "$0")")
machine=$(readlink -f "${VM:-$here/../../build/vm}")
[ -e "$machine/stamp" ] || { echo "vm.sh: $machine is not prepared: tests/vm/prepare.sh $machine" >&2; exit 125; }
scratch=$(mktemp -d)
trap 'rm -rf "$scratch"' EXIT
share=$(readlink -f "${SHARE:-$scratch}")
rm -f "$share/status"
{
    printf '#!/bin/bash\ncd %q || exit\nexec' "$PWD"
    printf ' %q' "$@"
    echo
} > "$share/command"
chmod +x "$share/command"

clock=(-accel "tcg,thread=single")
[ -n "${VIRTUAL:-}" ] && clock+=(-icount "shift=1,sleep=off")
[ -n "${STEADY:-}" ] && clock+=(-icount "shift=1,sleep=on")
timeout --foreground "${LIMIT:-300}" qemu-system-x86_64 -M pc -cpu max -smp 1 -m "${MEMORY:-512}" "${clock[@]}" \
    -nodefaults -no-user-config -display none -serial stdio -no-reboot -device virtio-rng-pci \
    -kernel "$machine/vmlinux" -initrd "$machine/initrd" \
    -append "console=ttyS0 panic=-1 quiet mitigations=off nokaslr nowatchdog no_timer_check tsc=reliable random.trust_cpu=on audit=0 apparmor=0" \
    -virtfs local,path=/,mount_tag=outside,security_model=none,readonly=on,multidevs=remap \
    -virtfs local,path="$share",mount_tag=exchange,security_model=none </dev/null
ended=$?
[ $ended -eq 124 ] && { echo "vm.sh: not done after ${LIMIT:-300} s" >&2; exit 124; }
[ $ended -eq 0 ] || exit 125
exit "$(cat "$share/status" 2>/dev/null || echo 126)"
