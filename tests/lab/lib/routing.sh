# Configuration of FRRouting on the routers and the gate, and of BIRD on the peer.

frr_conf() {
  local node=$1 cable if v4 v6 other oif ov4 ov6 id=${LAST_OCTET[$1]}
  cat <<C
frr defaults traditional
hostname $node
log file /var/log/frr/frr.log informational
service integrated-vtysh-config
! routes come back rejected after a cable was out when next hops are kernel objects (FRR 8.4 with recent kernels)
no zebra nexthop kernel enable
interface lo
 ip address 198.19.255.$id/32
 ipv6 address 2001:db8:19:ff::$id/128
$(is_router "$node" && printf ' ip ospf area 0\n ipv6 ospf6 area 0\n')
exit
interface eth0
 description management
exit
C
  while read -r cable if v4 v6 other oif ov4 ov6; do
    printf 'interface %s\n description cable %s to %s %s\n ip address %s\n ipv6 address %s\n' "$if" "$cable" "$other" "$oif" "$v4" "$v6"
    if is_router "$node" && is_router "$other"; then
      printf ' ip ospf area 0\n ip ospf network point-to-point\n ip ospf hello-interval 1\n ip ospf dead-interval 4\n'
      printf ' ipv6 ospf6 area 0\n ipv6 ospf6 network point-to-point\n ipv6 ospf6 hello-interval 1\n ipv6 ospf6 dead-interval 4\n'
    elif is_router "$node"; then
      printf ' ip ospf area 0\n ip ospf passive\n ipv6 ospf6 area 0\n ipv6 ospf6 passive\n'
    fi
    echo exit
  done < <(ends "$node")
  is_router "$node" || return 0
  printf 'router ospf\n ospf router-id 198.19.255.%s\n log-adjacency-changes\nexit\nrouter ospf6\n ospf6 router-id 198.19.255.%s\nexit\n' "$id" "$id"
  bgp_conf "$node" "$id"
}

# Every router is an AS of its own and peers over the cable itself, so one pulled cable takes down an interface, an OSPF
# neighbour and a BGP session at the same moment, while the routes stay reachable the other way round.
bgp_conf() {
  local node=$1 id=$2 other oas ov4 ov6 v4_peers=() v6_peers=() p
  printf 'router bgp %s\n bgp router-id 198.19.255.%s\n bgp log-neighbor-changes\n no bgp ebgp-requires-policy\n no bgp default ipv4-unicast\n' "${AS[$node]}" "$id"
  while read -r _ _ _ _ other _ ov4 ov6; do
    case $other in
      peer) oas=$PEER_AS;;
      r?) oas=${AS[$other]};;
      *) continue;;
    esac
    for p in "${ov4%/*}" "${ov6%/*}"; do
      printf ' neighbor %s remote-as %s\n neighbor %s description %s\n neighbor %s timers 3 9\n neighbor %s timers connect 1\n' "$p" "$oas" "$p" "$other" "$p" "$p"
    done
    v4_peers+=("${ov4%/*}"); v6_peers+=("${ov6%/*}")
  done < <(ends "$node")
  printf ' address-family ipv4 unicast\n  network 198.19.255.%s/32\n' "$id"
  [ "$node" = r1 ] && echo '  network 198.19.10.0/24'
  printf '  neighbor %s activate\n' "${v4_peers[@]}"
  printf ' exit-address-family\n address-family ipv6 unicast\n  network 2001:db8:19:ff::%s/128\n' "$id"
  printf '  neighbor %s activate\n' "${v6_peers[@]}"
  printf ' exit-address-family\nexit\n'
}

frr_files() {
  local node=$1 disk=$2 person name
  mkdir -p "$disk/etc/frr" "$disk/var/log/frr"
  frr_conf "$node" >"$disk/etc/frr/frr.conf"
  {
    echo 'service integrated-vtysh-config'
    for person in "${PEOPLE[@]}"; do read -r name _ <<<"$person"; echo "username $name nopassword"; done
  } >"$disk/etc/frr/vtysh.conf"
  chown frr:frr "$disk/etc/frr" "$disk/var/log/frr" "$disk/etc/frr/frr.conf"
  chown frr:frrvty "$disk/etc/frr/vtysh.conf"
  chmod 640 "$disk/etc/frr/frr.conf" "$disk/etc/frr/vtysh.conf"; chmod 755 "$disk/etc/frr"
}

routing_daemons() { if is_router "$1"; then echo zebra staticd ospfd ospf6d bgpd; elif has_frr "$1"; then echo zebra; fi; }

frr_start() {
  cat <<S
install -d -o frr -g frr -m 755 /run/frr
# mgmtd came with FRR 9 and must be there before the others read their configuration
for daemon in zebra mgmtd $(routing_daemons "$1" | sed 's/^zebra//'); do
  [ ! -x /usr/lib/frr/\$daemon ] || /usr/lib/frr/\$daemon -d
done
vtysh -b >/var/log/frr/boot.log 2>&1 || { cat /var/log/frr/boot.log; exit 1; }
S
}

bird_files() {
  local disk=$1
  mkdir -p "$disk/etc/bird"
  {
    cat <<C
log "/var/log/bird.log" { info, warning, error, auth, fatal, bug, trace };
router id 198.19.1.14;
protocol device { scan time 2; }
protocol static world4 {
  ipv4;
$(awk -v n="$PEER_ROUTES" 'BEGIN {for (i = 0; i < n; i++) printf "  route 198.19.%d.%d/26 blackhole;\n", 128 + int(i / 4), i % 4 * 64}')
}
protocol static world6 {
  ipv6;
$(awk -v n="$PEER_ROUTES6" 'BEGIN {for (i = 0; i < n; i++) printf "  route 2001:db8:19:%x::/64 blackhole;\n", 4096 + i}')
}
# what fault 'routes' adds goes to r3 and not on from there
include "/etc/bird/injected*.conf";
# the first /19 has come a longer way, so that AS paths and communities differ
filter announce {
  if source != RTS_STATIC then reject;
  if proto = "injected" then { bgp_community.add((65535, 65281)); accept; }
  if (net.type = NET_IP4) && (net ~ [ 198.19.128.0/19{20,32} ]) then { bgp_path.prepend(64500); bgp_community.add((64511, 100)); }
  accept;
}
template bgp to_r3 { hold time 9; connect delay time 1; connect retry time 2; error wait time 1, 3; }
protocol bgp r3v4 from to_r3 {
  local 198.19.1.14 as $PEER_AS; neighbor 198.19.1.13 as ${AS[r3]};
  ipv4 { import all; export filter announce; };
}
protocol bgp r3v6 from to_r3 {
  local 2001:db8:19:4::2 as $PEER_AS; neighbor 2001:db8:19:4::1 as ${AS[r3]};
  ipv6 { import all; export filter announce; };
}
C
  } >"$disk/etc/bird/bird.conf"
  chown root:bird "$disk/etc/bird/bird.conf"; chmod 644 "$disk/etc/bird/bird.conf"
}
bird_start() { printf 'install -d -o bird -g bird -m 755 /run/bird\ntouch /var/log/bird.log\nchown bird:bird /var/log/bird.log\nbird -u bird -g bird -c /etc/bird/bird.conf\n'; }

# Full adjacencies, established sessions, and the peer's routes in every router's table and kernel.
routing_settled() {
  local node full bgp routes
  for node in "${ROUTERS[@]}"; do
    routes=$(inside "$node" timeout 5 vtysh -c 'show ip route summary' 2>/dev/null | awk '$1 == "ebgp" {print $3}')
    [ "${routes:-0}" -ge "$PEER_ROUTES" ] || return 1
    full=$(inside "$node" timeout 5 vtysh -c 'show ip ospf neighbor' 2>/dev/null | grep -c 'Full/')
    bgp=$(inside "$node" timeout 5 vtysh -c 'show bgp summary established json' 2>/dev/null | grep -c '"state":"Established"')
    [ "$full" = 2 ] && [ "$bgp" = "$(bgp_sessions "$node")" ] || return 1
  done
}
bgp_sessions() { [ "$1" = r3 ] && echo 6 || echo 4; } # IPv4 and IPv6
await_routing() {
  local deadline=$((SECONDS + $1))
  until routing_settled; do
    [ $SECONDS -lt $deadline ] || { log "routing has not settled in $1 s"; return 1; }
    sleep 0.2
  done
}
