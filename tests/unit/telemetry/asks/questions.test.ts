import { describe, expect, it } from "vitest";
import { lookupQuestions, portQuestions, tableBytes, tableQuestions } from "#telemetry/asks/questions.ts";
import { packs } from "#telemetry/platforms/packs.ts";

const { cisco_ios: ios, frr, linux, unknown } = packs;

describe("lookups", () => {
  it("[T63] ask what the platform has for the family of the address, the plain way first", () => {
    expect(lookupQuestions(ios, "route", "10.1.2.3")).toEqual({
      ok: true,
      questions: [
        { command: "lookup4", params: { IP: "10.1.2.3" } },
        { command: "cef4", params: { IP: "10.1.2.3" } },
      ],
    });
    expect(lookupQuestions(ios, "route", "10.1.2.3", "blue")).toEqual({
      ok: true,
      questions: [
        { command: "lookup4_vrf", params: { IP: "10.1.2.3", VRF: "blue" } },
        { command: "cef4_vrf", params: { IP: "10.1.2.3", VRF: "blue" } },
      ],
    });
    expect(lookupQuestions(ios, "route", "2001:DB8::1")).toEqual({
      ok: true,
      questions: [{ command: "lookup6", params: { IP: "2001:db8::1" } }],
    });
    expect(lookupQuestions(frr, "route", "10.0.0.1")).toEqual({
      ok: true,
      questions: [{ command: "lookup4", params: { IP: "10.0.0.1", VRF: "default" } }],
    });
    expect(lookupQuestions(linux, "route", "2001:db8::1")).toMatchObject({
      ok: true,
      questions: [{ command: "route_get" }, { command: "route_match" }],
    });
  });

  it("a prefix is looked up by its address; MACs in any usual form", () => {
    expect(lookupQuestions(linux, "address", " 10.1.0.0/16 ")).toMatchObject({
      ok: true,
      questions: [{ params: { IP: "10.1.0.0" } }],
    });
    for (const mac of ["0011.2233.4455", "00:11:22:33:44:55", "00-11-22-33-44-55"])
      expect(lookupQuestions(ios, "mac", mac)).toMatchObject({
        ok: true,
        questions: [{ command: "mac_find", params: { MAC: "0011.2233.4455" } }],
      });
    expect(lookupQuestions(linux, "mac", "0011.2233.4455")).toMatchObject({
      questions: [{ command: "mac_find", params: { MAC: "00:11:22:33:44:55" } }],
    });
  });

  it("nonsense is refused, and so is what the platform has no command for", () => {
    for (const text of ["", "300.1.1.1", "eth0", "10.0.0.1; reboot", "::g"])
      expect(lookupQuestions(linux, "route", text)).toEqual({ ok: false, why: "lookup" });
    expect(lookupQuestions(frr, "mac", "0011.2233.4455")).toEqual({ ok: false, why: "no_such_command" });
    expect(lookupQuestions(unknown, "route", "10.0.0.1")).toEqual({ ok: false, why: "no_such_command" });
  });
});

describe("full tables", () => {
  it("[T77] are asked for in the form that the pack calls full", () => {
    expect(tableQuestions(frr, "routes")).toEqual({
      ok: true,
      questions: [
        { command: "routes4_all", params: { VRF: "default" } },
        { command: "routes6_all", params: { VRF: "default" } },
      ],
    });
    expect(tableQuestions(ios, "routes")).toMatchObject({ questions: [{ command: "routes4_all", params: {} }] });
    expect(tableQuestions(ios, "routes", "blue")).toMatchObject({
      questions: [{ command: "routes4_all_vrf", params: { VRF: "blue" } }],
    });
    expect(tableQuestions(linux, "mac")).toMatchObject({ questions: [{ command: "mac_all" }] });
    expect(tableQuestions(frr, "arp")).toEqual({ ok: false, why: "no_such_command" });
  });

  it("[T77] [V] an FRR route takes 142 bytes as text", () => {
    expect(tableBytes("routes", 100_000)).toBe(14_200_000);
    expect(tableBytes("routes", undefined)).toBeUndefined();
  });
});

describe("port cards", () => {
  it("[T88] ask for optics, power and addresses of the one port, with commands that take nothing but a port", () => {
    const { questions, gaps } = portQuestions(ios, "GigabitEthernet1/0/1");
    expect(questions.map(({ panel, command }) => [panel, command])).toEqual([
      ["optics", "optics_port"],
      ["poe", "poe"],
      ["mac_table", "mac_port"],
    ]);
    for (const { params } of questions) expect(params).toEqual({ IF: "GigabitEthernet1/0/1" });
    expect(gaps).toEqual([]);
  });

  it("[T76] say what a platform has no command for, with its reason", () => {
    const { questions, gaps } = portQuestions(linux, "eth0");
    expect(questions.map(({ command }) => command)).toEqual(["optics", "mac_port"]);
    expect(gaps).toEqual([{ panel: "poe", why: linux.unsupported.poe }]);
    expect(portQuestions(unknown, "eth0").questions).toEqual([]);
  });
});
