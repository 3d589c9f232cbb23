import { describe, expect, test } from "vitest";
import { execSession, LINUX_ANSWERS, linux, vtysh } from "#support/exec-devices.ts";
import type { ExecAnswer } from "#support/telemetry-devices.ts";
import type { TelemetryDriver } from "#support/telemetry-driver.ts";
import type { PanelId } from "#telemetry/knowledge/panel-data.ts";

const reading = (driver: TelemetryDriver, panel: PanelId): unknown => driver.readings.get(panel);

describe("Linux", () => {
  test("[T20] the first sample of the processor gives no percentage, the second does", () => {
    let ticks = 0;
    const stat = (): ExecAnswer => {
      ticks += 100;
      return {
        stdout: `cpu  ${1_000 + ticks * 3} 0 ${500 + ticks} ${9_000 + ticks * 4} 0 0 0 0 0 0\ncpu0 ${1_000 + ticks * 3} 0 ${500 + ticks} ${9_000 + ticks * 4} 0 0 0 0 0 0\nbtime 1\n0.10 0.20 0.30 1/100 4242\n`,
      };
    };
    const driver = execSession(
      linux((command) => (command.includes("/proc/stat") ? stat() : undefined)),
      ["cpu"],
    );
    driver.open("exec", "SSH-2.0-OpenSSH_9.2p1");
    const samples = (): number => driver.execs.filter((command) => command.includes("/proc/stat")).length;
    while (samples() < 1 || !driver.readings.get("cpu")?.data) driver.run(100);
    expect(driver.readings.get("cpu")?.data).toEqual({ load1: 0.1, load5: 0.2, load15: 0.3, cores: [{ id: "0" }] });
    // The second sample does not wait for the interval; the third does.
    driver.run(5_000);
    expect(samples()).toBe(2);
    driver.run(24_000);
    expect(samples()).toBe(2);
    expect(driver.readings.get("cpu")?.data).toMatchObject({
      busy_pct: 50,
      user_pct: 37.5,
      system_pct: 12.5,
      cores: [{ id: "0", busy_pct: 50 }],
    });
  });

  test("[T15] [T16] rates between two samples, a gap across a resume and a reset, never a spike", () => {
    let octets = 1_000n;
    const link = (): ExecAnswer => ({
      stdout: JSON.stringify([
        {
          ifname: "eth0",
          flags: ["UP", "LOWER_UP"],
          stats64: { rx: { bytes: "OCTETS", packets: 1 }, tx: { bytes: 5, packets: 1 } },
        },
      ]).replace('"OCTETS"', octets.toString()),
    });
    const driver = execSession(
      linux((command) => (command.includes("ip -j -s -s link'") ? link() : undefined)),
      ["ifcounters"],
    );
    const row = (): { in_octets?: string; in_bps?: number; trend?: { in_bps?: number; gap?: true }[] } | undefined => {
      const found = driver.readings.get("ifcounters");
      return found?.panel === "ifcounters" ? found.data?.rows?.[0] : undefined;
    };
    driver.open("exec", "SSH-2.0-OpenSSH_9.2p1");
    driver.run(2_000);
    expect(row()).toMatchObject({ in_octets: "1000" });
    expect(row()).not.toHaveProperty("in_bps");
    // [T20] The first rate does not wait for the interval; later ones do.
    driver.run(3_000);
    expect(row()).toMatchObject({ in_bps: 0 });
    octets += 3_000_000n;
    driver.run(30_000);
    expect(row()).toMatchObject({ in_octets: "3001000", in_bps: 800_000 });
    driver.send({ type: "suspended", at: driver.now });
    octets += 3_000_000_000n;
    driver.send({ type: "resumed", at: driver.now });
    driver.run(29_000);
    expect(row()).not.toHaveProperty("in_bps");
    driver.run(4_000);
    octets = 5n;
    driver.run(30_000);
    expect(row()).not.toHaveProperty("in_bps");
    driver.run(4_000);
    octets += 30_000n;
    driver.run(30_000);
    expect(row()).toMatchObject({ in_octets: "30005", in_bps: 8_000 });
    const trend = row()?.trend ?? [];
    expect([...new Set(trend.map(({ in_bps }) => in_bps))]).toEqual([0, 800_000, 8_000]);
    expect(trend.filter(({ gap }) => gap)).toHaveLength(2);
  });

  test("[T63] a pinned port is polled fast once a reading has shown it", () => {
    const driver = execSession(
      linux((command) =>
        command.includes("link show dev mgmt0") ? { stdout: LINUX_ANSWERS.get("ip -j -s -s link") ?? "" } : undefined,
      ),
      ["ifstate", "traffic"],
    );
    driver.send({ type: "pin", interfaces: ["mgmt0", "nosuch0"], at: driver.now });
    driver.open("exec", "SSH-2.0-OpenSSH_9.2p1");
    driver.run(30_000);
    const polls = driver.execs.filter((command) => command.includes("show dev"));
    expect(polls.length).toBeGreaterThan(3);
    expect(polls.every((command) => command.includes("show dev mgmt0"))).toBe(true);
    expect(reading(driver, "traffic")).toMatchObject({
      status: "ok",
      data: { rows: expect.arrayContaining([expect.objectContaining({ name: "mgmt0" })]) },
    });
  });

  test("a table that is too long is not read: the panel says how long it is", () => {
    const driver = execSession(
      linux((command) =>
        command.includes("fib_triestat") ? { stdout: "Main:\n\tPrefixes:       100000\n" } : undefined,
      ),
      ["routing_table"],
    );
    driver.open("exec", "SSH-2.0-OpenSSH_9.2p1");
    driver.run(20_000);
    expect(driver.execs.some((command) => command.includes("ip -j route"))).toBe(false);
    expect(reading(driver, "routing_table")).toMatchObject({
      status: "error",
      reason: "limit",
      hint: expect.stringContaining("100000"),
    });
  });

  test("[T29] a program that is missing and one that is forbidden are told apart, with what to do", () => {
    const missing = execSession(
      linux((command) =>
        command.includes("lldpcli") ? { stderr: "sh: 1: lldpcli: not found\n", code: 127 } : undefined,
      ),
      ["neighbors"],
    );
    missing.open("exec", "SSH-2.0-OpenSSH_9.2p1");
    missing.run(10_000);
    expect(reading(missing, "neighbors")).toMatchObject({
      status: "unsupported",
      hint: expect.stringContaining("not installed"),
    });
    const denied = execSession(
      linux((command) =>
        command.includes("lldpcli")
          ? {
              stderr: "2024-01-01 [WARN/control] unable to connect to socket /run/lldpd.socket: Permission denied\n",
              code: 1,
            }
          : undefined,
      ),
      ["neighbors"],
    );
    denied.open("exec", "SSH-2.0-OpenSSH_9.2p1");
    denied.run(10_000);
    expect(reading(denied, "neighbors")).toMatchObject({
      status: "denied",
      reason: "no_permission",
      hint: expect.stringContaining("group"),
    });
  });

  test("a usable vtysh adds FRRouting's panels through vtysh -c", () => {
    const viaVtysh = (command: string): ExecAnswer | undefined => {
      const inner = /vtysh (?:-d \w+ )?-c '(.*)'$/.exec(command)?.[1];
      return inner === undefined ? undefined : vtysh(inner);
    };
    const driver = execSession(linux(viaVtysh));
    driver.open("exec", "SSH-2.0-OpenSSH_9.2p1");
    driver.run(15_000);
    for (const panel of [
      "device_info",
      "cpu",
      "memory",
      "ifcounters",
      "neighbors",
      "bgp",
      "ospf",
      "routing_table",
    ] as const)
      expect([panel, driver.readings.get(panel)?.status]).toEqual([panel, "ok"]);
    expect(driver.execs.filter((command) => command.includes("vtysh -d bgpd -c")).length).toBeGreaterThan(0);
  });

  test("[T47] asked by itself a daemon that is not running cannot be reached: gated and asked again; forbidden is another thing", () => {
    const NONE =
      "Exiting: failed to connect to any daemons.\nHint: if this seems wrong, try running me as a privileged user!\n";
    const said = (stderr: string): TelemetryDriver => {
      let running = false;
      const driver = execSession(
        linux((command) => {
          const inner = /vtysh (?:-d \w+ )?-c '(.*)'$/.exec(command)?.[1];
          if (inner === undefined) return undefined;
          return inner.startsWith("show bgp") && !running ? { stderr, code: 1 } : vtysh(inner);
        }),
        ["bgp", "ospf"],
      );
      driver.open("exec", "SSH-2.0-OpenSSH_9.2p1");
      driver.run(15_000);
      expect(driver.readings.get("ospf")).toMatchObject({ status: "ok" });
      running = true;
      return driver;
    };
    const stopped = said(NONE);
    expect(reading(stopped, "bgp")).toMatchObject({ status: "gated", hint: expect.stringContaining("not running") });
    stopped.run(300_000);
    expect(reading(stopped, "bgp")).toMatchObject({ status: "ok" });
    const forbidden = said(`% Can't open configuration file /etc/frr/vtysh.conf due to 'Permission denied'.\n${NONE}`);
    expect(reading(forbidden, "bgp")).toMatchObject({
      status: "denied",
      hint: expect.stringContaining("group frrvty"),
    });
  });
});
