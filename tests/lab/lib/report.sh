# What people and tests ask about the lab.

status() {
  local node
  [ -e "$RUN/complete" ] || { echo "lab: down"; return 1; }
  printf '%-5s %-15s %-4s %8s  %s\n' node address "" "PSS kB" processes
  for node in "${NODES[@]}"; do
    if running "$node"; then
      printf '%-5s %-15s %-4s %8s  %s\n' "$node" "$(mgmt_addr "$node")" up "$(node_memory "$node")" \
        "$(inside "$node" ps -e -o comm= | grep -vE '^(ps|bash|sleep)$' | sort | uniq -c | awk '{printf "%s%s ", $2, ($1 > 1 ? "*" $1 : "")}')"
    else
      printf '%-5s %-15s %-4s\n' "$node" "$(mgmt_addr "$node")" GONE
    fi
  done
  if [ -s "$RUN/journal" ]; then echo "faults, as the commands that mend them:"; sed 's/^/  /' "$RUN/journal"; else echo "no faults"; fi
}
node_memory() { # proportional set size of all the node's processes
  local space proc
  space=$(readlink "/proc/$(cat "$RUN/$1/pid")/ns/pid")
  for proc in /proc/[0-9]*; do
    [ "$(readlink "$proc/ns/pid" 2>/dev/null)" != "$space" ] || awk '/^Pss:/ {print $2}' "$proc/smaps_rollup" 2>/dev/null
  done | awk '{sum += $1} END {print sum + 0}'
}

# JSON by hand: every value is one of the tables above, none needs escaping
inventory() {
  local node line name octet user what uid password shell a ai b bi sep=
  printf '{\n  "client": "%s.1",\n  "keys": {"ed25519": "%s", "ecdsa": "%s", "rsa": "%s"},\n' "$MGMT" "$KEY_DIR/id_ed25519" "$KEY_DIR/id_ecdsa" "$KEY_DIR/id_rsa"
  printf '  "bgp": {"routes": %d, "routes6": %d, "as": {"r1": %d, "r2": %d, "r3": %d, "peer": %d}},\n' "$PEER_ROUTES" "$PEER_ROUTES6" "${AS[r1]}" "${AS[r2]}" "${AS[r3]}" "$PEER_AS"
  printf '  "otpCode": "%s",\n  "nodes": {' "$OTP_CODE"
  for node in "${NODES[@]}"; do
    printf '%s\n    "%s": {"host": "%s", "port": 22, "router": %s}' "$sep" "$node" "$(mgmt_addr "$node")" "$(is_router "$node" && echo true || echo false)"; sep=,
  done
  printf '\n  },\n  "users": {'; sep=
  for line in "${PEOPLE[@]}"; do
    read -r name uid password shell _ <<<"$line"
    printf '%s\n    "%s": {"password": "%s", "shell": "%s"}' "$sep" "$name" "$password" "$shell"; sep=,
  done
  printf '\n  },\n  "cables": {'; sep=
  for line in "${CABLES[@]}"; do
    read -r name a ai _ _ b bi _ <<<"$line"
    printf '%s\n    "%s": [{"node": "%s", "interface": "%s"}, {"node": "%s", "interface": "%s"}]' "$sep" "$name" "$a" "$ai" "$b" "$bi"; sep=,
  done
  printf '\n  },\n  "doors": {'; sep=
  for line in "${DOORS[@]}"; do
    read -r name octet user what <<<"$line"
    printf '%s\n    "%s": {"host": "%s.%s", "port": 22, "user": "%s", "password": "%s-pw", "what": "%s"}' "$sep" "$name" "$MGMT" "$octet" "$user" "$user" "$what"; sep=,
  done
  printf '\n  }\n}\n'
}
