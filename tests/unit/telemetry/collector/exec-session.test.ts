import { describe, expect, test } from "vitest";
import { cliDevice, type ExecAnswer, type ExecDevice } from "#support/telemetry-devices.ts";
import { TelemetryDriver } from "#support/telemetry-driver.ts";
import { fixtures } from "#support/telemetry-fixtures.ts";
import { initialTransport } from "#telemetry/collector.ts";
import type { PanelId } from "#telemetry/knowledge/panel-data.ts";

const byCommand = (platform: string): Map<string, string> =>
  new Map(
    fixtures()
      .filter(({ meta, name }) => meta.platform === platform && /\/(?:ordinary|several|empty)$/.test(name))
      .map(({ meta, text }) => [meta.command, text]),
  );
const FRR = byCommand("frr");
const LINUX = byCommand("linux");
const PANELS: PanelId[] = [
  "device_info",
  "cpu",
  "memory",
  "ifstate",
  "ifcounters",
  "traffic",
  "neighbors",
  "routing_table",
  "bgp",
  "ospf",
  "arp",
  "mac",
  "users",
];

/** A login whose shell is vtysh. */
const vtysh: ExecDevice = (command) => {
  const stdout = FRR.get(command);
  return stdout === undefined ? { stdout: `% Unknown command: ${command}\n`, code: 1 } : { stdout };
};

/** A Linux login; `vtysh` answers when it is given. */
function linux(more: (command: string) => ExecAnswer | undefined = () => undefined): ExecDevice {
  return (command) => {
    const answer = more(command);
    if (answer) return answer;
    if (command.startsWith("uname -srm; cat /etc/os-release; command -v"))
      return {
        stdout: `${LINUX.get("uname -srm; hostname; cat /etc/os-release /proc/uptime")?.replace(/^h1\n/m, "") ?? ""}/usr/bin/vtysh\n`,
      };
    const inner = / sh -c '(.*)'$/.exec(command)?.[1] ?? "";
    const stdout = LINUX.get(inner);
    return stdout === undefined
      ? { stderr: `sh: 1: ${inner.split(" ")[0] ?? ""}: not found\n`, code: 127 }
      : { stdout };
  };
}

function session(exec: ExecDevice, panels: PanelId[] = PANELS): TelemetryDriver {
  const driver = new TelemetryDriver({ exec });
  driver.send({ type: "subscribe", panels, at: driver.now });
  return driver;
}

const reading = (driver: TelemetryDriver, panel: PanelId): unknown => driver.readings.get(panel);

describe("FRRouting behind a vtysh login", () => {
  test("found in at most three questions, panels fill within ten seconds, the others say why not", () => {
    const driver = session(vtysh);
    driver.open("exec", "SSH-2.0-OpenSSH_9.2p1");
    driver.run(10_000);
    expect(driver.execs.slice(0, 2)).toEqual(["uname -srm; cat /etc/os-release; command -v vtysh", "show version"]);
    for (const panel of ["device_info", "ifstate", "routing_table", "bgp", "ospf"] as const)
      expect(reading(driver, panel)).toMatchObject({ status: "ok" });
    for (const panel of ["cpu", "memory", "ifcounters", "traffic", "neighbors", "arp", "mac", "users"] as const) {
      expect(reading(driver, panel)).toMatchObject({
        status: "unsupported",
        hint: expect.stringContaining("vtysh login"),
      });
      expect(reading(driver, panel)).not.toHaveProperty("data");
    }
    // Three peers with two address families each: six rows, three sessions.
    expect(reading(driver, "bgp")).toMatchObject({
      data: { row_count: 6, totals: { up: 3, down: 0, admin_down: 0 } },
    });
  });

  test("a shell is used for detection, then exec on the same connection", () => {
    const driver = new TelemetryDriver({
      exec: vtysh,
      shell: () => cliDevice({ prompt: "r1# ", answers: Object.fromEntries(FRR), unknown: "% Unknown command" }),
    });
    driver.send({ type: "subscribe", panels: ["bgp"], at: driver.now });
    driver.open(initialTransport(undefined), "SSH-2.0-OpenSSH_9.2p1");
    driver.run(10_000);
    expect(driver.effects).toContainEqual({ type: "set_transport", transport: "exec" });
    expect(driver.effects.find((effect) => effect.type === "platform")).toMatchObject({
      platform: "frr",
      remembered: { platform: "frr", transport: "exec" },
    });
    expect(reading(driver, "bgp")).toMatchObject({ status: "ok" });
  });

  test("where exec is refused the shell does it, with the same result", () => {
    const viaExec = session(vtysh, ["bgp", "ospf", "ifstate"]);
    viaExec.open("exec", "SSH-2.0-OpenSSH_9.2p1");
    viaExec.run(10_000);
    const viaShell = new TelemetryDriver({
      shell: () => cliDevice({ prompt: "r1# ", answers: Object.fromEntries(FRR), unknown: "% Unknown command" }),
    });
    viaShell.send({ type: "subscribe", panels: ["bgp", "ospf", "ifstate"], at: viaShell.now });
    viaShell.open("shell_pty", "SSH-2.0-OpenSSH_9.2p1");
    viaShell.run(15_000);
    for (const panel of ["bgp", "ospf", "ifstate"] as const) {
      expect(viaShell.readings.get(panel)?.status).toBe("ok");
      expect(viaShell.readings.get(panel)?.data).toEqual(viaExec.readings.get(panel)?.data);
    }
  });

  test("[T47] a daemon that is not running is gated, with a hint, and asked again after five minutes", () => {
    let running = false;
    const driver = session(
      (command) =>
        command.startsWith("show bgp") && !running ? { stderr: "bgpd is not running\n", code: 1 } : vtysh(command),
      ["bgp"],
    );
    driver.open("exec", "SSH-2.0-OpenSSH_9.2p1");
    driver.run(10_000);
    expect(reading(driver, "bgp")).toMatchObject({
      status: "gated",
      reason: "feature_off",
      hint: expect.stringContaining("not running"),
    });
    running = true;
    driver.run(300_000);
    expect(reading(driver, "bgp")).toMatchObject({ status: "ok" });
  });

  test("[T66] BGP without an instance answers {}: off, not an empty table", () => {
    const driver = session(
      (command) => (command.startsWith("show bgp") ? { stdout: "{\n}\n" } : vtysh(command)),
      ["bgp"],
    );
    driver.open("exec", "SSH-2.0-OpenSSH_9.2p1");
    driver.run(10_000);
    expect(reading(driver, "bgp")).toMatchObject({ status: "gated", hint: expect.stringContaining("not configured") });
    expect(reading(driver, "bgp")).not.toHaveProperty("data");
  });

  test("[T44] an exec that hangs is cancelled; the panel keeps what it had", () => {
    let hangs = false;
    const driver = session(vtysh, ["ospf"]);
    driver.execMs = (command) => (hangs && command.startsWith("show ip ospf") ? 600_000 : 40);
    driver.open("exec", "SSH-2.0-OpenSSH_9.2p1");
    driver.run(20_000);
    expect(reading(driver, "ospf")).toMatchObject({ status: "ok" });
    hangs = true;
    driver.run(30_000);
    expect(driver.effects.some((effect) => effect.type === "exec_cancel")).toBe(true);
    expect(driver.readings.get("ospf")?.data).toBeDefined();
    expect(driver.readings.get("ospf")?.status).not.toBe("ok");
  });

  test("[T44] one hang of vtysh is one of all: every panel says so at once, one command tries, and all come back together", () => {
    const panels: PanelId[] = ["device_info", "ifstate", "routing_table", "bgp", "ospf"];
    let hangs = false;
    const driver = session(vtysh, panels);
    driver.execMs = () => (hangs ? 600_000 : 40);
    driver.open("exec", "SSH-2.0-OpenSSH_9.2p1");
    driver.run(80_000);
    hangs = true;
    driver.run(45_000);
    for (const panel of panels) {
      expect(driver.readings.get(panel), panel).toMatchObject({
        reason: "timeout",
        hint: expect.stringMatching(/daemon of this router does not answer/),
      });
      expect(driver.readings.get(panel)?.data, panel).toBeDefined();
    }
    const tried = driver.execs.length;
    driver.run(25_000);
    expect(driver.execs.length - tried).toBeLessThanOrEqual(1);
    hangs = false;
    driver.run(60_000);
    for (const panel of panels) expect(driver.readings.get(panel), panel).toMatchObject({ status: "ok" });
    expect(driver.readings.get("bgp")).not.toHaveProperty("hint");
  });

  test("[T7] truncated JSON is an error, and the last good data stays", () => {
    let cut = false;
    const driver = session(
      (command) => {
        const answer = vtysh(command);
        return cut && command === "show interface json" ? { stdout: answer.stdout?.slice(0, 900) ?? "" } : answer;
      },
      ["ifstate"],
    );
    driver.open("exec", "SSH-2.0-OpenSSH_9.2p1");
    driver.run(10_000);
    const before = driver.readings.get("ifstate")?.data;
    cut = true;
    driver.run(35_000);
    expect(reading(driver, "ifstate")).toMatchObject({ status: "error", reason: "parse", data: before });
  });
});

describe("Linux", () => {
  test("[T20] the first sample of the processor gives no percentage, the second does", () => {
    let ticks = 0;
    const stat = (): ExecAnswer => {
      ticks += 100;
      return {
        stdout: `cpu  ${1_000 + ticks * 3} 0 ${500 + ticks} ${9_000 + ticks * 4} 0 0 0 0 0 0\ncpu0 ${1_000 + ticks * 3} 0 ${500 + ticks} ${9_000 + ticks * 4} 0 0 0 0 0 0\nbtime 1\n0.10 0.20 0.30 1/100 4242\n`,
      };
    };
    const driver = session(
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
    const driver = session(
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
    const driver = session(
      linux((command) =>
        command.includes("link show dev mgmt0") ? { stdout: LINUX.get("ip -j -s -s link") ?? "" } : undefined,
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
    const driver = session(
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
    const missing = session(
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
    const denied = session(
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
    const driver = session(linux(viaVtysh));
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
      const driver = session(
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

describe("what a person sees of the state", () => {
  const ready = (panels: PanelId[] = ["bgp", "cpu"]): TelemetryDriver => {
    const driver = session(vtysh, panels);
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
    const driver = session(vtysh, ["bgp"]);
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
    const driver = session(vtysh, ["bgp"]);
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
    const driver = session(
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
