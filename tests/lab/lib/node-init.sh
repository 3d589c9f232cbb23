#!/bin/bash
# First process of a node: builds its root file system, changes into it, starts what the disk says, and reaps orphans.
# usage: node-init.sh NAME HOME     (HOME: the node's folder with disk, work, root)
set -u
node=$1 home=$2 root=$2/root
read -r outer_pid _ </proc/self/stat # the machine's /proc is still mounted: this is the pid as the machine counts
echo "$outer_pid" >"$home/pid"
give_up() { echo "$*"; : >"$home/failed"; exit 1; }

mount --make-rprivate / || give_up "mounts cannot be made private"
mount -t overlay -o "lowerdir=/,upperdir=$home/disk,workdir=$home/work" "lab-$node" "$root" || give_up "no overlay"
mount -t proc proc "$root/proc" && mount -t sysfs -o ro sysfs "$root/sys" || give_up "no proc or sys"
mount -t tmpfs -o mode=755 dev "$root/dev" || give_up "no dev"
for device in null zero full random urandom tty; do
  touch "$root/dev/$device" && mount --bind "/dev/$device" "$root/dev/$device"
done
mkdir "$root/dev/pts" "$root/dev/shm"
mount -t devpts -o newinstance,mode=620,gid=5,ptmxmode=666 devpts "$root/dev/pts" || give_up "no devpts"
ln -s pts/ptmx "$root/dev/ptmx"
for link in fd: stdin:/0 stdout:/1 stderr:/2; do ln -s "/proc/self/fd${link#*:}" "$root/dev/${link%%:*}"; done
# nothing of the machine's own data shows: known system folders stay, every other one is empty
for top in /*; do
  [ -d "$top" ] && [ ! -L "$top" ] || continue
  case ${top#/} in
    bin|boot|dev|etc|lab|lib*|proc|sbin|sys|usr|var|lost+found) ;;
    tmp) mount -t tmpfs -o mode=1777 tmp "$root$top";;
    *) mount -t tmpfs -o mode=755 empty "$root$top";;
  esac
done
mkdir "$root/run/lock"
hostname "$node"
cd "$root" && mkdir -p run/machine && pivot_root . run/machine && cd / || give_up "pivot_root"
exec </dev/null
mkdir -p /run/home && mount --bind "/run/machine$home" /run/home && umount -l /run/machine && rmdir /run/machine || give_up "the machine's root stays"
: >/run/utmp; : >/var/log/wtmp; : >/var/log/lastlog; chmod 664 /run/utmp
cd /
if env -i PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin HOME=/root LANG=C.UTF-8 TERM=dumb bash /lab/start; then
  : >/run/home/ready
else
  : >/run/home/failed
fi
umount -l /run/home
trap : CHLD
while :; do sleep 86400 & wait $!; done
