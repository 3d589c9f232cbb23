import { describe, expect, it } from "vitest";
import { hasMask, SECRET_MARK as M, maskSecrets } from "#terminal/secret-mask.ts";

describe("[U49] secrets in kept lines", () => {
  it.each([
    ["username admin password hunter2", `username admin password ${M}`],
    ["username admin privilege 15 secret 9 $9$abc", `username admin privilege 15 secret 9 ${M}`],
    ["enable secret level 15 5 hunter2", `enable secret level 15 5 ${M}`],
    ["enable password hunter2", `enable password ${M}`],
    ["key-string 7 0822455D0A16", `key-string 7 ${M}`],
    ["snmp-server community public RO", `snmp-server community ${M} RO`],
    ["set snmp community s3cret authorization read-only", `set snmp community ${M} authorization read-only`],
    ["crypto isakmp key abc123 address 1.2.3.4", `crypto isakmp key ${M} address 1.2.3.4`],
    [
      "set security ike policy p pre-shared-key ascii-text abc",
      `set security ike policy p pre-shared-key ascii-text ${M}`,
    ],
    ["ip ospf authentication-key abc", `ip ospf authentication-key ${M}`],
    ["ip ospf message-digest-key 1 md5 abc", `ip ospf message-digest-key 1 md5 ${M}`],
    ["neighbor 10.0.0.1 password 7 abc", `neighbor 10.0.0.1 password 7 ${M}`],
    ["tacacs-server host 10.0.0.5 key 7 abc", `tacacs-server host 10.0.0.5 key 7 ${M}`],
    ["radius-server key abc", `radius-server key ${M}`],
    [
      'set system login user x authentication plaintext-password "a b"',
      `set system login user x authentication plaintext-password ${M}`,
    ],
    ["mysql --password=abc -h x", `mysql --password=${M} -h x`],
    ["export API_TOKEN=abc", `export API_TOKEN=${M}`],
    ["/user set admin password=abc", `/user set admin password=${M}`],
  ])("%s", (line, masked) => {
    expect(maskSecrets(line)).toEqual({ line: masked, masked: true });
    expect(hasMask(masked)).toBe(true);
  });
  it.each([
    "show running-config",
    "no service password-encryption",
    "show ip bgp community 65000:1",
    "set community-list",
  ])("%s stays, or loses nothing but a value", (line) => {
    const { line: kept } = maskSecrets(line);
    expect(kept.startsWith(line.split(" ").slice(0, 2).join(" "))).toBe(true);
  });
  it("is stable: masking twice changes nothing more", () => {
    const once = maskSecrets("username a password b").line;
    expect(maskSecrets(once)).toEqual({ line: once, masked: false });
  });
});
