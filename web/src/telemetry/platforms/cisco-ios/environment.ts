import type { Env, Fan, OpticRow, Psu, TempSensor } from "../../knowledge/panel-data.ts";
import { interfaceName } from "../../model/interface-names.ts";
import { sensorState } from "../../model/vocabulary.ts";
import { type NamedParser, TraceBuilder } from "../../parsers/result.ts";
import { type IsrPart, isrPart } from "./environment-isr.ts";

function withState<R extends TempSensor | Fan | Psu>(row: R, word: string | undefined): R {
  if (word === undefined || word.trim() === "") return row;
  const state = sensorState(word);
  if ("value" in state) row.state = state.value;
  else row.state_raw = word.trim();
  return row;
}

type Reading = { temps: TempSensor[]; fans: Fan[]; psus: Psu[]; usedW?: number; unit: string; psuTable: boolean };
type Rule = { re: RegExp; put: (here: Reading, found: RegExpExecArray) => void };

const prefixed = (here: Reading, id: string): string => (here.unit === "" ? id : `${here.unit} ${id}`);

const RULES: Rule[] = [
  {
    re: /^Switch (\d+): SYSTEM TEMPERATURE is (.+)$/i,
    put: (here, found) => {
      here.unit = `Switch ${found[1]}`;
    },
  },
  {
    re: /^(?:SYSTEM )?TEMPERATURE is (.+)$/i,
    put: (here, found) => {
      here.temps.push(withState({ id: prefixed(here, "System") }, found[1]));
    },
  },
  {
    re: /^(?:(.+?) )?Temperature Value: (\d+) Degree Celsius/i,
    put: (here, found) => {
      here.temps.push({ id: prefixed(here, found[1] ?? "System"), temp_c: Number(found[2]) });
    },
  },
  {
    re: /^Temperature State: (\S+)/i,
    put: (here, found) => {
      const last = here.temps.at(-1);
      if (last) withState(last, found[1]);
    },
  },
  {
    re: /^Yellow Threshold\s*: (\d+) Degree/i,
    put: (here, found) => {
      const last = here.temps.at(-1);
      if (last) last.warn_c = Number(found[1]);
    },
  },
  {
    re: /^Red Threshold\s*: (\d+) Degree/i,
    put: (here, found) => {
      const last = here.temps.at(-1);
      if (last) last.crit_c = Number(found[1]);
    },
  },
  {
    re: /^(?:Switch (\d+) )?FAN(?: (\S+))? is (.+)$/i,
    put: (here, found) => {
      here.fans.push(
        withState(
          { id: [found[1] && `Switch ${found[1]}`, `FAN ${found[2] ?? ""}`.trim()].filter(Boolean).join(" ") },
          found[3],
        ),
      );
    },
  },
  {
    re: /^\s*(\d+)\s+(\d+)\s+(\d+)\s+(OK|GOOD|FAULTY|NOT PRESENT)\s+(Front to Back|Back to Front)?/i,
    put: (here, found) => {
      here.fans.push(
        withState(
          {
            id: `Switch ${found[1]} FAN ${found[2]}`,
            rpm: Number(found[3]),
            ...(found[5] ? { direction: found[5] } : {}),
          },
          found[4],
        ),
      );
    },
  },
  {
    re: /^(?:Switch (\d+): )?(?:POWER|PS\d+|RPS|Power Supply \S+) is (.+)$/i,
    put: (here, found) => {
      here.psus.push(withState({ id: prefixed(here, found[0].slice(0, found[0].indexOf(" is "))) }, found[2]));
    },
  },
  {
    re: /^\s*(\d+[AB]?)\s+(PWR\S*|C\dK\S*|Built-in|Unknown|Not Present|\S+-PWR-\S+)(?:\s+(\S+)\s+(OK|No Input Power|Faulty|Bad|Good|Disabled)\s+(\S+)\s+(\S+)\s+(\d+)(?:\/\d+)?|\s+(Good|Bad|OK))?\s*$/,
    put: (here, found) => {
      if (here.psuTable) here.psus.push(psu(found));
    },
  },
];

function psu(found: RegExpExecArray): Psu {
  const [, id = "", model = "", , status, , , watts, only] = found;
  const row: Psu = { id };
  if (model === "Not Present") return withState(row, model);
  if (model !== "Unknown") row.model = model;
  if (watts !== undefined) row.capacity_w = Number(watts);
  return withState(row, status ?? only);
}

/** `show env all`, `show environment temperature` and `show environment power all` of Catalyst switches. */
export const iosEnvironment: NamedParser = {
  id: "ios.environment",
  version: 1,
  parse(output) {
    const trace = new TraceBuilder("ios.environment", 1, output);
    const here: Reading = { temps: [], fans: [], psus: [], unit: "", psuTable: false };
    for (const line of output.split("\n").map((raw) => raw.trimEnd())) {
      if (/^\s*SW\s+PID\s+Serial#\s+Status/.test(line)) here.psuTable = true;
      else if (!/^[-\s]*$|^\s*Switch\s+FAN\s+Speed/.test(line)) {
        const sensor = xeSensor(line);
        const part = sensor ? undefined : isrPart(line);
        const rule = sensor || part ? undefined : RULES.find(({ re }) => re.test(line));
        const found = rule?.re.exec(line);
        if (sensor) here.temps.push(sensor);
        else if (part) take(here, part);
        else if (rule && found) rule.put(here, found);
        else {
          trace.unparsed(line);
          continue;
        }
      }
      if (line.trim() !== "") trace.consumed();
    }
    const { temps, fans, psus, usedW } = here;
    const rows = temps.length + fans.length + psus.length;
    if (rows === 0) return trace.failed("no_anchor");
    const env: Env = {
      ...(temps.length > 0 ? { temps } : {}),
      ...(fans.length > 0 ? { fans } : {}),
      ...(psus.length > 0 ? { psus } : {}),
      ...(usedW === undefined ? {} : { power_used_w: usedW }),
    };
    return trace.done({ env }, rows);
  },
};

function take(here: Reading, part: IsrPart): void {
  if (part.temp) here.temps.push(withState(part.temp, part.word));
  if (part.fan) here.fans.push(withState(part.fan, part.word));
  if (part.psu) here.psus.push(withState(part.psu, part.word));
  if (part.usedW !== undefined) here.usedW = part.usedW;
}

/** `Temp: Inlet    R0    Normal    29 Celsius` of IOS-XE routers. */
function xeSensor(line: string): TempSensor | undefined {
  const found =
    /^\s*(?:(R\d|F\d|P\d|\d)\s+)?(Temp: .*?|.*?[Tt]emp.*?)\s{2,}(?:(\S+)\s+)?(Normal|Warning|Minor|Major|Critical|Shutdown|GREEN|YELLOW|RED)\s+(-?\d+)\s+Celsius/.exec(
      line,
    );
  if (!found) return undefined;
  const place = found[1] ?? found[3];
  return withState<TempSensor>(
    { id: [place, found[2]?.trim()].filter(Boolean).join(" "), temp_c: Number(found[5]) },
    found[4],
  );
}

const METRICS: [RegExp, "temp_c" | "volt_v" | "bias_ma" | "tx_dbm" | "rx_dbm"][] = [
  [/Celsius/, "temp_c"],
  [/Volts/, "volt_v"],
  [/\(mA\)/, "bias_ma"],
];

/** `show interfaces transceiver`: light levels by the units that the header prints under each column. */
export const iosTransceiver: NamedParser = {
  id: "ios.transceiver",
  version: 1,
  parse(output, { prefixes }) {
    const trace = new TraceBuilder("ios.transceiver", 1, output);
    const rows: OpticRow[] = [];
    let fields: ("temp_c" | "volt_v" | "bias_ma" | "tx_dbm" | "rx_dbm")[] | undefined;
    let above = "";
    for (const line of output.split("\n").map((raw) => raw.trimEnd())) {
      if (/^Port\s.*\(dBm\)/.test(line)) fields = metricsOf(line, above);
      else {
        const row = fields && opticRow(line, fields);
        if (row) rows.push({ ...row, if: interfaceName(row.if, prefixes).name });
        else if (!/^[-\s]*$/.test(line) && fields) {
          trace.unparsed(line);
          continue;
        }
      }
      if (line.trim() !== "") above = line;
      trace.consumed();
    }
    if (!fields) return trace.failed("no_anchor");
    if (rows.length === 0 && !trace.unknownShare()) trace.provenEmpty("header without rows");
    return trace.done({ optics: { rows, row_count: rows.length } }, rows.length);
  },
};

function metricsOf(units: string, labels: string): ("temp_c" | "volt_v" | "bias_ma" | "tx_dbm" | "rx_dbm")[] {
  const powers = [...labels.matchAll(/\b([TR])x Power/g)].map((found) =>
    found[1] === "T" ? ("tx_dbm" as const) : ("rx_dbm" as const),
  );
  let power = 0;
  return [...units.matchAll(/\((?:Celsius|Volts|mA|dBm)\)/g)].flatMap(([unit]) => {
    const known = METRICS.find(([re]) => re.test(unit));
    return known ? [known[1]] : (powers[power++] ?? []);
  });
}

function opticRow(
  line: string,
  fields: ("temp_c" | "volt_v" | "bias_ma" | "tx_dbm" | "rx_dbm")[],
): OpticRow | undefined {
  const [name, ...words] = line.trim().split(/\s+/);
  const cells = words.filter((word) => !/^[+-]{1,2}$/.test(word));
  if (!name || !/^[A-Z][A-Za-z]+[\d/.]+$/.test(name) || cells.length !== fields.length) return undefined;
  const row: OpticRow = { if: name, lane: "1" };
  for (const [index, field] of fields.entries()) {
    const cell = cells[index] ?? "";
    if (/^-?\d+(?:\.\d+)?$/.test(cell)) row[field] = Number(cell);
    else if (!/^N\/?A$/i.test(cell)) return undefined;
  }
  if (words.includes("++") || words.includes("--")) row.state = "crit";
  else if (words.includes("+") || words.includes("-")) row.state = "warn";
  return row;
}
