#!/bin/busybox sh
# shellcheck shell=dash
# The guest's first program: makes this machine's files its own, read-only under a layer of memory, and runs the command there.
export PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin HOME=/root TERM=linux
mount -t proc proc /proc
mount -t sysfs sys /sys
mount -t devtmpfs dev /dev
modprobe -a virtio_pci virtio_net 9pnet_virtio 9p overlay
mount -t 9p -o ro,trans=virtio,version=9p2000.L,msize=512000,cache=loose outside /lower || exec poweroff -f
mount -t tmpfs layer /layer
mkdir /layer/files /layer/work
mount -t overlay overlay -o lowerdir=/lower,upperdir=/layer/files,workdir=/layer/work /new
mkdir -p /new/exchange "/new/lib/modules/$(uname -r)"
mount -t 9p -o trans=virtio,version=9p2000.L,msize=512000,cache=none exchange /new/exchange
mount --bind "/lower$(cat /modules_here)" "/new/lib/modules/$(uname -r)"
for tree in proc sys dev; do mount --move /$tree /new/$tree; done
for tree in run tmp; do mount -t tmpfs $tree /new/$tree; done
mkdir -p /new/dev/pts /new/dev/shm
mount -t devpts devpts /new/dev/pts
mount -t tmpfs shm /new/dev/shm
cat > /new/run/command <<'END'
#!/bin/busybox sh
/bin/busybox ip link set lo up
/exchange/command
echo $? > /exchange/status
sync
/bin/busybox poweroff -f
END
exec switch_root /new /bin/busybox sh /run/command
