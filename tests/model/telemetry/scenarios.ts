import { cliDevice, type ExecDevice } from "#support/telemetry-devices.ts";
import { TelemetryDriver } from "#support/telemetry-driver.ts";
import type { CollectorInput } from "#telemetry/collector.ts";
import type { PanelId } from "#telemetry/knowledge/panel-data.ts";
import type { PanelReading } from "#telemetry/knowledge/reading.ts";
import type { Engine } from "./engine.ts";

const T0 = 1_700_000_000_000;
const PROMPT = "sw1#";
const VERSION = "Cisco IOS Software, Example (EX-M), Version 15.2(4)E, RELEASE SOFTWARE\nsw1 uptime is 1 day\n";
const CPU = "show processes cpu | include CPU utilization";

type Answers = Record<string, string | (() => string)>;
function shell(
  engine: Engine,
  answers: Answers,
  input: Partial<CollectorInput> = {},
  panels: PanelId[] = ["cpu"],
): TelemetryDriver {
  const device = (): ReturnType<typeof cliDevice> =>
    cliDevice({ prompt: PROMPT, answers: { "show version": VERSION, ...answers } });
  const driver = new TelemetryDriver({ shell: device }, { platform: "cisco_ios", ...input }, engine.createCollector);
  driver.send({ type: "subscribe", panels, at: driver.now });
  driver.open("shell_pty");
  return driver;
}

/** A Linux box that counts what `octets` says. */
function linux(engine: Engine, octets: () => string, panels: PanelId[] = ["ifcounters"]): TelemetryDriver {
  const exec: ExecDevice = (command) => {
    const inner = / sh -c '(.*)'$/.exec(command)?.[1] ?? command;
    if (inner.startsWith("cat /proc/meminfo")) return { stdout: "MemTotal: 100 kB\nMemFree: 50 kB\n" };
    if (!inner.startsWith("ip -j -s -s link")) return { stderr: "sh: 1: x: not found\n", code: 127 };
    const row = {
      ifname: "eth0",
      flags: ["UP", "LOWER_UP"],
      stats64: { rx: { bytes: "@" }, tx: { bytes: 5 } },
    };
    return { stdout: JSON.stringify([row]).replace('"@"', octets()) };
  };
  const remembered = { platform: "linux", transport: "exec" } as const;
  const driver = new TelemetryDriver({ exec }, { remembered }, engine.createCollector);
  driver.send({ type: "subscribe", panels, at: driver.now });
  driver.open("exec", "SSH-2.0-OpenSSH_9.2p1");
  return driver;
}

type Port = { in_bps?: number; in_util_pct?: number; in_pps?: number };
function port(driver: TelemetryDriver): Port | undefined {
  const reading = driver.readings.get("ifcounters");
  return reading?.panel === "ifcounters" ? reading.data?.rows?.[0] : undefined;
}

/** True when the engine keeps the rule. */
type Scenario = (engine: Engine) => boolean;

/** An answer that stops in the middle of a table and never ends. */
const truncated: Scenario = (engine) => {
  const driver = shell(engine, {
    [CPU]: "CPU utilization for five seconds: 9%/0%; one minute: 9%; five minutes: 9%\nand",
  });
  driver.chunk = (bytes) => {
    const text = new TextDecoder().decode(bytes);
    const cut = text.indexOf("\nand");
    return [cut < 0 ? bytes : bytes.subarray(0, cut + 4)];
  };
  driver.run(120_000);
  const reading = driver.readings.get("cpu");
  return reading?.status === "error" && reading.data === undefined;
};

/** A port whose speed and packets are not known has no utilisation and no packet rate. */
const absent: Scenario = (engine) => {
  let octets = 1_000;
  const driver = linux(engine, () => {
    octets += 1_000;
    return String(octets);
  });
  driver.run(40_000);
  const row = port(driver);
  return row?.in_bps !== undefined && row.in_util_pct === undefined && row.in_pps === undefined;
};

/** A refresh while the line holds half a line of something else. */
const gate: Scenario = (engine) => {
  const driver = shell(engine, {
    [CPU]: "CPU utilization for five seconds: 9%/0%; one minute: 9%; five minutes: 9%\n",
  });
  driver.run(25_000);
  driver.print("\r\nsomebody types here");
  driver.run(10);
  const before = driver.written.length;
  driver.send({ type: "refresh", panel: "cpu", at: driver.now });
  driver.run(100);
  return driver.written.length === before;
};

/** A `#` at the end of a line of output, with a pause behind it. */
const lookalike: Scenario = (engine) => {
  const lines = ["CPU utilization for five seconds: 9%/0%; one minute: 9%; five minutes: 9%", "line #"];
  const driver = shell(engine, { [CPU]: `${lines.join("\n")} goes on\nto here\n` }, { markers: false });
  driver.chunk = (bytes) => {
    const text = new TextDecoder().decode(bytes);
    const cut = text.indexOf("line #");
    return cut < 0 ? [bytes] : [bytes.subarray(0, cut + 6), bytes.subarray(cut + 6)];
  };
  driver.spacingMs = 1_500;
  driver.run(60_000);
  const [source] = driver.readings.get("cpu")?.sources ?? [];
  const text = driver.collector.capture(source?.capture ?? "")?.text ?? "";
  return text.endsWith("to here\n");
};

const reset: Scenario = (engine) => {
  const counts = ["9000000", "9000000", "5", "5"];
  const driver = linux(engine, () => counts.shift() ?? "5");
  const rates: number[] = [];
  for (let i = 0; i < 12; i++) {
    driver.run(10_000);
    rates.push(port(driver)?.in_bps ?? 0);
  }
  return rates.every((rate) => rate === 0);
};

const resume: Scenario = (engine) => {
  let octets = 1_000;
  const driver = linux(engine, () => String(octets));
  driver.run(20_000);
  driver.send({ type: "suspended", at: driver.now });
  octets += 50_000_000;
  driver.send({ type: "resumed", at: driver.now });
  driver.run(90_000);
  return driver.effects.every((effect) => {
    if (effect.type !== "reading" || effect.update.payload.panel !== "ifcounters") return true;
    return (effect.update.payload.data?.rows?.[0]?.in_bps ?? 0) === 0;
  });
};

const refused: Scenario = ({ isNetworkFailure }) =>
  isNetworkFailure({ code: "unreachable" }) &&
  !isNetworkFailure({ code: "auth_failed" }) &&
  !isNetworkFailure({ code: "host_key_changed" });

const one: Scenario = ({ plan, newPlanState, newPlanned }) => {
  const state = newPlanState("normal", T0);
  state.commands = [{ ...newPlanned("a", "D"), subscribed: true, next_due: T0 }];
  const first = plan(state, T0);
  state.running = true;
  return first !== undefined && plan(state, T0 + 60_000) === undefined;
};

/** A cancelled command that takes seconds to go: nothing else may begin before it is gone. */
const leaving: Scenario = (engine) => {
  const driver = linux(engine, () => "5", ["memory", "ifcounters"]);
  driver.run(20_000);
  driver.execMs = (command) => (command.includes("link") ? 14_000 : 40);
  driver.send({ type: "refresh", panel: "ifcounters", at: driver.now });
  driver.run(9_900);
  driver.send({ type: "refresh", panel: "memory", at: driver.now });
  driver.run(2_000);
  const at = driver.effects.findIndex(({ type }) => type === "exec_cancel");
  return at >= 0 && driver.effects.slice(at).every(({ type }) => type !== "exec");
};

const gone: Scenario = ({ PanelWatch }) => {
  const reading = (ts: number, names: string[], status: string): PanelReading => {
    const rows = names.map((name) => ({ name, class: "phys", admin: "up", oper: "up" }));
    const base = {
      panel: "ifstate",
      schema: 1,
      ts,
      age_ms: 0,
      interval_ms: 30_000,
      status,
      sources: [{ capture: "c" }],
    };
    // A reading of a test: only what a comparison looks at.
    return { ...base, data: { rows, row_count: rows.length } } as unknown as PanelReading;
  };
  const watch = new PanelWatch();
  watch.take(reading(0, ["eth0", "eth1"], "ok"));
  const partial = watch.take(reading(30_000, ["eth0"], "partial"));
  const whole = watch.take(reading(60_000, ["eth0"], "ok"));
  return partial.length === 0 && whole.some(({ kind }) => kind === "gone");
};

const digits: Scenario = ({ Deriver }) => {
  const deriver = new Deriver();
  const rate = [0n, 9_999n].map((more, index) => {
    const rows = [{ name: "a", in_octets: (2n ** 63n + 1n + more).toString() }];
    const context = { ts: T0 + index * 1_000, late: false, intervalMs: 30_000, speeds: new Map(), pinned: false };
    return deriver.derive({ ifcounters: { rows, row_count: 1 } }, context).ifcounters?.rows?.[0]?.in_bps;
  });
  return rate[1] === 79_992;
};

/** One scenario per rule of the mutation list; each is true on the shipped engine. */
export const SCENARIOS = {
  truncated,
  absent,
  gate,
  lookalike,
  reset,
  resume,
  refused,
  one,
  leaving,
  gone,
  digits,
} satisfies Record<string, Scenario>;

export type ScenarioName = keyof typeof SCENARIOS;
