import * as fc from "fast-check";
import { describe, expect, test } from "vitest";
import { cliDevice, type ExecAnswer } from "#support/telemetry-devices.ts";
import { TelemetryDriver } from "#support/telemetry-driver.ts";
import { mergeFragments } from "#telemetry/collector/merge.ts";
import type { IfStateRow } from "#telemetry/knowledge/panel-data.ts";

const rowOf = (driver: TelemetryDriver, name: string): IfStateRow | undefined => {
  const reading = driver.readings.get("ifstate");
  return reading?.panel === "ifstate" ? reading.data?.rows?.find((row) => row.name === name) : undefined;
};

describe("the state of a pinned port is that of the fresher answer", () => {
  const all = {
    ifstate: { rows: [{ name: "a", oper: "down", reason: "notconnect", vlan: "7" }, { name: "b" }], row_count: 2 },
  };
  const one = { ifstate: { rows: [{ name: "a", oper: "up", speed_bps: 10 }], row_count: 1 } };
  type Rows = { ifstate: { rows: IfStateRow[]; row_count: number } };
  const merge = (allTs: number, oneTs: number, isOneFirst: boolean): IfStateRow[] | undefined => {
    const parts = [
      { fragment: all as Rows, ts: allTs, pinned: false },
      { fragment: one as Rows, ts: oneTs, pinned: true },
    ];
    if (isOneFirst) parts.reverse();
    return mergeFragments(
      "ifstate",
      parts.map(({ fragment }) => fragment),
      parts,
    )?.data.rows;
  };

  test("whichever the pack names first: state and cause of one time, the rest from both", () => {
    for (const first of [true, false]) {
      expect(merge(1, 2, first)).toEqual([{ name: "a", oper: "up", speed_bps: 10, vlan: "7" }, { name: "b" }]);
      expect(merge(2, 1, first)).toEqual([
        { name: "a", oper: "down", reason: "notconnect", speed_bps: 10, vlan: "7" },
        { name: "b" },
      ]);
    }
  });

  test("without a pinned port the pack's order decides, whatever the times are", () => {
    fc.assert(
      fc.property(fc.array(fc.nat(100), { minLength: 3, maxLength: 3 }), (ts) => {
        const parts = ts.map((at, index) => ({
          fragment: {
            ifstate: { rows: [{ name: "a", mtu: index, ...(index > 0 ? { speed_bps: index } : {}) }], row_count: 1 },
          },
          ts: at,
          pinned: false,
        }));
        const merged = mergeFragments(
          "ifstate",
          parts.map(({ fragment }) => fragment),
          parts,
        );
        expect(merged?.data.rows).toEqual([{ name: "a", mtu: 0, speed_bps: 1 }]);
      }),
    );
  });

  test("IOS: a pinned port that goes down is down within seconds, and the table does not bring it back", () => {
    const status = (oper: string): string =>
      `Port      Name               Status       Vlan       Duplex  Speed Type\nGi0/1                        ${oper.padEnd(12)} 7          a-full a-1000 10/100/1000BaseTX\n`;
    const port = (word: string): string =>
      `GigabitEthernet0/1 is ${word}, line protocol is ${word} (${word === "up" ? "connected" : "notconnect"})\n  Hardware is Gigabit Ethernet, address is 0000.5e00.5301 (bia 0000.5e00.5301)\n  MTU 1500 bytes, BW 1000000 Kbit/sec, DLY 10 usec,\n     10 packets input, 1000 bytes, 0 no buffer\n     10 packets output, 1000 bytes, 0 underruns\n`;
    let up = true;
    const driver = new TelemetryDriver({
      shell: () =>
        cliDevice({
          prompt: "sw1#",
          answers: {
            "show version":
              "Cisco IOS Software, Example (EX-M), Version 15.2(4)E, RELEASE SOFTWARE\nsw1 uptime is 1 day\n",
            "show interfaces status": () => status(up ? "connected" : "notconnect"),
            "show interfaces GigabitEthernet0/1": () => port(up ? "up" : "down"),
          },
        }),
    });
    driver.send({ type: "subscribe", panels: ["ifstate", "traffic"], at: driver.now });
    driver.send({ type: "pin", interfaces: ["GigabitEthernet0/1"], at: driver.now });
    driver.open("shell_pty");
    driver.run(100_000);
    expect(rowOf(driver, "GigabitEthernet0/1")).toMatchObject({ oper: "up", vlan: "7" });
    expect(driver.readings.get("ifstate")).toMatchObject({ status: "ok", interval_ms: 30_000 });
    up = false;
    const seen: (string | undefined)[] = [];
    for (let second = 0; second < 60; second++) {
      driver.run(1_000);
      seen.push(rowOf(driver, "GigabitEthernet0/1")?.oper);
    }
    const first = seen.indexOf("down");
    expect(first).toBeGreaterThanOrEqual(0);
    expect(first).toBeLessThanOrEqual(8);
    expect(seen.slice(first)).not.toContain("up");
    // No longer pinned, it is read like the others.
    driver.send({ type: "pin", interfaces: [], at: driver.now });
    up = true;
    driver.run(70_000);
    const row = rowOf(driver, "GigabitEthernet0/1");
    expect(row).toMatchObject({ oper: "up" });
    expect(row).not.toHaveProperty("reason");
  });

  test("Linux: the counters of the pinned port say whether it is up; when they fail the panel is none the worse", () => {
    let up = true;
    let fails = false;
    const link = (): string =>
      `[{"ifindex":2,"ifname":"eth0","flags":["BROADCAST","MULTICAST","UP"${up ? ',"LOWER_UP"' : ""}],"mtu":1500,"operstate":"${up ? "UP" : "DOWN"}","stats64":{"rx":{"bytes":1000,"packets":1},"tx":{"bytes":1000,"packets":1}}}]\n`;
    let before = link();
    const exec = (command: string): ExecAnswer => {
      const inner = / sh -c '(.*)'$/.exec(command)?.[1] ?? command;
      if (inner === "ip -j -d link" || inner === "ip -j -s -s link") return { stdout: before };
      if (inner === "ip -j -s -s link show dev eth0") return fails ? { stdout: "[{", code: 1 } : { stdout: link() };
      return { stderr: "sh: 1: x: not found\n", code: 127 };
    };
    const driver = new TelemetryDriver({ exec }, { remembered: { platform: "linux", transport: "exec" } });
    driver.send({ type: "subscribe", panels: ["ifstate", "traffic"], at: driver.now });
    driver.send({ type: "pin", interfaces: ["eth0"], at: driver.now });
    driver.open("exec", "SSH-2.0-OpenSSH_9.2p1");
    driver.run(60_000);
    expect(rowOf(driver, "eth0")).toMatchObject({ oper: "up" });
    up = false;
    driver.run(7_000);
    expect(rowOf(driver, "eth0")).toMatchObject({ oper: "down", mtu: 1500 });
    before = link();
    fails = true;
    driver.run(70_000);
    expect(driver.readings.get("ifstate")).toMatchObject({ status: "ok" });
    expect(rowOf(driver, "eth0")).toMatchObject({ oper: "down" });
  });
});
