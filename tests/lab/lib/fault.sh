# Faults. Each one that lasts writes the command that mends it into a journal; `clear` runs the journal backwards.

fault_usage() {
  cat <<'U'
faults:
  cable CABLE pull|plug             both ends lose or regain carrier (CABLE as in the inventory, or mgmt-NODE)
  cable CABLE cut|join              frames vanish in both directions while both ends keep carrier
  flap CABLE TIMES SECONDS          pulled and plugged in turn, in the background
  daemon NODE NAME kill|start|stop|cont    stop = SIGSTOP; NAME: zebra staticd ospfd ospf6d bgpd bird lldpd
  clear-bgp NODE                    every session of the node is reset
  routes N | routes off             the peer announces N more IPv4 prefixes to r3, which keeps them to itself
  loss NODE PERCENT | loss NODE off so many of the packets that arrive for port 22 vanish, by chance
  ssh NODE cut|heal                 packets of port 22 vanish in both directions
  ssh NODE kick                     the server processes of every SSH connection are killed
  ssh NODE reset                    every SSH connection gets a TCP reset
  ssh NODE down|up                  the SSH server itself
  hostkey NODE change|restore       other host keys from now on
  password USER expire              on the gate: must be changed at the next login (back to USER-pw)
  delay NODE MS | delay NODE off    management traffic arrives later (needs tc netem; exit status 3 without it)
U
}

journal() { echo "$*" >>"$RUN/journal"; }
forget() { [ ! -e "$RUN/journal" ] || { grep -vxF -- "$*" "$RUN/journal" >"$RUN/journal.new"; mv "$RUN/journal.new" "$RUN/journal"; }; }

fault() {
  local kind=${1:-}; [ $# = 0 ] || shift
  [ -e "$RUN/complete" ] || die "the lab is down"
  declare -F "fault_${kind//-/_}" >/dev/null || { fault_usage >&2; exit 2; }
  "fault_${kind//-/_}" "$@"
}

fault_cable() {
  local port ports; ports=$(cable_ports "$1") || exit 1
  for port in $ports; do
    case ${2:-} in
      pull) panel link set "$port" down;;
      plug) panel link set "$port" up;;
      cut) panel link set "$port" nomaster;;
      join) panel link set "$port" master "$(cable_bridge "$1")";;
      *) die "cable CABLE pull|plug|cut|join";;
    esac
  done
  case $2 in
    pull|plug) forget "cable $1 plug"; [ "$2" = plug ] || journal "cable $1 plug";;
    cut|join) forget "cable $1 join"; [ "$2" = join ] || journal "cable $1 join";;
  esac
}
cable_bridge() { case $1 in mgmt-*) echo mgmt;; *) echo "$1";; esac; }

fault_flap() {
  cable_ports "$1" >/dev/null || exit 1
  setsid "$LAB_DIR/lab.sh" flap-job "$1" "$2" "$3" >/dev/null 2>&1 </dev/null 9>&- &
  journal "cable $1 plug"
  journal "end-job $!"
}
flap_job() {
  local port i way
  for ((i = 0; i < $2; i++)); do
    for way in down up; do
      for port in $(cable_ports "$1"); do panel link set "$port" $way; done
      sleep "$3"
    done
  done
}
fault_end_job() { kill -- "-$1" 2>/dev/null; forget "end-job $1"; }

fault_daemon() {
  local node=$1 name=$2
  known_node "$node"
  case $name in zebra|mgmtd|staticd|ospfd|ospf6d|bgpd|bird|lldpd) ;; *) die "no daemon $name";; esac
  forget "daemon $node $name start"; forget "daemon $node $name cont"
  case ${3:-} in
    kill)
      inside "$node" pkill -KILL -x "$name"
      inside "$node" timeout 5 sh -c 'while pgrep -x "$1" >/dev/null; do sleep 0.02; done' sh "$name"
      inside "$node" rm -f "/run/frr/$name.pid" "/run/frr/$name.vty"
      journal "daemon $node $name start";;
    stop) inside "$node" pkill -STOP -x "$name"; journal "daemon $node $name cont";;
    cont) inside "$node" pkill -CONT -x "$name";;
    start) start_daemon "$node" "$name";;
    *) die "daemon NODE NAME kill|start|stop|cont";;
  esac
}
start_daemon() {
  ! inside "$1" pgrep -x "$2" >/dev/null || return 0
  case $2 in
    lldpd) inside "$1" sh -c 'rm -f /run/lldpd.socket; /lab/bin/start-lldpd' 2>/dev/null;;
    bird) bird_start | inside "$1" sh -s;;
    *) inside "$1" "/usr/lib/frr/$2" -d && inside "$1" vtysh -b -d "$2" >/dev/null 2>&1;;
  esac
}

fault_clear_bgp() { inside "$1" vtysh -c 'clear bgp *'; }

# Host routes of 198.18.0.0/16, then of 198.19.64.0/18 and what follows: none of them leads anywhere
fault_routes() {
  case ${1:-} in
    off) inside peer rm -f /etc/bird/injected.conf;;
    *[!0-9]*|'') die "routes N | routes off";;
    *)
      [ "$1" -le 100000 ] || die "at most 100000 routes"
      awk -v n="$1" 'BEGIN {
        print "protocol static injected { ipv4;"
        for (i = 0; i < n; i++) {
          j = i < 65536 ? i : i - 65536
          printf " route 198.%d.%d.%d/32 blackhole;\n", i < 65536 ? 18 : 19, (i < 65536 ? 0 : 64) + int(j / 256), j % 256
        }
        print "}"
      }' | inside peer sh -c 'cat >/etc/bird/injected.conf && chown root:bird /etc/bird/injected.conf && chmod 644 /etc/bird/injected.conf';;
  esac
  inside peer birdc configure | grep -qE 'Reconfigur(ed|ation in progress)' || die "bird does not take the routes"
  forget "routes off"; [ "$1" = off ] || journal "routes off"
}

fault_loss() {
  known_node "$1"
  inside "$1" nft delete table inet loss 2>/dev/null
  forget "loss $1 off"
  [ "${2:-}" != off ] || return 0
  case ${2:-} in [1-9]|[1-9][0-9]) ;; *) die "loss NODE PERCENT | loss NODE off";; esac
  printf 'table inet loss {\n chain in {\n type filter hook input priority -20;\n tcp dport 22 numgen random mod 100 < %d drop;\n }\n}\n' "$2" |
    inside "$1" nft -f - || { log "this kernel drops no packets by chance"; exit 3; }
  journal "loss $1 off"
}

fault_ssh() {
  local node=$1 pid name
  known_node "$node"
  case ${2:-} in
    cut)
      inside "$node" nft -f - <<'N'
table inet cut {
  chain in { type filter hook input priority -10; tcp dport 22 drop; }
  chain out { type filter hook output priority -10; tcp sport 22 drop; }
}
N
      forget "ssh $node heal"; journal "ssh $node heal";;
    heal) inside "$node" nft delete table inet cut 2>/dev/null; forget "ssh $node heal";;
    kick)
      for pid in $(inside "$node" sh -c 'cat /run/sshd-*.pid /run/dropbear.pid 2>/dev/null'); do inside "$node" pkill -TERM -P "$pid"; done; :;;
    reset) nsenter --net="/run/netns/$(netns "$node")" ss -4 -t -KH state established '( sport = :22 )' >/dev/null;;
    down)
      for name in $(ssh_servers "$node"); do inside "$node" /lab/bin/stop-sshd "$name"; done
      forget "ssh $node up"; journal "ssh $node up";;
    up)
      for name in $(ssh_servers "$node"); do
        inside "$node" sh -c '[ -e "/run/sshd-$1.pid" ] && kill -0 "$(cat "/run/sshd-$1.pid")" 2>/dev/null || /lab/bin/start-sshd "$1"' sh "$name"
      done
      forget "ssh $node up";;
    *) die "ssh NODE cut|heal|kick|reset|down|up";;
  esac
}

ssh_servers() { inside "$1" sh -c 'cd /lab/ssh && for f in *.conf; do echo "${f%.conf}"; done'; }

fault_hostkey() {
  local name
  known_node "$1"
  case ${2:-} in
    change) inside "$1" sh -c 'cd /lab/ssh && mkdir -p kept && for t in ed25519 ecdsa rsa; do
        [ -e kept/host-$t ] || cp -p host-$t host-$t.pub kept/; rm -f host-$t host-$t.pub; ssh-keygen -q -t $t -N "" -C changed -f host-$t; done'
      forget "hostkey $1 restore"; journal "hostkey $1 restore";;
    restore) inside "$1" sh -c 'cd /lab/ssh && if [ -d kept ]; then mv -f kept/* . && rmdir kept; fi'; forget "hostkey $1 restore";;
    *) die "hostkey NODE change|restore";;
  esac
  for name in $(ssh_servers "$1"); do inside "$1" /lab/bin/stop-sshd "$name"; inside "$1" /lab/bin/start-sshd "$name"; done
}

fault_password() {
  [ "${2:-}" = expire ] || die "password USER expire"
  inside gate sh -c 'line=$(grep "^$1:" /lab/shadow.first | awk -F: -v OFS=: "{\$3 = 0; print}") && grep -v "^$1:" /etc/shadow >/etc/shadow.new &&
    echo "$line" >>/etc/shadow.new && chown --reference=/etc/shadow /etc/shadow.new && chmod --reference=/etc/shadow /etc/shadow.new && mv /etc/shadow.new /etc/shadow' sh "$1"
}

fault_delay() {
  known_node "$1"
  if [ "${2:-}" = off ]; then tc -n "$(netns panel)" qdisc del dev "$1.eth0" root 2>/dev/null; forget "delay $1 off"; return 0; fi
  tc -n "$(netns panel)" qdisc replace dev "$1.eth0" root netem delay "${2}ms" 2>/dev/null || { log "this kernel has no netem"; exit 3; }
  forget "delay $1 off"; journal "delay $1 off"
}

undo_jobs() {
  local line
  [ ! -e "$RUN/journal" ] || while read -r line; do case $line in end-job\ *) kill -- "-${line#* }" 2>/dev/null;; esac; done <"$RUN/journal"
}

clear() {
  local line
  [ -e "$RUN/complete" ] || die "the lab is down"
  if [ -s "$RUN/journal" ]; then
    tac "$RUN/journal" >"$RUN/undo"
    # shellcheck disable=SC2086
    while read -r line <&8; do fault $line || log "could not undo: $line"; done 8<"$RUN/undo"
    rm -f "$RUN/journal" "$RUN/undo"
  fi
  # logins may have changed or aged passwords; both are put back
  inside gate sh -c 'cmp -s /lab/shadow.first /etc/shadow || cat /lab/shadow.first >/etc/shadow'
  await_routing 40
}
