import { describe, expect, test } from "vitest";
import { cliDevice, type ExecDevice } from "#support/telemetry-devices.ts";
import { TelemetryDriver } from "#support/telemetry-driver.ts";
import { fixtures } from "#support/telemetry-fixtures.ts";
import type { CollectorEffect } from "#telemetry/collector.ts";

type AnswerEffect = Extract<CollectorEffect, { type: "answer" }>;
const text = (platform: string, command: string): string =>
  fixtures().find(({ meta, name }) => meta.platform === platform && meta.command === command && /ordinary/.test(name))
    ?.text ?? "";
const LINK = text("linux", "ip -j -d link");
const COUNTERS = text("linux", "ip -j -s -s link");
const IF = /"ifname": ?"(\w+)"/.exec(LINK)?.[1] ?? "";

const linux: ExecDevice = (command) => {
  const inner = / sh -c '(.*)'$/.exec(command)?.[1] ?? command;
  if (inner.startsWith("ip -j -s -s link")) return { stdout: COUNTERS };
  return inner === "ip -j -d link" ? { stdout: LINK } : { stderr: "sh: 1: x: not found\n", code: 127 };
};

function live(exec: ExecDevice = linux): TelemetryDriver {
  const driver = new TelemetryDriver({ exec }, { remembered: { platform: "linux", transport: "exec" } });
  driver.send({ type: "subscribe", panels: ["ifstate", "collector"], at: driver.now });
  driver.open("exec", "SSH-2.0-OpenSSH_9.2p1");
  driver.run(10_000);
  driver.execs.length = 0;
  return driver;
}

const answers = (driver: TelemetryDriver): AnswerEffect[] =>
  driver.effects.filter((effect): effect is AnswerEffect => effect.type === "answer");
const ask = (
  driver: TelemetryDriver,
  ticket: string,
  params: Record<string, string> = { IF },
  command = "counter",
): void => driver.send({ type: "ask", ticket, command, params, at: driver.now });

describe("commands on demand", () => {
  test("[T54] [T63] one runs at once, is answered under its ticket with data, source and raw answer", () => {
    const driver = live();
    ask(driver, "t1");
    expect(driver.execs).toHaveLength(1);
    expect(driver.execs[0]).toContain(`link show dev ${IF}'`);
    driver.run(1_000);
    expect(answers(driver)).toHaveLength(1);
    const [answer] = answers(driver);
    expect(answer).toMatchObject({ ticket: "t1", outcome: "ok", source: { parser: "linux.counters", complete: true } });
    expect(answer?.rows).toBe(answer?.data?.ifcounters?.rows?.length);
    expect(driver.collector.capture(answer?.capture ?? "")?.text).toContain(IF);
  });

  test("[T63] a name that no reading has shown, a bad form and an unknown command are refused; nothing is sent", () => {
    const driver = live();
    ask(driver, "a", { IF: "eth99" });
    ask(driver, "b", { IF: "x;reboot" });
    ask(driver, "c", {});
    ask(driver, "d", { IF }, "nonsense");
    expect(
      answers(driver).map(({ ticket, outcome, refusal }) => [ticket, outcome, refusal?.code, refusal?.param]),
    ).toEqual([
      ["a", "refused", "unseen", "IF"],
      ["b", "refused", "charset", "IF"],
      ["c", "refused", "missing", "IF"],
      ["d", "refused", "no_command", undefined],
    ]);
    expect(driver.execs).toEqual([]);
  });

  test("before the platform is known a wish is refused, after the end it is answered, too", () => {
    const driver = new TelemetryDriver({ exec: linux });
    ask(driver, "early");
    expect(answers(driver)).toMatchObject([{ ticket: "early", refusal: { code: "no_platform" } }]);
    const shell = new TelemetryDriver({
      shell: () => cliDevice({ prompt: "Username:", answers: {} }),
    });
    shell.open("shell_pty");
    shell.run(30_000);
    ask(shell, "late");
    expect(answers(shell)).toMatchObject([{ ticket: "late", outcome: "ended" }]);
  });

  test("[T53] wishes are charged to the share of time, and wait for the rate limiter, but for no cap", () => {
    const driver = live();
    driver.execMs = () => 2_000;
    for (let i = 0; i < 6; i++) ask(driver, `t${i}`);
    driver.run(15_000);
    expect(answers(driver).map(({ ticket }) => ticket)).toEqual(["t0", "t1", "t2", "t3", "t4", "t5"]);
    driver.send({ type: "refresh", panel: "collector", at: driver.now });
    const stats = driver.collector.snapshot("collector", driver.now);
    expect(stats.panel === "collector" && stats.data?.duty_pct).toBeGreaterThan(15);
    expect(stats.panel === "collector" && stats.data?.commands).toContainEqual(
      expect.objectContaining({ command: "ip -j -s -s link show dev {IF}", tier: "L", ok: 6 }),
    );
  });

  test("progress while it arrives; a tap cancels what runs and what waits, each answered once", () => {
    const driver = live();
    driver.execMs = () => 5_000;
    ask(driver, "one");
    ask(driver, "two");
    expect(driver.effects).toContainEqual({ type: "progress", ticket: "one", bytes: 0, at: driver.now });
    driver.run(500);
    driver.send({ type: "cancel", ticket: "two", at: driver.now });
    driver.send({ type: "cancel", ticket: "one", at: driver.now });
    expect(answers(driver).map(({ ticket, outcome }) => [ticket, outcome])).toEqual([
      ["two", "cancelled"],
      ["one", "cancelled"],
    ]);
    expect(driver.effects.filter(({ type }) => type === "exec_cancel")).toHaveLength(1);
    driver.run(20_000);
    ask(driver, "three");
    driver.run(10_000);
    expect(answers(driver).at(-1)).toMatchObject({ ticket: "three", outcome: "ok" });
    expect(answers(driver)).toHaveLength(3);
  });

  test("[T44] [T1] over a shell a cancelled command is not typed at: its rest is drained, then the next one runs", () => {
    const version = "Cisco IOS Software, Example (EX-M), Version 15.2(4)E, RELEASE SOFTWARE\nsw1 uptime is 1 day\n";
    const status = `Port      Name               Status       Vlan       Duplex  Speed Type\nGi0/1                        connected    1          a-full a-1000 10/100/1000BaseTX\n`;
    const long = `GigabitEthernet0/1 is up, line protocol is up (connected)\n${"  x\n".repeat(400)}`;
    const driver = new TelemetryDriver({
      shell: () =>
        cliDevice({
          prompt: "sw1#",
          answers: {
            "show version": version,
            "show interfaces status": status,
            "show interfaces GigabitEthernet0/1": long,
          },
          unknown: "% Invalid input detected at '^' marker.",
        }),
    });
    driver.send({ type: "subscribe", panels: ["ifstate"], at: driver.now });
    driver.open("shell_pty");
    driver.run(20_000);
    driver.chunk = (bytes) =>
      Array.from({ length: Math.ceil(bytes.length / 100) }, (_each, index) =>
        bytes.subarray(index * 100, (index + 1) * 100),
      );
    driver.spacingMs = 300;
    driver.written.length = 0;
    ask(driver, "big", { IF: "GigabitEthernet0/1" }, "interface");
    driver.run(2_000);
    const progress = driver.effects.filter((effect) => effect.type === "progress").map(({ bytes }) => bytes);
    expect(progress.length).toBeGreaterThan(3);
    expect(progress).toEqual(progress.toSorted((a, b) => a - b));
    driver.send({ type: "cancel", ticket: "big", at: driver.now });
    expect(answers(driver)).toMatchObject([{ ticket: "big", outcome: "cancelled" }]);
    const written = driver.written.length;
    driver.run(4_000);
    expect(driver.written.length).toBe(written);
    ask(driver, "again", { IF: "GigabitEthernet0/1" }, "interface");
    driver.run(30_000);
    expect(answers(driver).at(-1)).toMatchObject({ ticket: "again", outcome: "ok" });
  });

  test("[WP19] a run that a lost channel spoiled is run again on the next one, under the same ticket", () => {
    const driver = live();
    driver.execMs = () => 5_000;
    ask(driver, "kept");
    driver.run(500);
    driver.open("exec", "SSH-2.0-OpenSSH_9.2p1");
    driver.run(10_000);
    expect(answers(driver)).toMatchObject([{ ticket: "kept", outcome: "ok" }]);
  });

  test("[T54] a closed channel ends what runs and what waits; nothing of it is sent on a later one", () => {
    const driver = live();
    driver.execMs = () => 5_000;
    ask(driver, "runs");
    ask(driver, "waits");
    driver.run(500);
    driver.send({ type: "closed", at: driver.now });
    expect(answers(driver)).toMatchObject([
      { ticket: "runs", outcome: "ended" },
      { ticket: "waits", outcome: "ended" },
    ]);
    ask(driver, "late");
    expect(answers(driver).at(-1)).toMatchObject({ ticket: "late", outcome: "ended" });
    driver.execs.length = 0;
    driver.open("exec", "SSH-2.0-OpenSSH_9.2p1");
    driver.run(10_000);
    expect(driver.execs.filter((command) => command.includes(`link show dev ${IF}'`))).toEqual([]);
    expect(answers(driver)).toHaveLength(3);
    ask(driver, "fresh");
    driver.run(10_000);
    expect(answers(driver).at(-1)).toMatchObject({ ticket: "fresh", outcome: "ok" });
  });

  test("[T64] where the box does not know one way to ask, the next is tried under the same ticket", () => {
    const version = "Cisco IOS Software, Example (EX-M), Version 15.2(4)E, RELEASE SOFTWARE\nsw1 uptime is 1 day\n";
    const driver = new TelemetryDriver({
      shell: () =>
        cliDevice({
          prompt: "sw1#",
          answers: { "show version": version, "show env all": "FAN is OK\n" },
          unknown: "% Invalid input detected at '^' marker.",
        }),
    });
    driver.open("shell_pty");
    driver.run(20_000);
    ask(driver, "env", {}, "env");
    driver.run(10_000);
    expect(driver.written.filter((line) => line.startsWith("show env"))).toEqual([
      "show environment all",
      "show env all",
    ]);
    expect(answers(driver)).toHaveLength(1);
    expect(answers(driver)[0]?.source?.command).toBe("show env all");
  });
});
