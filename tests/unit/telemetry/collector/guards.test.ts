import { describe, expect, test } from "vitest";
import { cliDevice, type ExecDevice } from "#support/telemetry-devices.ts";
import { TelemetryDriver } from "#support/telemetry-driver.ts";
import type { PanelId } from "#telemetry/knowledge/panel-data.ts";

const VERSION = "Cisco IOS Software, Example (EX-M), Version 15.2(4)E, RELEASE SOFTWARE\nsw1 uptime is 1 day\n";
/** Who is on the box: `count` lines of those for logins over the network. */
const users = (count: number): string =>
  `    Line       User       Host(s)              Idle       Location\n${Array.from({ length: count }, (_each, index) => `${index === 0 ? "*" : " "} ${index + 2} vty ${index}     ops        idle                 00:00:00 192.0.2.50\n`).join("")}`;
const CPU = "CPU utilization for five seconds: 5%/0%; one minute: 5%; five minutes: 5%\n";
const LLDP = "an answer that nobody understands\nbut no refusal\n";
const status = (oper: string): string =>
  `Port      Name               Status       Vlan       Duplex  Speed Type\nGi0/1                        ${oper.padEnd(12)} 1          a-full a-1000 10/100/1000BaseTX\n`;

type Answers = Record<string, string | (() => string)>;
function ios(answers: Answers, panels: PanelId[] = ["cpu"]): { driver: TelemetryDriver; ran: string[] } {
  const ran: string[] = [];
  const driver = new TelemetryDriver({
    shell: () => {
      const device = cliDevice({
        prompt: "sw1#",
        answers: { "show version": VERSION, "show processes cpu | include CPU utilization": CPU, ...answers },
      });
      return { ...device, input: (bytes) => device.input(bytes), ran };
    },
  });
  driver.send({ type: "subscribe", panels: [...panels, "collector"], at: driver.now });
  driver.open("shell_pty");
  return { driver, ran };
}
const commands = (driver: TelemetryDriver): string[] => driver.written.filter((text) => text.startsWith("show "));

describe("[T59] lines of the box", () => {
  const lines = (used: number, total: number): Answers => ({
    "show users": users(used),
    "show line": `   Tty Line Typ     Tx/Rx    A Roty AccO AccI  Uses  Noise Overruns  Int\n*     0    0 CTY              -    -    -    -    0      0    0/0      -\n${Array.from({ length: total }, (_each, index) => `${index < used ? "*" : " "}     ${index + 2}    ${index + 2} VTY              -    -    -    -    0      0    0/0      -\n`).join("")}`,
  });

  test("who is on it is the first question after detection, whatever is subscribed", () => {
    const { driver } = ios(lines(1, 5));
    driver.run(10_000);
    expect(commands(driver).slice(0, 4)).toEqual([
      "show version",
      "show users",
      "show line",
      "show processes cpu | include CPU utilization",
    ]);
    driver.run(200_000);
    expect(commands(driver).filter((text) => text === "show users")).toHaveLength(1);
  });

  test("with one line free it pauses and asks, and goes on when a person says so", () => {
    const { driver } = ios(lines(4, 5), ["cpu", "users"]);
    driver.run(60_000);
    expect(commands(driver)).toEqual(["show version", "show users", "show line"]);
    const asks = { status: "stale", reason: "limit", hint: expect.stringContaining("Only one line") };
    expect(driver.readings.get("cpu")).toMatchObject(asks);
    expect(driver.readings.get("users")).toMatchObject(asks);
    expect(driver.effects).toContainEqual({ type: "phase", phase: "paused", reason: "limit" });
    driver.send({ type: "continue", at: driver.now });
    driver.run(200_000);
    expect(driver.readings.get("cpu")).toMatchObject({ status: "ok" });
    expect(commands(driver).filter((text) => text === "show users").length).toBeGreaterThan(1);
    expect(driver.readings.get("users")).toMatchObject({ status: "ok", data: { lines_total: 5, lines_free: 1 } });
  });

  test("two free lines are enough, and a box that does not say how many it has is not asked about", () => {
    for (const answers of [lines(3, 5), { "show users": users(2) }]) {
      const { driver } = ios(answers);
      driver.run(20_000);
      expect(driver.readings.get("cpu")).toMatchObject({ status: "ok" });
    }
  });
});

describe("a platform that is remembered", () => {
  const remembered = { platform: "cisco_ios", transport: "shell_pty", evidence: "show version: Cisco IOS" } as const;
  const open = (version: string, more = {}): TelemetryDriver => {
    const driver = new TelemetryDriver(
      { shell: () => cliDevice({ prompt: "sw1#", answers: { "show version": version, "show users": users(1) } }) },
      { remembered, ...more },
    );
    driver.send({ type: "subscribe", panels: ["device_info", "cpu"], at: driver.now });
    driver.open("shell_pty");
    driver.run(30_000);
    return driver;
  };

  test("[T62] [T15] what a person chooses once telemetry has ended, and a clock that is set then, hold for the next connection", () => {
    const driver = open("Cisco Nexus Operating System (NX-OS) Software\n");
    const written = driver.written.length;
    driver.send({ type: "choose_platform", platform: "cisco_ios", at: driver.now });
    driver.send({ type: "subscribe", panels: ["users"], at: driver.now });
    driver.send({ type: "clock", ahead: -3_600_000, jumped: 0, at: driver.now });
    driver.run(60_000);
    expect(driver.written.length).toBe(written);
    driver.open("shell_pty");
    driver.run(30_000);
    expect(driver.effects.filter((effect) => effect.type === "platform").at(-1)).toMatchObject({
      platform: "cisco_ios",
      evidence: "chosen by hand",
    });
    expect(driver.effects.filter((effect) => effect.type === "ended")).toHaveLength(1);
    expect(driver.readings.get("users")).toMatchObject({ status: "ok", clock_ahead_ms: -3_600_000 });
  });

  test("[T62] a box that now is another one ends telemetry and asks, with what it said", () => {
    const driver = open("Cisco Nexus Operating System (NX-OS) Software\n");
    const ended = driver.effects.filter((effect) => effect.type === "ended");
    expect(ended).toMatchObject([{ reason: "needs_user", text: expect.stringContaining("Cisco Nexus") }]);
    expect(driver.readings.get("device_info")).toMatchObject({ status: "error", reason: "needs_user" });
    const written = driver.written.length;
    driver.run(600_000);
    expect(driver.written.length).toBe(written);
    // Connected again, it is found anew.
    driver.open("shell_pty");
    driver.run(20_000);
    expect(driver.effects.filter((effect) => effect.type === "platform").at(-1)).toMatchObject({ platform: "unknown" });
  });

  test("[T62] a shell that does not know the command is one, too; the same box with another version is none", () => {
    expect(open("-bash: show: command not found\n").effects).toContainEqual(expect.objectContaining({ type: "ended" }));
    expect(
      open("Cisco IOS Software, Example, Version 16.1, RELEASE\nsw1 uptime is 2 days\n").effects,
    ).not.toContainEqual(expect.objectContaining({ type: "ended" }));
    expect(open("% Authorization failed\n").effects).not.toContainEqual(expect.objectContaining({ type: "ended" }));
  });

  test("[T62] what a person chose is not doubted", () => {
    const driver = open("Cisco Nexus Operating System (NX-OS) Software\n", { platform: "cisco_ios" });
    expect(driver.effects).not.toContainEqual(expect.objectContaining({ type: "ended" }));
  });
});

describe("what slows telemetry down is said", () => {
  test("a port that comes up: neighbours are asked ten seconds later, once", () => {
    let oper = "notconnect";
    const { driver } = ios(
      { "show users": users(1), "show interfaces status": () => status(oper), "show lldp neighbors detail": LLDP },
      ["ifstate", "neighbors"],
    );
    const lldp = (): number => commands(driver).filter((text) => text.startsWith("show lldp")).length;
    driver.run(40_000);
    expect(lldp()).toBe(1);
    oper = "connected";
    const isUp = (): boolean => {
      const seen = driver.readings.get("ifstate");
      return seen?.panel === "ifstate" && seen.data?.rows?.[0]?.oper === "up";
    };
    for (let i = 0; i < 60 && !isUp(); i++) driver.run(1_000);
    expect(isUp()).toBe(true);
    driver.run(8_500);
    expect(lldp()).toBe(1);
    driver.run(4_000);
    expect(lldp()).toBe(2);
    driver.run(100_000);
    expect(lldp()).toBe(2);
  });

  const slow: Record<string, number> = {};
  const linux: ExecDevice = (command) => {
    const inner = / sh -c '(.*)'$/.exec(command)?.[1] ?? command;
    if (inner.startsWith("cat /proc/meminfo")) return { stdout: "MemTotal: 100 kB\nMemFree: 50 kB\n" };
    if (inner.startsWith("cat /proc/stat")) return { stdout: "cpu  1 2 3 4 5 6 7 8 0 0\n0.1 0.2 0.3 1/2 3\n" };
    if (inner === "who") return { stdout: "" };
    return { stderr: "sh: 1: x: not found\n", code: 127 };
  };
  const rig = (panels: PanelId[]): TelemetryDriver => {
    for (const key of Object.keys(slow)) delete slow[key];
    const driver = new TelemetryDriver({ exec: linux }, { remembered: { platform: "linux", transport: "exec" } });
    driver.execMs = (command) => Object.entries(slow).find(([part]) => command.includes(part))?.[1] ?? 40;
    driver.send({ type: "subscribe", panels, at: driver.now });
    driver.open("exec", "SSH-2.0-OpenSSH_9.2p1");
    return driver;
  };

  test("[T79] a command that is slow twice in a row is asked less often, and its panel says so", () => {
    const driver = rig(["memory", "collector"]);
    driver.run(5_000);
    expect(driver.readings.get("memory")).toMatchObject({ status: "ok", interval_ms: 30_000 });
    slow.meminfo = 2_500;
    driver.run(120_000);
    expect(driver.readings.get("memory")).toMatchObject({
      status: "ok",
      interval_ms: 90_000,
      hint: expect.stringContaining("2.5 s"),
    });
    const stats = driver.readings.get("collector");
    expect(stats?.panel === "collector" && stats.data?.commands).toContainEqual(
      expect.objectContaining({ command: expect.stringContaining("meminfo"), state: "demoted" }),
    );
  });

  test("[T57] two timeouts in a row: the dearer half rests, which is said in the load panel and in its own", () => {
    const driver = rig(["memory", "cpu", "users", "collector"]);
    driver.run(20_000);
    slow.stat = 600_000;
    slow.meminfo = 600_000;
    driver.run(100_000);
    const stats = driver.readings.get("collector");
    const data = stats?.panel === "collector" ? stats.data : undefined;
    const resting = data?.commands.filter(({ state }) => state === "suspended").map(({ command }) => command) ?? [];
    expect(resting.length).toBeGreaterThan(0);
    expect(data?.guard).toBe("backing_off");
    for (const command of resting) expect(data?.guard_reason).toContain(command);
    const panelOf = { stat: "cpu", meminfo: "memory", who: "users" } as const;
    for (const [part, panel] of Object.entries(panelOf)) {
      if (resting.some((command) => command.includes(part)))
        expect(driver.readings.get(panel)?.hint).toContain("five minutes");
    }
  });

  test("[T57] a panel whose command rests keeps its data and says why", () => {
    const driver = rig(["users"]);
    driver.run(20_000);
    driver.send({ type: "subscribe", panels: ["users", "memory", "cpu"], at: driver.now });
    slow.stat = 600_000;
    slow.meminfo = 600_000;
    driver.run(300_000);
    const rested = driver.effects.flatMap((effect) =>
      effect.type === "reading" && effect.update.payload.panel === "users" ? [effect.update.payload] : [],
    );
    expect(rested).toContainEqual(
      expect.objectContaining({ status: "stale", reason: "throttled", hint: expect.stringContaining("five minutes") }),
    );
  });

  test("[T44] a command that was cancelled counts until it is gone", () => {
    const driver = rig(["memory"]);
    driver.run(20_000);
    slow.meminfo = 17_000;
    driver.run(40_000);
    const stats = driver.collector.snapshot("collector", driver.now);
    const duty = stats.panel === "collector" ? (stats.data?.duty_pct ?? 0) : 0;
    expect(driver.effects.filter(({ type }) => type === "exec_cancel")).toHaveLength(1);
    expect(duty).toBeGreaterThan((15_000 / 60_000) * 100);
  });

  test("[T54] a panel that waits because the share of time is used up says so", () => {
    const driver = rig(["memory", "cpu", "collector"]);
    driver.run(100_000);
    // On-demand wishes run in spite of the cap, and are charged to it.
    slow["show dev"] = 9_000;
    slow.meminfo = 1_900;
    for (let i = 0; i < 40; i++) {
      driver.send({ type: "ask", ticket: `t${i}`, command: "users", params: {}, at: driver.now });
      slow.who = 8_000;
      driver.run(7_500);
    }
    const stale = ["memory", "cpu"].map((panel) => driver.readings.get(panel as PanelId));
    expect(stale).toContainEqual(
      expect.objectContaining({ status: "stale", reason: "throttled", hint: expect.stringContaining("share") }),
    );
  });
});
