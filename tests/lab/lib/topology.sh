# What the lab consists of: nodes, cables, people, doors. Every address lies in 198.19.0.0/16 (RFC 2544) or
# 2001:db8:19::/48 (RFC 3849), so nothing here can be mistaken for, or reach, a real network.

MGMT=198.19.0            # management /24; .1 is this machine
ROUTERS=(r1 r2 r3)
NODES=(r1 r2 r3 peer host gate)
PEER_AS=64511
PEER_ROUTES=300          # IPv4 prefixes that the peer announces
PEER_ROUTES6=60

declare -A LAST_OCTET=([r1]=11 [r2]=12 [r3]=13 [peer]=21 [host]=31 [gate]=40)
declare -A AS=([r1]=65101 [r2]=65102 [r3]=65103)

# cable, then for each end: node, interface, IPv4, IPv6
CABLES=(
  "r1-r2   r1 eth1 198.19.1.1/30  2001:db8:19:1::1/64   r2   eth1 198.19.1.2/30  2001:db8:19:1::2/64"
  "r2-r3   r2 eth2 198.19.1.5/30  2001:db8:19:2::1/64   r3   eth2 198.19.1.6/30  2001:db8:19:2::2/64"
  "r1-r3   r1 eth2 198.19.1.9/30  2001:db8:19:3::1/64   r3   eth1 198.19.1.10/30 2001:db8:19:3::2/64"
  "r3-peer r3 eth3 198.19.1.13/30 2001:db8:19:4::1/64   peer eth1 198.19.1.14/30 2001:db8:19:4::2/64"
  "r2-gate r2 eth3 198.19.1.17/30 2001:db8:19:5::1/64   gate eth1 198.19.1.18/30 2001:db8:19:5::2/64"
  "r1-host r1 eth3 198.19.10.1/24 2001:db8:19:10::1/64  host eth1 198.19.10.2/24 2001:db8:19:10::2/64"
)

# name, uid, password, login shell, supplementary groups
PEOPLE=(
  "netops 6101 netops-pw /usr/bin/vtysh frrvty"
  "viewer 6102 viewer-pw /lab/bin/vtysh-view frrvty"
  "paged  6103 paged-pw  /lab/bin/vtysh-paged frrvty"
  "noexec 6104 noexec-pw /lab/bin/vtysh-noexec frrvty"
  "linux  6105 linux-pw  /bin/bash adm,bird"
  "both   6109 both-pw   /bin/bash adm,frrvty"
  "otp    6106 otp-pw    /bin/bash -"
  "slow   6107 slow-pw   /bin/bash -"
  "newbie 6108 newbie-pw /bin/bash -"
)
OTP_CODE=246810          # the second answer that user otp must give

# Doors: the gate's SSH servers. name, last octet, user, what is odd about it
DOORS=(
  "normal      40 linux  nothing: OpenSSH as Debian ships it"
  "password    41 linux  only the password method"
  "keyboard    42 linux  only keyboard-interactive"
  "otp         42 otp    keyboard-interactive with two prompts, a password and a code"
  "legacy      43 linux  diffie-hellman-group14-sha1, ssh-rsa, aes128-cbc and hmac-sha1 only"
  "modern      44 linux  sntrup761x25519 key exchange only"
  "maxsessions 45 linux  MaxSessions 1"
  "banner      46 linux  a banner with UTF-8 and control bytes before login"
  "expired     40 newbie the password must be changed at login"
  "noexec      40 noexec exec requests are refused by the shell"
  "nopty       47 linux  PermitTTY no"
  "dropbear    48 linux  dropbear instead of OpenSSH"
  "refused     49 linux  nothing listens"
  "silent      50 linux  accepts the connection and never says a word"
  "blackhole   51 linux  every packet is dropped"
  "slow        40 slow   five seconds or more before the password is judged"
  "keyonly     52 linux  only public keys"
  "twofactor   53 linux  a public key, and then keyboard-interactive"
  "ancient     54 linux  diffie-hellman-group1-sha1, ssh-rsa, 3des-cbc and hmac-md5 only"
)

known_node() { [ -n "${LAST_OCTET[$1]:-}" ] || die "no node $1 (there are: ${NODES[*]})"; }
is_router() { [ -n "${AS[$1]:-}" ]; }
has_frr() { is_router "$1" || [ "$1" = gate ]; }
mgmt_addr() { echo "$MGMT.${LAST_OCTET[$1]}"; }
gate_octets() { printf '%s\n' "${DOORS[@]}" | awk '!seen[$2]++ {print $2}'; }

# ends NODE: for each cable of the node, "cable interface v4 v6 neighbour neighbour-interface neighbour-v4 neighbour-v6"
ends() {
  printf '%s\n' "${CABLES[@]}" | awk -v me="$1" '$2 == me {print $1, $3, $4, $5, $6, $7, $8, $9} $6 == me {print $1, $7, $8, $9, $2, $3, $4, $5}'
}
# cable_ports CABLE: the panel's ports of a cable; mgmt-NODE is the cable between a node and the management switch
cable_ports() {
  case $1 in
    mgmt-*) known_node "${1#mgmt-}"; echo "${1#mgmt-}.eth0";;
    *) printf '%s\n' "${CABLES[@]}" | awk -v name="$1" '$1 == name {print $2 "." $3, $6 "." $7}' | grep . || die "no cable $1";;
  esac
}
