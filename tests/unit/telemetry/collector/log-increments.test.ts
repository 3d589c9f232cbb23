import { describe, expect, test } from "vitest";
import { cliDevice, type ExecAnswer } from "#support/telemetry-devices.ts";
import { TelemetryDriver } from "#support/telemetry-driver.ts";

const REFUSED = "% Invalid input detected at '^' marker.\n";
const entry = (time: string, text: string): string => `*Nov 22 ${time}.101: %SEC_LOGIN-4-LOGIN_FAILED: ${text}\n`;

/** A switch with a log buffer; `begin` prints from the first line that has the text on, as the box does. */
function ios(buffer: string[], begin = true): TelemetryDriver {
  const answers: Record<string, string | (() => string)> = {
    "show version": "Cisco IOS Software, Example (EX-M), Version 15.2(4)E, RELEASE SOFTWARE\nsw1 uptime is 1 day\n",
    "show logging last 50": REFUSED,
    "show logging": () => `Syslog logging: enabled\n\nLog Buffer (8192 bytes):\n\n${buffer.join("")}`,
  };
  const since = (time: string): (() => string) => {
    return () => {
      const at = buffer.findIndex((line) => line.includes(time));
      return at < 0 ? "" : buffer.slice(at).join("");
    };
  };
  if (begin)
    for (let second = 0; second < 60; second++) {
      const time = `10:00:${String(second).padStart(2, "0")}`;
      answers[`show logging | begin ${time}`] = since(time);
    }
  const driver = new TelemetryDriver({ shell: () => cliDevice({ prompt: "sw1#", answers }) });
  driver.send({ type: "subscribe", panels: ["log", "collector"], at: driver.now });
  driver.open("shell_pty");
  return driver;
}
const asked = (driver: TelemetryDriver): string[] => driver.written.filter((text) => text.startsWith("show logging"));
const told = (driver: TelemetryDriver): string[] =>
  driver.effects.flatMap((effect) => (effect.type === "log" ? effect.entries.map(({ text }) => text) : []));

describe("[T78] a log is read once, then what came since", () => {
  test("IOS: the whole buffer, then from the newest entry on; each entry is told once", () => {
    const buffer = [entry("10:00:01", "a"), entry("10:00:02", "b")];
    const driver = ios(buffer);
    driver.run(20_000);
    expect(asked(driver)).toEqual(["show logging last 50", "show logging"]);
    buffer.push(entry("10:00:05", "c [Reason: Authorization failed]"));
    driver.run(30_000);
    driver.run(30_000);
    expect(asked(driver).slice(2)).toEqual(["show logging | begin 10:00:02", "show logging | begin 10:00:05"]);
    expect(told(driver)).toEqual(["a", "b", "c [Reason: Authorization failed]"]);
    expect(driver.readings.get("log")).toMatchObject({
      status: "ok",
      data: { entries: [{ text: "a" }, { text: "b" }, { text: "c [Reason: Authorization failed]" }] },
      sources: [{ command: "show logging | begin 10:00:05" }],
    });
    const stats = driver.readings.get("collector");
    const commands = stats?.panel === "collector" ? (stats.data?.commands ?? []) : [];
    expect(commands.filter(({ command }) => command.startsWith("show logging"))).toMatchObject([
      { command: "show logging", tier: "D", ok: 3 },
    ]);
  });

  test("a box that does not know the short form gets the whole one, at once and from then on", () => {
    const buffer = [entry("10:00:01", "a")];
    const driver = ios(buffer, false);
    driver.run(20_000);
    buffer.push(entry("10:00:05", "b"));
    driver.run(100_000);
    expect(asked(driver).slice(1)).toEqual([
      "show logging",
      "show logging | begin 10:00:01",
      "show logging",
      "show logging",
      "show logging",
    ]);
    expect(told(driver)).toEqual(["a", "b"]);
    expect(driver.readings.get("log")).toMatchObject({ status: "ok" });
  });

  test("a buffer that was cleared has nothing to go on from: the whole one, once, and then from there", () => {
    const buffer = [entry("10:00:01", "a")];
    const driver = ios(buffer);
    driver.run(20_000);
    buffer.splice(0, 1, entry("10:00:30", "b"));
    driver.run(70_000);
    expect(asked(driver).slice(2)).toEqual([
      "show logging | begin 10:00:01",
      "show logging",
      "show logging | begin 10:00:30",
    ]);
    expect(told(driver)).toEqual(["a", "b"]);
    expect(driver.readings.get("log")).toMatchObject({ status: "ok" });
  });

  test("a line feed of the journal: seconds of the newest entry, and after a reconnect from there", () => {
    const journal = [1, 2].map((second) => ({ second, text: `m${second}` }));
    const print = (from: number): string =>
      journal
        .filter(({ second }) => second >= from)
        .map(
          ({ second, text }) =>
            `{"__CURSOR":"s=1;i=${second}","__REALTIME_TIMESTAMP":"${1_700_000_000 + second}000123","PRIORITY":"6","MESSAGE":"${text}"}\n`,
        )
        .join("");
    const exec = (command: string): ExecAnswer => {
      const inner = / sh -c '(.*)'$/.exec(command)?.[1] ?? command;
      if (inner.startsWith("command -v")) return { stdout: "/usr/bin/journalctl\n" };
      if (inner.startsWith("journalctl -n 50")) return { stdout: print(0) };
      const since = /^journalctl -n 500 --since=@(\d+) /.exec(inner)?.[1];
      if (since !== undefined) return { stdout: print(Number(since) - 1_700_000_000) };
      return { stderr: "sh: 1: x: not found\n", code: 127 };
    };
    const driver = new TelemetryDriver({ exec }, { remembered: { platform: "linux", transport: "exec" } });
    driver.send({ type: "subscribe", panels: ["log"], at: driver.now });
    driver.open("exec", "SSH-2.0-OpenSSH_9.2p1");
    driver.run(20_000);
    journal.push({ second: 3, text: "m3" });
    driver.run(30_000);
    driver.send({ type: "closed", at: driver.now });
    journal.push({ second: 9, text: "m9" });
    driver.run(60_000);
    driver.open("exec", "SSH-2.0-OpenSSH_9.2p1");
    driver.run(40_000);
    const forms = driver.execs.flatMap((text) => /journalctl (-n \d+(?: --since=@\d+)?)/.exec(text)?.[1] ?? []);
    expect(forms.slice(0, 3)).toEqual(["-n 50", "-n 500 --since=@1700000002", "-n 500 --since=@1700000003"]);
    expect(forms.filter((form) => form === "-n 50")).toHaveLength(1);
    expect(told(driver)).toEqual(["m1", "m2", "m3", "m9"]);
    expect(driver.readings.get("log")).toMatchObject({ status: "ok" });
  });
});
