#!/bin/bash
# The project's own network lab: routers, an Internet peer, a host and a gate full of difficult SSH servers,
# all of them network/mount/PID/UTS/IPC namespaces on this machine. Debian packages only; needs root. See README.md.
#
#   lab.sh deps | up | down | status | inventory | exec NODE CMD.. | fault .. | clear
set -u
LAB_DIR=$(dirname "$(readlink -f "${BASH_SOURCE[0]}")")
RUN=${RACKSIDE_LAB_RUN:-/run/rackside-lab}
KEY_DIR=${RACKSIDE_LAB_KEYS:-$LAB_DIR/keys}
export PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin LC_ALL=C

log() { printf 'lab: %s\n' "$*" >&2; }
die() { log "$*"; exit 1; }

for part in topology panel login routing node fault report; do
  # shellcheck source=/dev/null
  . "$LAB_DIR/lib/$part.sh"
done

DEBIAN_PACKAGES=(iproute2 procps nftables frr bird2 lldpd openssh-server openssh-client dropbear-bin socat iperf3)

deps() {
  local policy=/usr/sbin/policy-rc.d ours= rc
  if [ ! -e $policy ]; then # packages must not start routers on the machine itself
    printf '#!/bin/sh\nexit 101\n' >$policy; chmod 755 $policy; ours=1
  fi
  DEBIAN_FRONTEND=noninteractive apt-get -y -o DPkg::Lock::Timeout=600 --no-install-recommends install "${DEBIAN_PACKAGES[@]}"
  rc=$?
  [ -z "$ours" ] || rm -f $policy
  return $rc
}

require_tools() {
  local tool missing=()
  [ "$(id -u)" = 0 ] || die "the lab needs root"
  for tool in ip nft unshare nsenter pgrep vtysh bird lldpd sshd dropbear dropbearkey socat; do
    command -v "$tool" >/dev/null || missing+=("$tool")
  done
  [ ${#missing[@]} = 0 ] || die "missing: ${missing[*]} (lab.sh deps installs them)"
}

up() {
  local node began=$EPOCHREALTIME
  require_tools
  if [ -e "$RUN/complete" ]; then
    for node in "${NODES[@]}"; do running "$node" || break; done
    if running "$node"; then await_routing 30; return; fi
    log "node $node is gone: building the lab anew"
  fi
  down
  mkdir -p "$RUN"
  mount -t tmpfs -o size=256m,mode=755 rackside-lab "$RUN" || die "cannot mount $RUN"
  make_keys || die "keys could not be made"
  build_panel || die "the cables could not be made"
  for node in "${NODES[@]}"; do write_disk "$node" && boot "$node" || die "node $node: no disk"; done
  for node in "${NODES[@]}"; do await_boot "$node" || die "node $node did not start: $(tail -5 "$RUN/$node/console" 2>/dev/null)"; done
  : >"$RUN/complete"
  await_routing 30 || return 1
  log "up after $(awk "BEGIN{printf \"%.1f\", $EPOCHREALTIME - $began}") s"
}

down() {
  local node i
  [ -d "$RUN" ] && undo_jobs
  for node in "${NODES[@]}"; do power_off "$node"; done
  remove_panel
  for i in 1 2 3 4 5 6 7 8 9 10; do
    mountpoint -q "$RUN" || break
    umount "$RUN" 2>/dev/null || sleep 0.1
  done
  mountpoint -q "$RUN" && umount -l "$RUN"
  [ ! -d "$RUN" ] || rmdir "$RUN"
}

usage() { sed -n '5s/^# *//p' "$LAB_DIR/lab.sh"; fault_usage; }

verb=${1:-help}; [ $# = 0 ] || shift
case $verb in
  up|down|fault|clear)
    exec 9>/run/lock/rackside-lab.lock
    flock -w 180 9 || die "another lab.sh has been at work for three minutes";;
esac
case $verb in
  deps|up|down|status|inventory|clear) $verb;;
  fault) fault "$@";;
  exec) [ $# -ge 2 ] || die "exec NODE CMD.."; node=$1; shift; known_node "$node" && inside "$node" "$@";;
  flap-job) flap_job "$@";;
  help|-h|--help) usage;;
  *) usage >&2; exit 2;;
esac
