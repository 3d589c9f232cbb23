# A node: its disk (the upper half of an overlay over this machine's root), its life, and a way in.

running() { local pid; pid=$(cat "$RUN/$1/pid" 2>/dev/null) && [ -n "$pid" ] && kill -0 "$pid" 2>/dev/null; }

inside() {
  local node=$1 pid; shift
  pid=$(cat "$RUN/$node/pid" 2>/dev/null) || die "node $node is not running"
  nsenter --target "$pid" --mount --uts --ipc --net --pid --root --wd -- "$@" 9>&-
}

write_disk() {
  local node=$1 disk=$RUN/$1/disk
  mkdir -p "$disk/etc" "$disk/lab/bin" "$disk/var/log" "$RUN/$node/work" "$RUN/$node/root" || return 1
  chmod 755 "$disk" "$disk/etc" "$disk/lab" "$disk/var"
  echo "$node" >"$disk/etc/hostname"
  printf '127.0.0.1 localhost %s\n::1 localhost\n' "$node" >"$disk/etc/hosts"
  : >"$disk/etc/resolv.conf"
  shells "$disk"
  accounts "$disk" || return 1
  ssh_files "$node" "$disk" || return 1
  cat >"$disk/lab/bin/start-sshd" <<'S'
#!/bin/sh
# start-sshd NAME: returns when it listens, which is when sshd writes its pid file
pid=/run/sshd-$1.pid
rm -f "$pid"
/usr/sbin/sshd -f "/lab/ssh/$1.conf" -E "/var/log/sshd-$1.log" -o "PidFile=$pid" || exit 1
exec timeout 10 sh -c 'until [ -s "$0" ]; do sleep 0.02; done' "$pid"
S
  cat >"$disk/lab/bin/stop-sshd" <<'S'
#!/bin/sh
# stop-sshd NAME: the listener only; sessions live on
pid=$(cat "/run/sshd-$1.pid") && kill "$pid" && rm -f "/run/sshd-$1.pid" || exit 0
exec timeout 10 sh -c 'while kill -0 "$0" 2>/dev/null; do sleep 0.02; done' "$pid"
S
  lldp_files "$node" "$disk"
  ! has_frr "$node" || frr_files "$node" "$disk" || return 1
  [ "$node" != peer ] || bird_files "$disk"
  {
    echo 'set -e'
    ! has_frr "$node" || frr_start "$node"
    [ "$node" != peer ] || bird_start
    ssh_start "$node"
    echo /lab/bin/start-lldpd
  } >"$disk/lab/start"
  chmod 755 "$disk/lab/bin/"*
}

lldp_files() {
  mkdir -p "$2/etc/lldpd.d"
  printf 'configure system hostname %s\nconfigure system description "Rackside lab %s"\nconfigure system interface pattern eth*\nconfigure lldp tx-interval 3\n' \
    "$1" "$1" >"$2/etc/lldpd.d/lab.conf"
  # lldpcli runs as _lldpd for members of group adm, as the package sets it up
  printf '#!/bin/sh\nset -e\nmkdir -p /run/lldpd\nlldpd\n' >"$2/lab/bin/start-lldpd"
}

boot() {
  local node=$1 home=$RUN/$1
  rm -f "$home/pid" "$home/ready" "$home/failed"
  setsid nsenter --net="/run/netns/$(netns "$node")" unshare --mount --uts --ipc --pid --fork \
    bash "$LAB_DIR/lib/node-init.sh" "$node" "$home" >"$home/console" 2>&1 </dev/null 9>&- &
}
await_boot() {
  local i
  for ((i = 0; i < 300; i++)); do
    [ ! -e "$RUN/$1/ready" ] || return 0
    [ ! -e "$RUN/$1/failed" ] || return 1
    sleep 0.05
  done
  return 1
}
power_off() {
  local pid i
  pid=$(cat "$RUN/$1/pid" 2>/dev/null) || return 0
  kill -KILL "$pid" 2>/dev/null # the rest of a PID namespace dies with its first process
  for ((i = 0; i < 100; i++)); do kill -0 "$pid" 2>/dev/null || break; sleep 0.02; done
  rm -f "$RUN/$1/pid"
}
