import { describe, expect, test } from "vitest";
import type { ExecAnswer } from "#support/telemetry-devices.ts";
import { TelemetryDriver } from "#support/telemetry-driver.ts";
import { settleNames } from "#telemetry/collector/names.ts";
import type { Fragment, ParseResult } from "#telemetry/parsers/result.ts";
import { packs } from "#telemetry/platforms/packs.ts";

const trace = {
  parser: "x",
  version: 1,
  attempts: [],
  lines: 3,
  consumed: 3,
  unparsed: { count: 0, samples: [] },
  rows: 3,
  dropped: 0,
  notes: [],
};
const settle = (data: Fragment, known: string[], form = "text"): ParseResult & { ok: true } =>
  settleNames({ ok: true, data, trace }, packs.cisco_ios, { form, known: () => new Set(known) });
const port = (name: string): { name: string } => ({ name });

describe("[T22] names that the device cut off", () => {
  const rows = [port("GigabitEthernet1/0/1..."), port("Vlan10"), port("TenGigabitEthernet1/1~")];

  test("are matched where exactly one known name begins so; else their row is dropped and counted", () => {
    const known = ["GigabitEthernet1/0/10", "TenGigabitEthernet1/1/1", "TenGigabitEthernet1/1/2"];
    const { data, trace: said } = settle({ ifstate: { rows, row_count: 3 } }, known);
    expect(data.ifstate).toEqual({ rows: [port("GigabitEthernet1/0/10"), port("Vlan10")], row_count: 2 });
    expect(said).toMatchObject({ dropped: 1, notes: ["name_cut_off"] });
    expect(trace.dropped).toBe(0);
  });

  test("nothing is guessed: no known name, a whole name that begins another, and answers that have no columns", () => {
    expect(settle({ ifstate: { rows, row_count: 3 } }, []).data.ifstate).toEqual({
      rows: [port("Vlan10")],
      row_count: 1,
    });
    const whole = { ifstate: { rows: [port("GigabitEthernet1/0/1")], row_count: 1 } };
    expect(settle(whole, ["GigabitEthernet1/0/10"]).data).toEqual(whole);
    const json = { ifstate: { rows, row_count: 3 } };
    expect(settle(json, ["GigabitEthernet1/0/10"], "json").data).toEqual(json);
  });

  test("local interfaces of neighbours are the box's own names, too; those of the other side are not", () => {
    const far = { proto: "cdp" as const, chassis_id: "a", remote_if: "Gi0/1..." };
    const { data } = settle({ neighbors: { rows: [{ ...far, local_if: "Vlan1..." }], row_count: 1 } }, [
      "Vlan10",
      "Gi0/10",
    ]);
    expect(data.neighbors?.rows).toEqual([{ ...far, local_if: "Vlan10" }]);
  });
});

describe("[T24] what the platform keeps for itself", () => {
  test("is marked hidden, in state and counters, and not dropped", () => {
    const link = (name: string): string =>
      `{"ifname":"${name}","flags":["UP","LOWER_UP"],"mtu":1500,"operstate":"UP","stats64":{"rx":{"bytes":1000,"packets":1},"tx":{"bytes":1000,"packets":1}}}`;
    const exec = (command: string): ExecAnswer => {
      const inner = / sh -c '(.*)'$/.exec(command)?.[1] ?? command;
      if (inner === "ip -j -d link" || inner === "ip -j -s -s link")
        return { stdout: `[${["eth0", "sit0", "pimreg", "gre01", "sit0x"].map(link).join(",")}]\n` };
      return { stderr: "sh: 1: x: not found\n", code: 127 };
    };
    const driver = new TelemetryDriver({ exec }, { remembered: { platform: "linux", transport: "exec" } });
    driver.send({ type: "subscribe", panels: ["ifstate", "ifcounters"], at: driver.now });
    driver.open("exec", "SSH-2.0-OpenSSH_9.2p1");
    driver.run(20_000);
    for (const panel of ["ifstate", "ifcounters"] as const) {
      const reading = driver.readings.get(panel);
      const rows = reading?.panel === "ifstate" || reading?.panel === "ifcounters" ? (reading.data?.rows ?? []) : [];
      expect(rows.map(({ name, hidden }) => [name, hidden === true])).toEqual([
        ["eth0", false],
        ["gre01", false],
        ["pimreg", true],
        ["sit0", true],
        ["sit0x", false],
      ]);
    }
  });

  test("no pack hides a port that a cable goes into", () => {
    for (const { interfaces } of Object.values(packs))
      for (const name of ["eth0", "ens192", "bond0", "GigabitEthernet1/0/1", "Vlan1", "Port-channel1", "lo", "vrf-a"])
        expect([name, interfaces.hide.some((re) => new RegExp(re).test(name))]).toEqual([name, false]);
  });
});
