import { describe, expect, it } from "vitest";
import { portOfWord, wordKind } from "#telemetry/knowledge/word-kinds.ts";

describe("[T63] words that can be looked up", () => {
  it("are addresses, prefixes and MACs in any usual form, and nothing else", () => {
    expect(wordKind(" 10.0.0.1 ")).toEqual({ kind: "ipv4", value: "10.0.0.1" });
    expect(wordKind("2001:DB8:0::1")).toEqual({ kind: "ipv6", value: "2001:db8::1" });
    expect(wordKind("10.0.0.0/8")).toEqual({ kind: "prefix", value: "10.0.0.0/8" });
    for (const mac of ["0011.2233.4455", "00:11:22:33:44:55", "00-11-22-33-44-55"])
      expect(wordKind(mac)).toEqual({ kind: "mac", value: "00:11:22:33:44:55" });
    for (const none of ["", "Gi1/0/1", "300.1.1.1", "10.0.0", "fe80::1%eth0", "show ip route", "12:30:45"])
      expect(wordKind(none)).toBeUndefined();
  });

  it("are found with the signs that output puts around them", () => {
    expect(wordKind("(10.0.0.1),")).toEqual({ kind: "ipv4", value: "10.0.0.1" });
    expect(wordKind("10.0.0.1.")).toEqual({ kind: "ipv4", value: "10.0.0.1" });
    expect(wordKind("2001:db8::")).toEqual({ kind: "ipv6", value: "2001:db8::" });
  });
});

describe("[T24] words that name a port", () => {
  const ports = [{ name: "GigabitEthernet1/0/1", short: "Gi1/0/1" }, { name: "eth0" }];
  it("by long or short name, whole words only", () => {
    expect(portOfWord("gi1/0/1,", ports)).toBe("GigabitEthernet1/0/1");
    expect(portOfWord("eth0:", ports)).toBe("eth0");
    for (const none of ["", "eth", "Gi1/0/11"]) expect(portOfWord(none, ports)).toBeUndefined();
  });
});
