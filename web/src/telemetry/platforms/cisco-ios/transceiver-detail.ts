import type { Limits, OpticRow, SensorState } from "../../knowledge/panel-data.ts";
import { interfaceName } from "../../model/interface-names.ts";
import { type NamedParser, TraceBuilder } from "../../parsers/result.ts";

type Metric = "temp" | "volt" | "bias" | "tx" | "rx";
const FIELD = { temp: "temp_c", volt: "volt_v", bias: "bias_ma", tx: "tx_dbm", rx: "rx_dbm" } as const;
const LEVELS = ["hi_alarm", "hi_warn", "lo_warn", "lo_alarm"] as const;
/** The unit in the last line of a heading says what the first figure of each row is. */
const HEADER = /^Port +(?:(Lane|Channel) +)?\((Celsius|Volts|milliamperes|mA|dBm)\)/;
const ROW = /^([A-Z][A-Za-z]+\d[\d/.]*) +(.*)$/;
const NUMBER = /^-?\d+(?:\.\d+)?$/;
const ABSENT = /^N\/?A$/i;
const MARKS: Record<string, SensorState> = { "++": "crit", "--": "crit", "+": "warn", "-": "warn" };

function metricOf(unit: string, above: string): Metric | undefined {
  if (unit === "Celsius") return "temp";
  if (unit === "Volts") return "volt";
  if (unit !== "dBm") return "bias";
  if (/Transmit|Tx/.test(above)) return "tx";
  return /Receive|Rx/.test(above) ? "rx" : undefined;
}

/** `30.7 ++  85.0  75.0  0.0  -5.0`: the value with its mark, then the device's four limits from high to low. */
function readCells(text: string): { value?: number; mark?: SensorState; limits?: Limits } | undefined {
  const words = text.trim().split(/\s+/);
  const first = words.shift() ?? "";
  const out: { value?: number; mark?: SensorState; limits?: Limits } = {};
  if (NUMBER.test(first)) out.value = Number(first);
  else if (!ABSENT.test(first)) return undefined;
  const mark = MARKS[words[0] ?? ""];
  if (mark) {
    out.mark = mark;
    words.shift();
  }
  if (words.length !== LEVELS.length || !words.every((word) => NUMBER.test(word) || ABSENT.test(word)))
    return undefined;
  const limits: Limits = {};
  for (const [index, level] of LEVELS.entries()) {
    const word = words[index] ?? "";
    if (NUMBER.test(word)) limits[level] = Number(word);
  }
  if (Object.keys(limits).length > 0) out.limits = limits;
  return out;
}

/** `show interfaces [IF] transceiver detail`: one table per metric, with the limits that the module carries. */
export const iosTransceiverDetail: NamedParser = {
  id: "ios.transceiver-detail",
  version: 1,
  parse(output, { prefixes }) {
    const trace = new TraceBuilder("ios.transceiver-detail", 1, output);
    const rows = new Map<string, OpticRow>();
    let metric: Metric | undefined;
    let laned = false;
    let headers = 0;
    let above = "";
    for (const line of output.split("\n").map((raw) => raw.trimEnd())) {
      const header = HEADER.exec(line);
      const row = metric ? ROW.exec(line) : null;
      if (header) {
        metric = metricOf(header[2] ?? "", above);
        laned = header[1] !== undefined;
        headers++;
        above = "";
      } else if (row && metric) {
        const lane = laned ? /^(\d+) +/.exec(row[2] ?? "") : null;
        const cells = readCells((row[2] ?? "").slice(lane?.[0].length ?? 0));
        if (!cells || (laned && !lane)) {
          trace.unparsed(line);
          continue;
        }
        const name = interfaceName(row[1] ?? "", prefixes).name;
        const key = `${name} ${lane?.[1] ?? "1"}`;
        const optic = rows.get(key) ?? { if: name, lane: lane?.[1] ?? "1" };
        rows.set(key, optic);
        if (cells.value !== undefined) optic[FIELD[metric]] = cells.value;
        if (cells.limits) optic[`${metric}_limits`] = cells.limits;
        if (cells.mark && optic.state !== "crit") optic.state = cells.mark;
      } else if (line !== "") {
        // Headings and the legend; only what follows the last table of a metric can be its title.
        if (!/^[-\s]+$/.test(line)) above += `\n${line}`;
        if (
          !/^[-\s]+$|Threshold|Alarm|Warn|calibrated|milliamperes|not applicable|A2D|Wavelength|Transceiver|Optical|Voltage|Temperature|Current|Power|Port|SFP|monitoring/i.test(
            line,
          )
        ) {
          trace.unparsed(line);
          continue;
        }
      }
      trace.consumed();
    }
    if (headers === 0) return trace.failed("no_anchor");
    const found = [...rows.values()];
    return trace.done({ optics: { rows: found, row_count: found.length } }, found.length);
  },
};
