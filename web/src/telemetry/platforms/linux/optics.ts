import type { Limits, OpticRow } from "../../knowledge/panel-data.ts";
import { present } from "../../model/vocabulary.ts";
import { type NamedParser, TraceBuilder } from "../../parsers/result.ts";

type Metric = "temp" | "volt" | "bias" | "tx" | "rx";
const FIELD = { temp: "temp_c", volt: "volt_v", bias: "bias_ma", tx: "tx_dbm", rx: "rx_dbm" } as const;
/** The number with the unit that each metric is given in; power is also printed in milliwatts before it. */
const UNIT: Record<Metric, RegExp> = {
  temp: /(-?\d+(?:\.\d+)?) degrees C\b/,
  volt: /^(-?\d+(?:\.\d+)?) V$/,
  bias: /^(-?\d+(?:\.\d+)?) mA$/,
  tx: /\/ (-?\d+(?:\.\d+)?) dBm$/,
  rx: /\/ (-?\d+(?:\.\d+)?) dBm$/,
};
/** Labels of SFP, QSFP and CMIS modules, without the channel. */
const VALUES: [RegExp, Metric][] = [
  [/^Module temperature$/, "temp"],
  [/^Module voltage$/, "volt"],
  [/^Laser (?:tx )?bias current$/, "bias"],
  [/^(?:Laser output power|Transmit avg optical power)$/, "tx"],
  [/^(?:Receiver signal (?:average optical|OMA) power|Rcvr signal avg optical power|Receiver signal OMA)$/, "rx"],
];
const THRESHOLDS: [RegExp, Metric][] = [
  [/^Module temperature$/, "temp"],
  [/^Module voltage$/, "volt"],
  [/^Laser bias current$/, "bias"],
  [/^Laser (?:output|tx) power$/, "tx"],
  [/^Laser rx power$/, "rx"],
];
const LEVEL = {
  "high alarm": "hi_alarm",
  "high warning": "hi_warn",
  "low warning": "lo_warn",
  "low alarm": "lo_alarm",
} as const;
type LevelName = keyof typeof LEVEL;
const THRESHOLD = /^(.+?) (high alarm|high warning|low warning|low alarm) threshold$/;
const FLAG = /^(.+?) (high alarm|high warning|low warning|low alarm)(?: +\(Chan(?:nel)? (\d+)\))?$/;
const CHANNEL = /^(.*?) ?\(Chan(?:nel)? (\d+)\)$/;

function metricOf(table: [RegExp, Metric][], label: string): Metric | undefined {
  return table.find(([re]) => re.test(label))?.[1];
}

function numberOf(metric: Metric, value: string): number | undefined {
  // A module without light prints 0 mW and minus infinity, which is no number of dBm.
  const found = UNIT[metric].exec(value)?.[1];
  return found === undefined ? undefined : Number(found);
}

type Module = {
  common: Partial<OpticRow>;
  lanes: Map<string, Partial<OpticRow>>;
  worst?: "warn" | "crit";
  flags: number;
};

function takeFact(module: Module, label: string, value: string): boolean {
  const { common } = module;
  const text = present(value);
  if (label === "Identifier") common.type = /\((.+)\)/.exec(value)?.[1] ?? value;
  else if (label === "Vendor name") put(common, "vendor", text);
  else if (label === "Vendor PN") put(common, "part", text);
  else if (label === "Vendor SN") put(common, "serial", text);
  else if (label === "Laser wavelength") {
    const nm = /^(\d+(?:\.\d+)?) ?nm$/.exec(value)?.[1];
    if (nm && Number(nm) > 0) common.wavelength_nm = Number(nm);
  } else return false;
  return true;
}

function put<K extends keyof OpticRow>(row: Partial<OpticRow>, key: K, value: OpticRow[K] | undefined): void {
  if (value !== undefined) row[key] = value;
}

function takeLevel(module: Module, label: string, value: string): boolean {
  const [, name = "", level] = THRESHOLD.exec(label) ?? [];
  const metric = metricOf(THRESHOLDS, name);
  if (!metric || level === undefined) return false;
  const number = numberOf(metric, value);
  if (number !== undefined) {
    const limits: Limits = module.common[`${metric}_limits`] ?? {};
    limits[LEVEL[level as LevelName]] = number;
    module.common[`${metric}_limits`] = limits;
  }
  return true;
}

function takeFlag(module: Module, label: string, value: string): boolean {
  const level = FLAG.exec(label)?.[2];
  if (level === undefined || (value !== "On" && value !== "Off")) return false;
  module.flags++;
  if (value === "On" && module.worst !== "crit") module.worst = level.endsWith("alarm") ? "crit" : "warn";
  return true;
}

function takeValue(module: Module, label: string, value: string): boolean {
  const [, name = label, lane] = CHANNEL.exec(label) ?? [];
  const metric = metricOf(VALUES, name.trim());
  if (!metric) return false;
  const number = numberOf(metric, value);
  const row = lane === undefined ? module.common : (module.lanes.get(lane) ?? {});
  if (lane !== undefined) module.lanes.set(lane, row);
  put(row, FIELD[metric], number);
  return true;
}

/** `ethtool -m IF`: what the module in the port says of itself, one row per lane; the port's name is not printed. */
export const linuxOptics: NamedParser = {
  id: "linux.optics",
  version: 1,
  parse(output, { params }) {
    const trace = new TraceBuilder("linux.optics", 1, output);
    const module: Module = { common: {}, lanes: new Map(), flags: 0 };
    let anchored = false;
    for (const line of output.split("\n")) {
      const colon = line.indexOf(":");
      const label = line.slice(0, Math.max(0, colon)).trim();
      const value = line.slice(colon + 1).trim();
      if (!/^[A-Za-z]/.test(label)) {
        trace.unparsed(line);
        continue;
      }
      anchored ||= label === "Identifier";
      // Most of the page (encodings, lengths, date codes) has no place in the panel.
      void (
        takeFact(module, label, value) ||
        takeLevel(module, label, value) ||
        takeFlag(module, label, value) ||
        takeValue(module, label, value)
      );
      trace.consumed();
    }
    const name = params.get("IF");
    if (!anchored || name === undefined) return trace.failed("no_anchor");
    if (module.worst) module.common.state = module.worst;
    else if (module.flags > 0) module.common.state = "ok";
    const lanes = module.lanes.size > 0 ? [...module.lanes] : [["1", {}] as const];
    const rows = lanes.map(([lane, values]): OpticRow => ({ if: name, lane, ...module.common, ...values }));
    return trace.done({ optics: { rows, row_count: rows.length } }, rows.length);
  },
};
