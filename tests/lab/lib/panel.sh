# The patch panel: one namespace that every cable passes through. A cable is a small bridge with one port per end, so
# both ends can lose carrier together, which a bare veth pair cannot do without shutting one side down.

netns() { echo "rkl-$1"; }
panel() { ip -n "$(netns panel)" "$@"; }

add_netns() { ip netns add "$(netns "$1")" && ip -n "$(netns "$1")" link set lo up; }

# port BRIDGE NODE INTERFACE: a node's interface whose far end is a port of the panel
add_port() {
  panel link add "$2.$3" master "$1" up type veth peer name "$3" netns "$(netns "$2")"
}

build_panel() {
  local node cable name node_a if_a node_b if_b
  add_netns panel || return 1
  nsenter --net="/run/netns/$(netns panel)" sysctl -qw net.ipv6.conf.default.disable_ipv6=1 net.ipv6.conf.all.disable_ipv6=1
  # bridged frames must not meet the machine's packet filters
  nsenter --net="/run/netns/$(netns panel)" bash -c 'for f in /proc/sys/net/bridge/bridge-nf-call-*; do [ ! -w "$f" ] || echo 0 >"$f"; done'
  for node in "${NODES[@]}"; do
    add_netns "$node" || return 1
    nsenter --net="/run/netns/$(netns "$node")" sysctl -qw \
      net.ipv4.ip_forward=1 net.ipv6.conf.all.forwarding=1 net.ipv4.conf.all.rp_filter=0 net.ipv4.conf.default.rp_filter=0 \
      net.ipv6.conf.default.accept_dad=0 net.ipv6.conf.all.keep_addr_on_down=1 net.ipv6.conf.default.keep_addr_on_down=1
  done
  panel link add mgmt up type bridge
  for node in "${NODES[@]}"; do add_port mgmt "$node" eth0; done
  for cable in "${CABLES[@]}"; do
    read -r name node_a if_a _ _ node_b if_b _ <<<"$cable"
    # 65528: forward every 01-80-C2-00-00-0x but the three that the kernel reserves; LLDP is -0E
    panel link add "$name" up type bridge group_fwd_mask 65528 mcast_snooping 0
    add_port "$name" "$node_a" "$if_a" && add_port "$name" "$node_b" "$if_b" || return 1
  done
  for node in "${NODES[@]}"; do address_node "$node"; done
  ip link add rkl0 type veth peer name client netns "$(netns panel)" || return 1
  panel link set client master mgmt up
  sysctl -qw net.ipv6.conf.rkl0.disable_ipv6=1
  ip addr add "$MGMT.1/24" dev rkl0 && ip link set rkl0 up
}

address_node() {
  local node=$1 in if v4 v6 octet
  in="ip -n $(netns "$node")"
  $in addr add "$(mgmt_addr "$node")/24" dev eth0
  if [ "$node" = gate ]; then
    for octet in $(gate_octets); do [ "$octet" = "${LAST_OCTET[gate]}" ] || $in addr add "$MGMT.$octet/24" dev eth0; done
  fi
  $in link set eth0 up
  while read -r _ if v4 v6 _; do
    $in link set "$if" up
    is_router "$node" && continue # FRR sets a router's addresses from its configuration
    $in addr add "$v4" dev "$if"; $in addr add "$v6" dev "$if"
  done < <(ends "$node")
  case $node in host) $in route add 198.19.0.0/16 via 198.19.10.1; $in -6 route add 2001:db8:19::/48 via 2001:db8:19:10::1;; esac
}

remove_panel() {
  local node
  ip link show dev rkl0 >/dev/null 2>&1 && ip link del rkl0
  for node in "${NODES[@]}" panel; do
    [ ! -e "/run/netns/$(netns "$node")" ] || ip netns del "$(netns "$node")"
  done
}
