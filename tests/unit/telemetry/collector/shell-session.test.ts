import { describe, expect, test } from "vitest";
import { type CliScript, cliDevice, type ShellDevice } from "#support/telemetry-devices.ts";
import { TelemetryDriver } from "#support/telemetry-driver.ts";
import { fixtures } from "#support/telemetry-fixtures.ts";
import type { PanelId } from "#telemetry/knowledge/panel-data.ts";

const answers = Object.fromEntries(
  fixtures()
    .filter(({ meta, name }) => meta.platform === "cisco_ios" && /\/(?:ordinary|iosxe-switch|catalyst)$/.test(name))
    .map(({ meta, text }) => [meta.command, text]),
);
const PANELS: PanelId[] = [
  "device_info",
  "cpu",
  "memory",
  "ifstate",
  "ifcounters",
  "neighbors",
  "routing_table",
  "bgp",
  "ospf",
  "users",
  "collector",
  "audit",
];

function session(
  script: Partial<CliScript> = {},
  more: Partial<ShellDevice> = {},
): { driver: TelemetryDriver; device: ShellDevice } {
  const device = { ...cliDevice({ prompt: "sw1#", page: 24, answers, ...script }), ...more };
  const driver = new TelemetryDriver({ shell: () => device });
  driver.send({ type: "subscribe", panels: PANELS, at: driver.now });
  return { driver, device };
}

const phases = (driver: TelemetryDriver): string[] =>
  driver.effects.flatMap((effect) => (effect.type === "phase" ? [effect.phase] : []));
const status = (driver: TelemetryDriver, panel: PanelId): string | undefined => driver.readings.get(panel)?.status;

describe("a shell with a pager", () => {
  test("[T61] a command that the channel did not take is not in the audit, and the line goes on", () => {
    const { driver } = session();
    driver.open("shell_pty");
    driver.run(40_000);
    const before = driver.collector.audit();
    const asked = driver.collector.handle({ type: "refresh", at: driver.now }).filter(({ type }) => type === "write");
    expect(asked.length).toBeGreaterThan(0);
    expect(driver.collector.audit()).toHaveLength(before.length + asked.length);
    driver.send({ type: "unwritten", writes: asked.length, at: driver.now });
    expect(driver.collector.audit()).toEqual(before);
    driver.run(10_000);
    expect(driver.collector.audit().length).toBeGreaterThan(before.length);
  });

  test("[T35] two line feeds, paging off, then one question of detection", () => {
    const { driver, device } = session();
    driver.open("shell_pty");
    driver.run(4_000);
    expect(driver.written.slice(0, 4)).toEqual(["", "", "terminal length 0", "show version"]);
    expect(device.ran.slice(0, 3)).toEqual(["terminal length 0", "show version", "terminal width 511"]);
  });

  test("panels fill, and the answer of detection is not asked for twice", () => {
    const { driver, device } = session();
    driver.open("shell_pty");
    driver.run(40_000);
    for (const panel of PANELS) expect([panel, status(driver, panel)]).toEqual([panel, "ok"]);
    expect(device.ran.filter((text) => text === "show version")).toHaveLength(1);
    expect(driver.readings.get("device_info")).toMatchObject({
      status: "ok",
      data: { hostname: "dist-a", os: "IOS-XE" },
    });
    const [source] = driver.readings.get("cpu")?.sources ?? [];
    expect(source).toMatchObject({
      command: "show processes cpu | include CPU utilization",
      parser: "ios.cpu",
      complete: true,
    });
    expect(driver.collector.capture(source?.capture ?? "")?.text).toContain("CPU utilization for five seconds");
  });

  test("[T41] [T42] the result is the same however the bytes are cut", () => {
    const runs = [undefined, 1, 3, 17].map((size) => {
      const { driver } = session();
      if (size)
        driver.chunk = (bytes) =>
          Array.from({ length: Math.ceil(bytes.length / size) }, (_each, index) =>
            bytes.subarray(index * size, (index + 1) * size),
          );
      driver.open("shell_pty");
      driver.run(40_000);
      return ["ifstate", "bgp", "neighbors", "device_info"].map((panel) => driver.readings.get(panel as PanelId)?.data);
    });
    for (const run of runs) expect(run).toEqual(runs[0]);
  });

  test("[T36] a device that stalls behind every few characters, also behind a #, loses nothing", () => {
    const { driver } = session();
    driver.send({ type: "subscribe", panels: ["ifstate"], at: driver.now });
    driver.open("shell_pty");
    driver.run(12_000);
    const before = driver.readings.get("ifstate")?.data;
    driver.chunk = (bytes) =>
      Array.from({ length: Math.ceil(bytes.length / 7) }, (_each, index) => bytes.subarray(index * 7, (index + 1) * 7));
    driver.spacingMs = 300;
    driver.send({ type: "refresh", panel: "ifstate", at: driver.now });
    driver.run(110_000);
    expect(driver.readings.get("ifstate")).toMatchObject({ status: "ok", data: before });
  });

  test("[T38] a pager that comes back: quit key, nothing else, and two steps from then on", () => {
    const { driver, device } = session();
    let paged = false;
    const input = device.input.bind(device);
    const pager = "\r\nline\r\n --More-- ";
    driver.chunk = (bytes) => [bytes];
    const hostile: ShellDevice = {
      ...device,
      input(bytes) {
        const text = new TextDecoder().decode(bytes);
        if (paged) {
          paged = false;
          expect(text).toBe("q");
          return new TextEncoder().encode("\r\u001b[Ksw1#");
        }
        if (text.startsWith("show ip bgp summary") || text.startsWith("show bgp all")) {
          paged = true;
          return new TextEncoder().encode(`${text.split("\n")[0]}${pager}`);
        }
        return input(bytes);
      },
    };
    const second = new TelemetryDriver({ shell: () => hostile });
    second.send({ type: "subscribe", panels: ["bgp"], at: second.now });
    second.open("shell_pty");
    second.run(20_000);
    expect(second.readings.get("bgp")).toMatchObject({ status: "error", reason: "truncated" });
    expect(
      second.effects.filter((effect) => effect.type === "write" && effect.purpose === "pager").length,
    ).toBeGreaterThan(0);
  });

  test.each(["Current password: ", "Username: ", "Proceed? [confirm]", "Are you sure? (y/n) "])(
    "[T39] never answers %s",
    (question) => {
      const { driver } = session({}, { open: () => new TextEncoder().encode(`\r\nWelcome\r\n${question}`) });
      driver.open("shell_pty");
      driver.run(30_000);
      expect(driver.written).toEqual([]);
      expect(phases(driver).at(-1)).toBe("ended");
      expect(driver.effects).toContainEqual({ type: "ended", reason: "needs_user", text: question });
      expect(driver.readings.get("cpu")).toMatchObject({ status: "error", reason: "needs_user" });
    },
  );

  test("[T2] a session that stands in configuration mode is left alone", () => {
    const { driver, device } = session({ prompt: "sw1(config)#" });
    driver.open("shell_pty");
    driver.run(30_000);
    expect(device.ran).toEqual([]);
    expect(phases(driver).at(-1)).toBe("ended");
  });

  test("[T44] a command that never ends: timeout, the line drains, then the channel is given up", () => {
    const { driver, device } = session();
    const input = device.input.bind(device);
    device.input = (bytes) =>
      new TextDecoder().decode(bytes).startsWith("show ip ospf")
        ? new TextEncoder().encode("show ip ospf neighbor\r\npartial")
        : input(bytes);
    driver.open("shell_pty");
    driver.run(120_000);
    expect(driver.readings.get("ospf")).toMatchObject({ status: "error", reason: "timeout" });
    expect(driver.readings.get("ospf")?.data).toBeUndefined();
    expect(driver.effects).toContainEqual({ type: "close_channel", reason: "timeout" });
    const after = driver.written.slice(driver.written.indexOf("show ip ospf neighbor") + 1);
    expect(after).toEqual([]);
  });

  test("[T44] a late answer is drained and thrown away; the line goes on without a new connection", () => {
    const { driver, device } = session();
    const input = device.input.bind(device);
    let hangs = true;
    device.input = (bytes) => {
      const text = new TextDecoder().decode(bytes);
      if (!hangs || !text.startsWith("show ip ospf")) return input(bytes);
      hangs = false;
      const marker = text.split("\n")[1] ?? "";
      driver.print(`Neighbor ID\r\nsw1#${marker === "" ? "" : `${marker}\r\nsw1#`}`, 40_000);
      return new TextEncoder().encode("show ip ospf neighbor\r\npartial\r\n");
    };
    driver.open("shell_pty");
    driver.run(240_000);
    expect(driver.effects.filter(({ type }) => type === "close_channel")).toEqual([]);
    const ospf = driver.effects.flatMap((effect) =>
      effect.type === "reading" && effect.update.payload.panel === "ospf" ? [effect.update.payload.status] : [],
    );
    expect(ospf).toContain("error");
    expect(ospf.at(-1)).toBe("ok");
    for (const panel of ["cpu", "ifstate"] as const) expect(status(driver, panel)).toBe("ok");
  });

  test("[T50] after a gap nothing is written but one marker, at the prompt, before the next command", () => {
    const { driver } = session();
    driver.open("shell_pty");
    driver.run(40_000);
    const before = driver.effects.length;
    driver.send({ type: "gap", at: driver.now });
    driver.print("\r\nsw1#", 50);
    driver.run(40_000);
    const writes = driver.effects.slice(before).filter((effect) => effect.type === "write");
    expect(writes[0]?.purpose).toBe("marker");
    expect(writes[1]?.purpose).toBe("command");
    expect(phases(driver).at(-1)).not.toBe("ended");
  });

  test("[T37] a host that is renamed is recognised by its new prompt", () => {
    const script: CliScript = { prompt: "sw1#", answers };
    const { driver, device } = session(script);
    driver.open("shell_pty");
    driver.run(25_000);
    const renamed = cliDevice({ prompt: "core-9#", answers });
    device.input = (bytes) => renamed.input(bytes);
    driver.print("\r\ncore-9#");
    driver.run(60_000);
    expect(phases(driver)).not.toContain("ended");
    expect(renamed.ran.length).toBeGreaterThan(3);
  });

  test("[T81] a cheap all-in-one command is polled often, what it covers rests, and comes back when it is not polled", () => {
    const { driver, device } = session();
    const runs = (text: string): number => device.ran.filter((each) => each === text).length;
    driver.open("shell_pty");
    driver.run(130_000);
    expect([runs("show interfaces") >= 4, runs("show interfaces status"), runs("show interfaces description")]).toEqual(
      [true, 1, 1],
    );
    expect(driver.readings.get("ifcounters")).toMatchObject({ status: "ok", interval_ms: 30_000 });
    expect(driver.readings.get("ifstate")).toMatchObject({ status: "ok" });
    driver.send({ type: "subscribe", panels: ["ifstate"], at: driver.now });
    driver.run(70_000);
    expect(runs("show interfaces status")).toBeGreaterThan(1);
    expect(driver.readings.get("ifstate")).toMatchObject({ status: "ok" });
  });

  test("[T49] lines that the device writes while idle go to the log", () => {
    const { driver } = session();
    driver.send({ type: "subscribe", panels: ["cpu", "log"], at: driver.now });
    driver.open("shell_pty");
    driver.run(20_000);
    driver.print("\r\n*Mar  1 00:00:31.003: %LINK-3-UPDOWN: Interface Gi1/0/3, changed state to down\r\nsw1#");
    driver.run(1_000);
    const logged = driver.effects.flatMap((effect) => (effect.type === "log" ? effect.entries : []));
    expect(logged.find(({ source }) => source === "async")).toMatchObject({
      severity: 3,
      facility: "LINK",
      mnemonic: "UPDOWN",
    });
  });

  test("[T61] the audit lists every write, in order, with what became of it", () => {
    const { driver } = session();
    driver.open("shell_pty");
    driver.run(40_000);
    const writes = driver.effects.flatMap((effect) => (effect.type === "write" ? [effect.text] : []));
    const audit = driver.collector.audit();
    expect(audit.map(({ text }) => text)).toEqual(writes);
    expect(audit.filter(({ purpose }) => purpose === "command").every(({ outcome }) => outcome !== undefined)).toBe(
      true,
    );
  });
});

describe("an unknown platform", () => {
  test("at most three questions, then the raw answer and a hint to choose", () => {
    const device = cliDevice({
      prompt: "box>",
      answers: { "show version": "Frobnicator OS 1.2\n" },
      unknown: "bad command name",
    });
    const driver = new TelemetryDriver({ shell: () => device });
    driver.send({ type: "subscribe", panels: ["raw", "bgp"], at: driver.now });
    driver.open("shell_pty");
    driver.run(20_000);
    expect(driver.effects.find((effect) => effect.type === "platform")).toMatchObject({ platform: "unknown" });
    expect(device.ran).toEqual(["terminal length 0", "show version", "get system status", "show system"]);
    expect(driver.readings.get("raw")).toMatchObject({
      status: "ok",
      data: {
        outputs: [
          { command: "show version", text: "Frobnicator OS 1.2\n" },
          { command: "get system status", text: "bad command name\n" },
          { command: "show system", text: "bad command name\n" },
        ],
      },
    });
    expect(driver.readings.get("bgp")).toMatchObject({
      status: "unsupported",
      hint: expect.stringContaining("choose one"),
    });
  });

  test("[T6] a box that refuses everything still shows what it said, and each answer's raw bytes are kept", () => {
    const driver = new TelemetryDriver({
      shell: () =>
        cliDevice({ prompt: "bird>", answers: {}, unknown: "9001 syntax error, unexpected CF_SYM_UNDEFINED" }),
    });
    driver.send({ type: "subscribe", panels: ["raw"], at: driver.now });
    driver.open("shell_pty");
    driver.run(20_000);
    const raw = driver.readings.get("raw");
    expect(raw).toMatchObject({ status: "ok" });
    const outputs = raw?.panel === "raw" ? (raw.data?.outputs ?? []) : [];
    expect(outputs.map(({ command }) => command)).toEqual(["show version", "get system status", "show system"]);
    for (const { text, capture } of outputs) {
      expect(text).toContain("syntax error");
      expect(driver.collector.capture(capture)?.text).toContain("syntax error");
    }
    driver.send({ type: "suspended", at: driver.now });
    expect(driver.readings.get("raw")).toMatchObject({ status: "stale", data: { outputs } });
  });

  test("a platform without a pack is named in the evidence", () => {
    const device = cliDevice({
      prompt: "nx1#",
      answers: { "show version": "Cisco Nexus Operating System (NX-OS) Software\n" },
    });
    const driver = new TelemetryDriver({ shell: () => device });
    driver.open("shell_pty");
    driver.run(5_000);
    expect(driver.effects.find((effect) => effect.type === "platform")).toMatchObject({
      platform: "unknown",
      evidence: expect.stringContaining("NX-OS"),
    });
  });

  test("a person may choose the platform", () => {
    const device = cliDevice({
      prompt: "box#",
      answers: { ...answers, "show version": "Frobnicator\n" },
      unknown: "% Unknown command",
    });
    const driver = new TelemetryDriver({ shell: () => device });
    driver.send({ type: "subscribe", panels: ["cpu"], at: driver.now });
    driver.open("shell_pty");
    driver.run(8_000);
    driver.send({ type: "choose_platform", platform: "cisco_ios", at: driver.now });
    driver.run(10_000);
    expect(driver.readings.get("cpu")).toMatchObject({ status: "ok", data: { busy_pct: 13 } });
  });
});
