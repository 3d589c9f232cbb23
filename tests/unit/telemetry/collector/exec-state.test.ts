import { describe, expect, test } from "vitest";
import { execSession, linux, vtysh } from "#support/exec-devices.ts";
import { cliDevice } from "#support/telemetry-devices.ts";
import { TelemetryDriver } from "#support/telemetry-driver.ts";
import type { PanelId } from "#telemetry/knowledge/panel-data.ts";

const reading = (driver: TelemetryDriver, panel: PanelId): unknown => driver.readings.get(panel);

describe("what a person sees of the state", () => {
  const ready = (panels: PanelId[] = ["bgp", "cpu"]): TelemetryDriver => {
    const driver = execSession(vtysh, panels);
    driver.open("exec", "SSH-2.0-OpenSSH_9.2p1");
    driver.run(10_000);
    return driver;
  };

  test("[T61] pause: nothing more is sent, the panels are stale; going on resumes", () => {
    const driver = ready();
    driver.send({ type: "pause", at: driver.now });
    const sent = driver.execs.length;
    driver.run(120_000);
    expect(driver.execs.length).toBe(sent);
    expect(reading(driver, "bgp")).toMatchObject({ status: "stale", reason: "paused" });
    driver.send({ type: "continue", at: driver.now });
    driver.run(5_000);
    expect(reading(driver, "bgp")).toMatchObject({ status: "ok" });
  });

  test("[T28] a lost link makes panels stale with their data; seq grows by one each", () => {
    const driver = ready();
    const data = driver.readings.get("bgp")?.data;
    driver.send({ type: "suspended", at: driver.now });
    expect(reading(driver, "bgp")).toMatchObject({ status: "stale", reason: "suspended", data });
    const seqs = driver.effects.flatMap((effect) => (effect.type === "reading" ? [effect.update.seq] : []));
    expect(seqs).toEqual(seqs.map((_each, index) => index + 1));
  });

  test("[T50] after a gap the running command is discarded and asked again", () => {
    const driver = execSession(vtysh, ["bgp"]);
    driver.execMs = (command) => (command.startsWith("show bgp") ? 4_000 : 40);
    driver.open("exec", "SSH-2.0-OpenSSH_9.2p1");
    driver.run(1_000);
    expect(driver.execs.at(-1)).toBe("show bgp vrf all summary json");
    driver.send({ type: "gap", at: driver.now });
    expect(reading(driver, "bgp")).toMatchObject({ status: "error", reason: "gap" });
    driver.execMs = () => 40;
    // At once, not when its interval is over.
    driver.run(6_000);
    expect(reading(driver, "bgp")).toMatchObject({ status: "ok" });
  });

  test("[T50] [WP19] a refresh that a gap interrupted is asked again, as it was asked for", () => {
    const driver = ready(["bgp"]);
    driver.execMs = () => 4_000;
    driver.send({ type: "refresh", panel: "bgp", at: driver.now });
    driver.run(1_000);
    const before = driver.execs.length;
    driver.send({ type: "gap", at: driver.now });
    driver.execMs = () => 40;
    driver.run(6_000);
    expect(driver.execs.slice(before)).toContain(driver.execs[before - 1]);
    expect(reading(driver, "bgp")).toMatchObject({ status: "ok" });
  });

  test("[T50] a command goes on through a link that is away for longer than any of its limits, and fills its panel", () => {
    const driver = execSession(vtysh, ["bgp"]);
    driver.execMs = (command) => (command.startsWith("show bgp") ? 200_000 : 40);
    driver.open("exec", "SSH-2.0-OpenSSH_9.2p1");
    driver.run(1_000);
    expect(driver.execs.at(-1)).toBe("show bgp vrf all summary json");
    const runs = driver.execs.length;
    driver.send({ type: "suspended", at: driver.now });
    driver.run(198_500);
    driver.send({ type: "wake", at: driver.now });
    driver.send({ type: "resumed", at: driver.now });
    driver.run(3_000);
    expect(driver.execs).toHaveLength(runs);
    expect(driver.effects.filter(({ type }) => type === "exec_cancel")).toEqual([]);
    expect(reading(driver, "bgp")).toMatchObject({ status: "ok" });
  });

  test("[T58] a panel that nobody sees is not polled", () => {
    const driver = ready(["bgp", "ospf"]);
    driver.send({ type: "subscribe", panels: ["ospf"], at: driver.now });
    const before = driver.execs.length;
    driver.run(120_000);
    const later = driver.execs.slice(before);
    expect(later.some((command) => command.startsWith("show bgp"))).toBe(false);
    expect(later.some((command) => command.startsWith("show ip ospf"))).toBe(true);
  });

  test("a refresh asks at once, also what was refused before", () => {
    const driver = ready(["bgp"]);
    const before = driver.execs.length;
    driver.send({ type: "refresh", panel: "bgp", at: driver.now });
    driver.run(1_000);
    expect(driver.execs.slice(before)).toEqual(["show bgp vrf all summary json"]);
  });

  test("[T77] a long table stays in the worker; windows of it are sorted and filtered", () => {
    const neigh = JSON.stringify(
      Array.from({ length: 10_000 }, (_each, index) => ({
        dst: `10.0.${Math.floor(index / 250)}.${index % 250}`,
        dev: `eth${index % 3}`,
        lladdr: "02:00:5e:00:00:01",
        state: ["REACHABLE"],
      })),
    );
    const driver = execSession(
      linux((command) => (command.includes("ip -j neigh") ? { stdout: `${neigh}\n` } : undefined)),
      ["arp"],
    );
    driver.open("exec", "SSH-2.0-OpenSSH_9.2p1");
    driver.run(10_000);
    expect(driver.readings.get("arp")?.data).toEqual({ count: 10_000, incomplete: 0, row_count: 10_000 });
    const window = driver.collector.tableWindow(
      "arp",
      "rows",
      { sort: { field: "ip", descending: true }, filter: "eth1", offset: 1, limit: 2 },
      driver.now,
    );
    expect(window.total).toBe(3_333);
    expect(window.rows.map((row) => row.ip)).toEqual(["10.0.39.244", "10.0.39.241"]);
  });

  test("[T55] a busy processor throttles telemetry, a calm one frees it", () => {
    let busy = 95;
    const driver = new TelemetryDriver(
      {
        shell: () =>
          cliDevice({
            prompt: "sw1#",
            answers: {
              "show processes cpu | include CPU utilization": () =>
                `CPU utilization for five seconds: ${busy}%/0%; one minute: ${busy}%; five minutes: 50%\n`,
              "show users":
                "    Line       User       Host(s)              Idle       Location\n*  1 vty 0     netops     idle                 00:00:00 192.0.2.50\n",
            },
          }),
      },
      { platform: "cisco_ios" },
    );
    driver.send({ type: "subscribe", panels: ["cpu", "users", "collector"], at: driver.now });
    driver.open("shell_pty");
    driver.run(20_000);
    expect(reading(driver, "collector")).toMatchObject({ data: { guard: "throttled", cpu_before_pct: 95 } });
    const before = driver.written.filter((text) => text === "show users").length;
    driver.run(240_000);
    expect(driver.written.filter((text) => text === "show users").length).toBe(before);
    busy = 20;
    driver.run(400_000);
    expect(reading(driver, "collector")).toMatchObject({ data: { guard: "normal", cpu_now_pct: 20 } });
    expect(driver.written.filter((text) => text === "show users").length).toBeGreaterThan(before);
  });

  test("[T10] the same events give the same effects", () => {
    const [first, second] = [ready(), ready()].map((driver) => JSON.stringify(driver.effects));
    expect(first).toBe(second);
  });
});
