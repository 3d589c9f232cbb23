import { describe, expect, test } from "vitest";
import { cliDevice, type ExecDevice } from "#support/telemetry-devices.ts";
import { TelemetryDriver } from "#support/telemetry-driver.ts";
import { fixtures } from "#support/telemetry-fixtures.ts";
import type { Remembered } from "#telemetry/collector/events.ts";

const textOf = (command: string, kind = "ordinary"): string =>
  fixtures().find(({ meta, name }) => meta.command === command && name.endsWith(`/${kind}`))?.text ?? "";
const SUMMARY = textOf("show ip route summary json");
const SUMMARY6 = textOf("show ipv6 route summary json");

/** A router of FRRouting whose `show vrf` lists these. */
const frr =
  (vrfs: () => readonly string[], more: Record<string, string> = {}): ExecDevice =>
  (asked) => {
    const command = / vtysh -d \w+ -c '(.*)'$/.exec(asked)?.[1] ?? asked;
    if (more[command] !== undefined) return { stdout: more[command] };
    if (command === "show vrf") {
      const list = vrfs().map((name, index) => `vrf ${name} id ${index + 5} table ${index + 1_001}\n`);
      return { stdout: list.join("") };
    }
    const one = /^show (ip|ipv6) route (?:vrf (\S+) )?summary json$/.exec(command);
    if (one && one[2] !== "all") return { stdout: one[1] === "ip" ? SUMMARY : SUMMARY6 };
    return { stdout: `% Unknown command: ${command}\n`, code: 1 };
  };

function open(exec: ExecDevice, remembered: Remembered = { platform: "frr", transport: "exec" }): TelemetryDriver {
  const driver = new TelemetryDriver({ exec }, { remembered });
  driver.send({ type: "subscribe", panels: ["routing_table", "collector"], at: driver.now });
  driver.open("exec", "SSH-2.0-OpenSSH_9.2p1");
  return driver;
}

function rows(driver: TelemetryDriver): string[] {
  const reading = driver.readings.get("routing_table");
  return reading?.panel === "routing_table"
    ? (reading.data?.rows ?? []).map(({ vrf, afi }) => `${vrf} ${afi}`).toSorted()
    : [];
}

describe("routes of every VRF that the box lists", () => {
  test("FRRouting: each is asked, charged, shown, and one that goes away is asked no more", () => {
    let vrfs = ["red", "blue"];
    const driver = open(frr(() => vrfs));
    driver.run(30_000);
    expect(rows(driver)).toEqual(
      ["blue ipv4", "blue ipv6", "default ipv4", "default ipv6", "red ipv4", "red ipv6"].toSorted(),
    );
    expect(driver.readings.get("routing_table")).toMatchObject({ status: "ok" });
    const stats = driver.readings.get("collector");
    const commands = stats?.panel === "collector" ? (stats.data?.commands ?? []) : [];
    expect(commands).toContainEqual(
      expect.objectContaining({ command: "show ip route vrf red summary json", ok: 1, cost_ms: expect.any(Number) }),
    );
    vrfs = ["blue"];
    driver.run(310_000);
    const before = driver.execs.length;
    driver.run(200_000);
    expect(driver.execs.slice(before).filter((text) => text.includes("vrf red"))).toEqual([]);
    expect(rows(driver)).toEqual(["blue ipv4", "blue ipv6", "default ipv4", "default ipv6"]);
  });

  test("[T63] a VRF of the list is a name that a command may carry, and no other is", () => {
    const driver = open(frr(() => ["red"]));
    driver.run(20_000);
    const ask = (vrf: string): void =>
      driver.send({
        type: "ask",
        ticket: vrf,
        command: "lookup4",
        params: { VRF: vrf, IP: "192.0.2.1" },
        at: driver.now,
      });
    ask("red");
    ask("green");
    driver.run(5_000);
    expect(driver.execs).toContain("show ip route vrf red 192.0.2.1 json");
    expect(driver.execs.join("\n")).not.toContain("green");
    expect(driver.effects).toContainEqual(
      expect.objectContaining({ type: "answer", ticket: "green", outcome: "refused" }),
    );
  });

  test("of more than sixteen, and of names that no command may carry, the panel says that they are missing", () => {
    const many = Array.from({ length: 20 }, (_each, index) => `v${index + 1}`);
    const driver = open(frr(() => many));
    driver.run(200_000);
    const asked = new Set(driver.execs.flatMap((text) => /^show ip route vrf (\S+) summary/.exec(text)?.[1] ?? []));
    expect([...asked].toSorted()).toEqual(many.slice(0, 16).toSorted());
    expect(driver.readings.get("routing_table")).toMatchObject({
      status: "partial",
      hint: expect.stringContaining("4 VRFs are not asked for (v17, v18, v19 and so on)"),
    });
    const odd = open(frr(() => ["a'b", "red"]));
    odd.run(30_000);
    expect(odd.execs.join("\n")).not.toContain("a'b");
    expect(odd.readings.get("routing_table")).toMatchObject({
      status: "partial",
      hint: expect.stringContaining("1 VRFs are not asked for (a'b)"),
    });
  });

  test("[T64] where one answer has all VRFs none is asked by itself", () => {
    const all = (family: string): Record<string, string> => ({
      [`show ${family} route vrf all summary json`]: `{"default":${family === "ip" ? SUMMARY : SUMMARY6},"red":${family === "ip" ? SUMMARY : SUMMARY6}}`,
    });
    const remembered: Remembered = { platform: "frr", transport: "exec", os_version: "10.1" };
    const driver = open(
      frr(() => ["red"], { ...all("ip"), ...all("ipv6") }),
      remembered,
    );
    driver.run(200_000);
    expect(driver.execs.filter((text) => text.includes("vrf red"))).toEqual([]);
    expect(rows(driver)).toEqual(["default ipv4", "default ipv6", "red ipv4", "red ipv6"]);
    expect(driver.readings.get("routing_table")).toMatchObject({ status: "ok" });
  });

  test("a Linux login with vtysh asks for each as well", () => {
    const driver = open(
      frr(() => ["red"]),
      { platform: "linux", beside: "frr", transport: "exec" },
    );
    driver.run(30_000);
    expect(rows(driver)).toEqual(["default ipv4", "default ipv6", "red ipv4", "red ipv6"]);
  });

  test("IOS: names from `show vrf`, the box's own tables left out", () => {
    const answers: Record<string, string> = {
      "show version": "Cisco IOS Software, Example (EX-M), Version 15.2(4)E, RELEASE SOFTWARE\nsw1 uptime is 1 day\n",
    };
    const summary = textOf("show ip route summary");
    for (const name of ["", "vrf blue ", "vrf red ", "vrf spare "])
      answers[`show ip route ${name}summary`] = summary.replace(
        /table name is \S+/,
        `table name is ${name === "" ? "default" : name.trim().slice(4)}`,
      );
    answers["show vrf"] =
      fixtures().find(({ name }) => name === "cisco_ios/show-vrf/ordinary")?.text ?? "no such fixture";
    const driver = new TelemetryDriver({ shell: () => cliDevice({ prompt: "sw1#", answers }) });
    driver.send({ type: "subscribe", panels: ["routing_table"], at: driver.now });
    driver.open("shell_pty");
    driver.run(60_000);
    expect(driver.written.filter((text) => text.startsWith("show ip route"))).toEqual([
      "show ip route summary",
      "show ip route vrf blue summary",
      "show ip route vrf red summary",
      "show ip route vrf spare summary",
    ]);
    expect(rows(driver)).toEqual(["blue ipv4", "default ipv4", "red ipv4", "spare ipv4"]);
  });
});
