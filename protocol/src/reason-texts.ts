import type { ErrorText } from "./error-texts.ts";

/** What a reason has to say beyond its code, by `code/reason`: the closed list of section 16 of the security design. */
export const REASON_TEXTS: Readonly<Record<string, Partial<ErrorText>>> = {
  "gone/expired": { what: "This session's time on the proxy is over, or it never was yours." },
  "gone/restart": {
    what: "The proxy was restarted, and its sessions ended with it.",
    next: "Reconnect; both sessions start anew.",
  },
  "gone/closed": { what: "This session was ended." },
  "gone/client": {
    what: "This device is not paired, or no longer.",
    kept: "Nothing was changed.",
    next: "Look at the list again.",
  },
  "refused_by_policy/address": {
    what: "The proxy's target policy does not allow this address.",
    next: "Allow this address in the policy, or correct it.",
  },
  "refused_by_policy/port": {
    what: "The proxy's target policy does not allow this port.",
    next: "Allow this port in the policy, or correct it.",
  },
  "refused_by_policy/spelling": {
    what: "The address is written in a form that can be misread.",
    next: "Write it as four decimal numbers, as a full IPv6 address or as a name.",
  },
  "refused_by_policy/dns_mixed": {
    what: "The name leads to several addresses, and one of them is never allowed.",
    next: "Use the device's address instead of its name, or mend the DNS record.",
  },
  "refused_by_policy/via": { what: "The target policy does not allow this jump host or what lies behind it." },
  "refused_by_policy/role": {
    what: "Only an administrator of this proxy may change that.",
    next: "Ask an administrator to add the rule.",
  },
  "refused_by_policy/fresh_proof": {
    what: "Changing what the proxy may connect to needs a fresh proof that it is you.",
    next:
      "Unlock the vault again, or run rackside allow-changes on the proxy's console, then repeat within 5 minutes. " +
      "A vault in the place of one that was erased does not count until the tablet is paired anew.",
  },
  "unreachable/name": { what: "The name was not found.", next: "Check the spelling, or use the address." },
  "unreachable/refused": {
    what: "The device refused the connection: nothing listens on that port.",
    next: "Check the port and whether SSH is turned on there.",
  },
  "unreachable/not_ssh": { what: "Something answered, but not with SSH.", next: "Check the port." },
  "unreachable/network": { what: "There is no route from the proxy to the device." },
  "unreachable/reset": { what: "The device dropped the connection while it was being set up." },
  "dial_timeout/tcp": { what: "Nothing answered at that address in time." },
  "dial_timeout/kex": { what: "The device accepted the connection, but did not finish the key exchange in time." },
  "dial_timeout/auth": { what: "The device did not answer the login in time." },
  "dial_timeout/channel": { what: "The device did not open a shell in time." },
  "host_key_unknown/refused": {
    what: "The device's host key was not trusted.",
    next: "Compare the fingerprint on the device's console, then connect again.",
  },
  "host_key_unknown/first_use_off": {
    what: "The device's host key is not known, and this proxy is set to know keys beforehand.",
    next: "Have the key added to the proxy's known_hosts file.",
  },
  "host_key_unknown/not_verified": {
    what: "This tablet has never verified this host's key itself: the terminal was opened on another one.",
    kept: "The terminal goes on, and nobody was logged in for telemetry.",
    next:
      "Open the device once from this tablet, in a terminal of its own, and compare the key that it asks about; " +
      "then start telemetry again.",
  },
  "host_key_unknown/store": {
    what: "The proxy's file of known host keys cannot be read, so that no host key can be checked.",
    next: "Have the line that is named mended in the proxy's known_hosts file; nothing in it was changed.",
  },
  "host_key_changed/mistyped": {
    what: "The characters are not the last six of the new fingerprint.",
    next: "Read the fingerprint on the device's console and type its last six characters; capital letters count.",
  },
  "host_key_changed/revoked": {
    what: "The device shows a host key that is marked as revoked.",
    next: "Do not go on; give the device a new host key.",
  },
  "auth_failed/pair_invalid": {
    what: "The pairing code is wrong.",
    kept: "Nothing was changed.",
    next: "Check it, or ask for a new one on the proxy's console: rackside pair",
  },
  "auth_failed/pair_used": {
    what: "The pairing code was used already.",
    kept: "Nothing was changed.",
    next: "Ask for a new one on the proxy's console: rackside pair",
  },
  "auth_failed/pair_expired": {
    what: "The pairing code has expired.",
    kept: "Nothing was changed.",
    next: "Ask for a new one on the proxy's console: rackside pair",
  },
  "auth_failed/auth_required": {
    what: "The proxy was not told who you are, or you may not use it.",
    kept: "Nothing was changed.",
    next: "Sign in at the reverse proxy in front of Rackside, or ask whoever runs it.",
  },
  "auth_failed/identity_untrusted": {
    what: "Something between this tablet and the proxy says who you are, and the proxy does not trust it.",
    kept: "Nothing was changed.",
    next: "Ask whoever runs the proxy: the reverse proxy is not in its list, or its secret is wrong.",
  },
  "auth_failed/rejected": { what: "The device did not accept user and password." },
  "auth_failed/new_password": {
    what: "The device did not accept any of the new passwords.",
    next: "Look at the device's rules for passwords, then connect again.",
  },
  "auth_failed/cancelled": { what: "The login was cancelled.", next: "Connect again when you are ready." },
  "auth_failed/sign_refused": {
    what: "This tablet refused to sign the login.",
    next: "Unlock the vault, and look at the reason that is shown.",
  },
  "invalid/range": { what: "This stretch of time, or so much at once, cannot be asked for." },
  "invalid/alert_rule": { what: "The rule is not complete or not possible.", kept: "The rules are as they were." },
  "invalid/snapshot_name": { what: "A snapshot needs a name of at most 80 characters." },
  "invalid/snapshot_unknown": { what: "This snapshot is no longer on this tablet." },
  "invalid/nothing_known": {
    what: "Nothing is known of this device yet.",
    next: "Open it and let telemetry read it once.",
  },
  "invalid/lookup": {
    what: "This is no address, prefix or MAC that can be looked up.",
    next: "Write it in full, as the device prints it.",
  },
  "invalid/no_telemetry": {
    what: "Telemetry does not run for this device.",
    next: "Start it, then try again.",
  },
  "invalid/ticket_in_use": {
    what: "This was asked already and is not answered yet.",
    next: "Wait for its answer, or cancel it.",
  },
  "invalid/no_table": { what: "The device gave no table.", next: "Look at its answer in the audit panel." },
  "invalid/no_such_command": { what: "This platform has no command for it." },
  "invalid/vault_locked": { what: "The vault is locked.", next: "Unlock it, then try again." },
  "invalid/vault_none": { what: "There is no vault on this tablet.", next: "Make one in Settings." },
  "invalid/vault_exists": { what: "This tablet has a vault already." },
  "invalid/vault_entry": { what: "The entry needs a name and a place where it may be used." },
  "invalid/vault_entry_gone": {
    what: "The entry is no longer in the vault: another tab removed it.",
    kept: "Nothing was stored.",
    next: "Add it as a new entry.",
  },
  "invalid/vault_full": { what: "The vault is full.", next: "Remove an entry that is not needed." },
  "invalid/vault_record": {
    what: "An entry of the vault cannot be read: it is damaged.",
    kept: "It was left as it is.",
    next: "Remove it, then try again.",
  },
  "invalid/login_moved": {
    what: "The list names another address, user or way for this device than its login on this tablet was chosen for.",
    kept: "The login is kept, and nothing of it was offered.",
    next: "If the device is really there now, say so in its settings; if nobody changed it, do not connect.",
  },
  "invalid/login_elsewhere": {
    what: "The login of this device is not bound to the address that was shown as the old one: it was changed meanwhile.",
    kept: "Nothing of it was moved.",
    next: "Look at the device's settings again, and decide by the addresses that they show now.",
  },
  "invalid/vault_unbound": {
    what: "This entry is not meant for this device, or not for the address and user that it has now.",
    next: "Change where it may be used, in Settings.",
  },
  "invalid/vault_file": {
    what: "This is not a vault file of this app, or it is damaged.",
    kept: "Nothing was imported.",
  },
  "invalid/passphrase_short": { what: "A passphrase has at least 10 characters.", next: "Type a longer one." },
  "invalid/passphrase_mismatch": { what: "The two do not match.", next: "Type the same in both fields." },
  "invalid/file_passphrase_wrong": {
    what: "The passphrase of the file is wrong.",
    kept: "Nothing was imported.",
    next: "Type the one that the file was exported with.",
  },
  "invalid/file_unreadable": {
    what: "The browser could not read the file.",
    kept: "Nothing was taken from it.",
    next: "Choose it again.",
  },
  "invalid/vault_file_large": {
    what: "The file is larger than 8 MiB, which no vault of this app is.",
    kept: "Nothing was imported.",
    next: "Choose the file that was exported here.",
  },
  "invalid/key_too_large": {
    what: "This is larger than 64 KiB, which no private key is.",
    kept: "Nothing was imported; what the form has is as it was.",
    next: "Choose the file of the key alone.",
  },
  "invalid/passphrase_wrong": {
    what: "The passphrase is wrong.",
    next: "Type it again; the wait grows with each try.",
  },
  "invalid/passkey_wrong": { what: "This passkey does not open the vault.", next: "Use the passphrase." },
  "invalid/passkey_unknown": { what: "The vault does not know this passkey.", next: "Use the passphrase." },
  "invalid/passkeys_many": { what: "The vault takes no more passkeys.", next: "Remove one that is not needed." },
  "invalid/erase_word": { what: "The word was not typed.", kept: "The vault is as it was." },
  "limit/vault_tries": { what: "Too many wrong tries; the next one has to wait.", kept: "The vault is as it was." },
  "limit/keys_many": { what: "This tablet keeps no more keys.", next: "Remove one that is not needed." },
  "invalid/key_unknown": { what: "This key is no longer on this tablet." },
  "invalid/key_text": {
    what: "This is not a private key.",
    next: "Choose the file that begins with “-----BEGIN … PRIVATE KEY-----”.",
  },
  "invalid/key_damaged": {
    what: "The key file is damaged, or its two halves do not belong together.",
    kept: "Nothing was imported.",
    next: "Copy it anew from where it came, or make a new key here.",
  },
  "invalid/key_public": {
    what: "This is the public half of a key.",
    next: "Choose the file without “.pub”: the private key stays on this tablet.",
  },
  "invalid/key_passphrase_needed": { what: "The key file is encrypted.", next: "Type its passphrase." },
  "invalid/key_passphrase_wrong": {
    what: "The key file's passphrase is wrong.",
    kept: "Nothing was imported; the text is still in the form.",
    next: "Type it again.",
  },
  "unsupported/key_putty": {
    what: "PuTTY's key files are not supported.",
    next: "Convert it: puttygen key.ppk -O private-openssh -o key",
  },
  "unsupported/key_ssh2_file": {
    what: "Key files of this SSH product are not supported.",
    next: "Convert it with that product to OpenSSH's format.",
  },
  "unsupported/key_certificate": {
    what: "Certificates are not supported.",
    next: "Import the private key that belongs to it, and log in with its public half.",
  },
  "unsupported/key_hardware": {
    what: "Keys on security keys (sk-) are not supported: a browser gives no access to them for SSH.",
    next: "Make a key here, or use another one.",
  },
  "unsupported/key_dsa": { what: "DSA keys are not supported: they are too weak.", next: "Make a new key." },
  "unsupported/key_type": {
    what: "Keys of this type are not supported.",
    next: "Use Ed25519, ECDSA (256, 384, 521) or RSA (2048 to 8192 bits).",
  },
  "unsupported/key_short": { what: "RSA keys below 2048 bits are not supported: they are too weak." },
  "unsupported/key_cipher": {
    what: "The key file is encrypted in a way that is not supported.",
    next: "Write it anew: ssh-keygen -p -f key",
  },
  "unsupported/key_rounds": {
    what: "The key file's passphrase takes too long to check.",
    next: "Write it anew with fewer rounds: ssh-keygen -p -a 24 -f key",
  },
  "unsupported/key_several": { what: "The file has more than one key.", next: "Import them one by one." },
  "unsupported/key_browser": {
    what: "This browser cannot use keys of this type.",
    next: "Use an ECDSA or RSA key, or a newer browser.",
  },
  "auth_failed/rate_limited": {
    what: "Too many failed logins at this device; it is left alone for a while.",
    next: "Wait a minute, then check user and password.",
  },
  "auth_failed/no_method": {
    what: "The device offers no way to log in for which there is a key or somebody to answer.",
    next:
      "Add a key for this device on this tablet, which knows nothing of those chosen on another one, allow password or " +
      "keyboard-interactive login on the device, or use another user.",
  },
  "channel_refused/shell": { what: "The device refused to open a shell." },
  "channel_refused/forward": {
    what: "The jump host forbids connections through it.",
    next: "Allow TCP forwarding for this user on the jump host, or use another one.",
  },
  "channel_refused/exec": { what: "The device refused to run the command." },
  "channel_refused/pty": { what: "The device refused to provide a terminal (PTY)." },
  "channel_refused/sessions": {
    what: "The device allows no further session.",
    next: "End a session on the device, then try again.",
  },
  "device_closed/idle": {
    what: "The device closed the connection after a time without input.",
    next: "Reconnect; a longer idle time can be set on the device.",
  },
  "device_closed/keepalive": { what: "The device stopped answering, and the connection was given up." },
  "device_misbehaved/greeting": { what: "The device sent a greeting or banners without end." },
  "device_misbehaved/prompts": { what: "The device asked more than any login needs." },
  "device_misbehaved/bad_signature": {
    what: "The device could not prove that it owns the host key it shows.",
    kept: "Nothing was stored, and no password was sent.",
    next: "Someone may be in between: check the path to the device.",
  },
  "device_misbehaved/window": { what: "The device sent more than it was allowed to." },
  "device_misbehaved/rekey": { what: "The device restarted the key exchange over and over." },
  "device_misbehaved/backlog": { what: "The device sends requests, but does not read the answers." },
  "device_misbehaved/protocol": { what: "The device sent a packet that is not valid SSH." },
  "limit/sessions": { what: "You have as many sessions open as the proxy allows." },
  "limit/connecting": { what: "Too many connections are being set up at once.", next: "Wait for one to finish." },
  "limit/rate": { what: "Too many attempts in a short time.", next: "Wait a minute, then try again." },
  "limit/renames": {
    what: "Paired devices were given too many names in a short time.",
    kept: "The name is as it was; sessions that are open go on.",
    next: "Wait a minute, then give the name again.",
  },
  "limit/memory": { what: "The proxy holds as much output for you as it may." },
  "limit/exec": { what: "A command is already running in this session.", next: "Wait for it to end." },
  "limit/output": { what: "The command gave more output than the proxy lets through." },
  "limit/time": { what: "The command ran longer than the proxy lets it." },
  "limit/keys": {
    what: "The proxy keeps no more settings of this kind for you.",
    next: "Remove one that is not needed.",
  },
  "limit/devices": { what: "The device list is full.", next: "Remove a device that is not needed." },
  "limit/pairings": {
    what: "As many pairing codes are open as the proxy allows.",
    kept: "Those that are open go on.",
    next: "Use one of them, or wait until they expire.",
  },
  "limit/rules": {
    what: "As many addresses were allowed by tap as the proxy keeps.",
    next: "Put them together as networks in the configuration file.",
  },
  "limit/audit": {
    what: "The proxy cannot write its audit log, and may not open sessions without it.",
    next: "Tell whoever runs the proxy.",
  },
  "unsupported/terminal_size": {
    what: "The terminal would be smaller or larger than devices accept.",
    next: "Change the font size or the layout.",
  },
  "unsupported/action": { what: "The proxy does not know this request." },
  "unsupported/transport": { what: "This session is not set up for single commands." },
  "unsupported/no_shell": { what: "This session has no shell to type into." },
  "invalid/id": { what: "The request has no id, so it could not be told from its repetition." },
  "invalid/too_large": { what: "The value is larger than the proxy stores." },
  "invalid/simulated": { what: "Simulated devices cannot be changed or removed." },
  "overloaded/draining": { what: "The proxy is shutting down and opens nothing new." },
  "overloaded/sessions": { what: "The proxy holds as many sessions as its memory allows." },
  "overloaded/memory": { what: "The proxy holds as much output as it may." },
};
