# Who may log in and how: keys, accounts, PAM and SSH servers. All of it is written into a node's disk before it boots.

# Made at the first up and kept over down and up, so that a known_hosts file stays true.
make_keys() {
  local node
  mkdir -p "$KEY_DIR/host" && chmod 700 "$KEY_DIR" || return 1
  make_key "$KEY_DIR/id_ed25519" ed25519 256 &
  make_key "$KEY_DIR/id_ecdsa" ecdsa 256 &
  make_key "$KEY_DIR/id_rsa" rsa 3072 &
  for node in "${NODES[@]}"; do
    make_key "$KEY_DIR/host/$node-ed25519" ed25519 256 & make_key "$KEY_DIR/host/$node-ecdsa" ecdsa 256 &
    make_key "$KEY_DIR/host/$node-rsa" rsa 2048 &
  done
  [ -f "$KEY_DIR/host/gate-dropbear" ] || dropbearkey -t ed25519 -f "$KEY_DIR/host/gate-dropbear" >/dev/null 2>&1 &
  wait
  [ -s "$KEY_DIR/id_rsa" ] && [ -s "$KEY_DIR/host/gate-rsa" ] && [ -s "$KEY_DIR/host/gate-dropbear" ]
}
make_key() { [ -s "$1" ] || ssh-keygen -q -t "$2" -b "$3" -N '' -C rackside-lab -f "$1"; }

# accounts DISK: the machine's own account files plus the lab's people
accounts() {
  local disk=$1 person name uid password shell groups group salt
  cp -p /etc/passwd /etc/shadow /etc/group /etc/shells "$disk/etc/"
  for person in "${PEOPLE[@]}"; do
    read -r name uid password shell groups <<<"$person"
    salt=$(head -c 64 /dev/urandom | tr -dc 'a-zA-Z0-9' | head -c 8)
    echo "$name:x:$uid:$uid:lab $name:/lab/home/$name:$shell" >>"$disk/etc/passwd"
    echo "$name:x:$uid:" >>"$disk/etc/group"
    # last change 0 means that the password has expired
    # shellcheck disable=SC2016
    echo "$name:$(perl -e 'print crypt($ARGV[0], "\$6\$rounds=1000\$$ARGV[1]\$")' "$password" "$salt"):$([ "$name" = newbie ] && echo 0 || echo 19000):0:99999:7:::" >>"$disk/etc/shadow"
    for group in ${groups//,/ }; do
      [ "$group" = - ] || sed -i -E "s/^($group:[^:]*:[^:]*:)(.+)?$/\1\2,$name/; s/^($group:.*:),/\1/" "$disk/etc/group"
    done
    mkdir -p "$disk/lab/home/$name/.ssh"
    cat "$KEY_DIR"/id_*.pub >"$disk/lab/home/$name/.ssh/authorized_keys"
    chmod 700 "$disk/lab/home/$name/.ssh"; chown -R "$uid:$uid" "$disk/lab/home/$name"
  done
  awk '{print $4}' < <(printf '%s\n' "${PEOPLE[@]}") | sort -u >>"$disk/etc/shells"
  cp -p "$disk/etc/shadow" "$disk/lab/shadow.first"
}

shells() {
  local bin=$1/lab/bin
  mkdir -p "$bin"
  printf '#!/bin/sh\nexec /usr/bin/vtysh -u "$@"\n' >"$bin/vtysh-view"
  printf '#!/bin/sh\nVTYSH_PAGER="more -e" exec /usr/bin/vtysh "$@"\n' >"$bin/vtysh-paged"
  printf '#!/bin/sh\nif [ $# -gt 0 ]; then echo "exec is disabled on this device" >&2; exit 1; fi\nexec /usr/bin/vtysh\n' >"$bin/vtysh-noexec"
  # pam_exec hands over the answer with a NUL after it
  printf '#!/bin/sh\n[ "$(tr -d "\\000")" = "%s" ]\n' "$OTP_CODE" >"$bin/check-code"
  chmod 755 "$bin"/*
}

# Without the modules that want systemd, audit or a mail spool. User slow waits before the password is judged; user otp
# gets a second prompt: pam_ftp asks, never agrees, and leaves its answer for check-code.
pam_sshd() {
  cat <<'P'
auth     [success=1 default=ignore] pam_succeed_if.so quiet user notin slow
auth     optional   pam_exec.so quiet /bin/sleep 5
auth     required   pam_unix.so
auth     [success=2 default=ignore] pam_succeed_if.so quiet user notin otp
auth     optional   pam_ftp.so users=nobody
auth     required   pam_exec.so quiet expose_authtok /lab/bin/check-code
auth     required   pam_permit.so
account  required   pam_nologin.so
account  required   pam_unix.so
session  required   pam_unix.so
password required   pam_unix.so yescrypt
P
}

sshd_common() { # listen addresses on stdin
  sed 's/^/ListenAddress /'
  cat <<'C'
UsePAM yes
PasswordAuthentication yes
KbdInteractiveAuthentication yes
PubkeyAuthentication yes
PermitRootLogin no
MaxStartups 100
UseDNS no
PrintMotd no
PrintLastLog no
LogLevel VERBOSE
C
  # OpenSSH 9.8 and later punish addresses whose logins fail; tests fail logins on purpose
  sshd -T -o PerSourcePenalties=no >/dev/null 2>&1 && echo "PerSourcePenalties no"
  return 0
}
host_keys() { local type; for type in "$@"; do echo "HostKey /lab/ssh/host-$type"; done; }

ssh_files() {
  local node=$1 disk=$2 type door=$disk/lab/ssh
  mkdir -p "$door" "$disk/etc/pam.d" "$disk/etc/security"
  for type in ed25519 ecdsa rsa; do
    install -m 600 "$KEY_DIR/host/$node-$type" "$door/host-$type"; install -m 644 "$KEY_DIR/host/$node-$type.pub" "$door/host-$type.pub"
  done
  pam_sshd >"$disk/etc/pam.d/sshd"
  rm -f "$disk/etc/motd"
  if [ "$node" != gate ]; then
    { mgmt_addr "$node" | sshd_common; host_keys ed25519 ecdsa rsa; } >"$door/main.conf"
    return
  fi
  {
    for type in 40 41 42 45 46 47 52 53; do echo "$MGMT.$type"; done | sshd_common
    host_keys ed25519 ecdsa rsa
    match 41 "AuthenticationMethods password"
    match 42 "AuthenticationMethods keyboard-interactive"
    match 45 "MaxSessions 1"
    match 46 "Banner /lab/ssh/banner"
    match 47 "PermitTTY no"
    match 52 "AuthenticationMethods publickey"
    match 53 "AuthenticationMethods publickey,keyboard-interactive"
  } >"$door/main.conf"
  { echo "$MGMT.43" | sshd_common; host_keys rsa; cat <<'C'
KexAlgorithms diffie-hellman-group14-sha1
HostKeyAlgorithms ssh-rsa
PubkeyAcceptedAlgorithms ssh-rsa,rsa-sha2-256,rsa-sha2-512
Ciphers aes128-cbc
MACs hmac-sha1
C
  } >"$door/legacy.conf"
  { echo "$MGMT.54" | sshd_common; host_keys rsa; cat <<'C'
KexAlgorithms diffie-hellman-group1-sha1
HostKeyAlgorithms ssh-rsa
PubkeyAcceptedAlgorithms ssh-rsa,rsa-sha2-256,rsa-sha2-512
Ciphers 3des-cbc
MACs hmac-md5
C
  } >"$door/ancient.conf"
  { echo "$MGMT.44" | sshd_common; host_keys ed25519; echo "KexAlgorithms sntrup761x25519-sha512@openssh.com"; } >"$door/modern.conf"
  printf 'AUTHORISED STAFF ONLY / Zutritt für Befugte\r\n%s\r\n\033[31mred\033[0m and a bell\a\r\n' "$(printf '=%.0s' {1..200})" >"$door/banner"
  install -m 600 "$KEY_DIR/host/gate-dropbear" "$door/dropbear"
}
match() { printf 'Match LocalAddress %s.%s\n  %s\n' "$MGMT" "$1" "$2"; }

# what a node runs at boot for logins
ssh_start() {
  echo 'mkdir -p -m 755 /run/sshd'
  echo '/lab/bin/start-sshd main'
  [ "$1" = gate ] || return 0
  cat <<S
/lab/bin/start-sshd legacy
/lab/bin/start-sshd ancient
/lab/bin/start-sshd modern
dropbear -r /lab/ssh/dropbear -p $MGMT.48:22 -P /run/dropbear.pid -E 2>/var/log/dropbear.log
setsid socat -u TCP-LISTEN:22,bind=$MGMT.50,reuseaddr,fork,max-children=50 OPEN:/dev/null >/var/log/silent.log 2>&1 </dev/null &
nft add table inet doors
nft add chain inet doors in '{ type filter hook input priority 0; }'
nft add rule inet doors in ip daddr $MGMT.51 drop
S
}
