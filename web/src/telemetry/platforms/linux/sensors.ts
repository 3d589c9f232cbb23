import type { Env, Fan, Psu, SensorState, TempSensor } from "../../knowledge/panel-data.ts";
import type { JsonObject } from "../../model/json.ts";
import { asNumber, entries } from "../../model/json-access.ts";
import { jsonParser } from "../../parsers/json-parser.ts";

/** Values of one feature (`temp1_input`, `temp1_crit`, ...) by what follows the number. */
function valuesOf(feature: JsonObject): { kind: string; values: Map<string, number> } | undefined {
  const values = new Map<string, number>();
  let kind: string | undefined;
  for (const [key, value] of feature) {
    const [, word, what] = /^([a-z]+)\d*_([a-z_]+)$/.exec(key) ?? [];
    const number = asNumber(value);
    if (word === undefined || what === undefined || number === undefined) continue;
    kind ??= word;
    if (word === kind) values.set(what, number);
  }
  return kind === undefined ? undefined : { kind, values };
}

const CRIT_ALARMS = ["crit_alarm", "emergency_alarm", "lcrit_alarm"];
const WARN_ALARMS = ["alarm", "max_alarm", "min_alarm", "cap_alarm"];

/** The driver's own alarms decide; without any, the driver's limits; without those nothing is known [T89]. */
function stateOf(values: ReadonlyMap<string, number>, input: number | undefined): SensorState | undefined {
  const raised = (names: readonly string[]): boolean => names.some((name) => (values.get(name) ?? 0) > 0);
  if (raised(CRIT_ALARMS)) return "crit";
  if (raised(WARN_ALARMS)) return "warn";
  const crit = values.get("crit");
  const max = values.get("max");
  if (input !== undefined && crit !== undefined && input >= crit) return "crit";
  if (input !== undefined && max !== undefined && input >= max) return "warn";
  const judged =
    [...CRIT_ALARMS, ...WARN_ALARMS].some((name) => values.has(name)) || crit !== undefined || max !== undefined;
  return judged && input !== undefined ? "ok" : undefined;
}

type Parts = { temps: TempSensor[]; fans: Fan[]; psus: Psu[] };

function take(id: string, feature: JsonObject, parts: Parts): boolean {
  const found = valuesOf(feature);
  if (!found) return false;
  const { kind, values } = found;
  // A sensor that reports a fault has no value: what it prints then is not a temperature.
  const fault = (values.get("fault") ?? 0) > 0;
  const input = fault ? undefined : (values.get("input") ?? values.get("average"));
  const state = fault ? "absent" : stateOf(values, input);
  const withState = state === undefined ? {} : { state };
  if (kind === "temp") {
    const [warn, crit] = [values.get("max"), values.get("crit")];
    parts.temps.push({
      id,
      ...(input === undefined ? {} : { temp_c: input }),
      ...(warn === undefined ? {} : { warn_c: warn }),
      ...(crit === undefined ? {} : { crit_c: crit }),
      ...withState,
    });
  } else if (kind === "fan") parts.fans.push({ id, ...(input === undefined ? {} : { rpm: input }), ...withState });
  else if (kind === "power" && input !== undefined) {
    const capacity = values.get("cap");
    parts.psus.push({ id, in_w: input, ...(capacity === undefined ? {} : { capacity_w: capacity }), ...withState });
  }
  return true;
}

/**
 * `sensors -j`: chips with their features. Voltages and currents of the board have no place in the panel. A machine
 * without sensors prints an empty object and says so on stderr, which the pack knows as a refusal.
 */
export const linuxSensors = jsonParser("linux.sensors", 1, (document, trace) => {
  const parts: Parts = { temps: [], fans: [], psus: [] };
  let features = 0;
  for (const [chip, object] of entries(document)) {
    for (const [label, feature] of entries(object)) if (take(`${chip} ${label}`, feature, parts)) features++;
  }
  if (features === 0) return trace.failed("empty");
  const { temps, fans, psus } = parts;
  const env: Env = {
    ...(temps.length > 0 ? { temps } : {}),
    ...(fans.length > 0 ? { fans } : {}),
    ...(psus.length > 0 ? { psus } : {}),
  };
  return trace.done({ env }, features);
});
