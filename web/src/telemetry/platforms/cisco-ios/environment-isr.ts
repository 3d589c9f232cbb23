import type { Fan, Psu, TempSensor } from "../../knowledge/panel-data.ts";

/** One line of `show environment all` of a branch router: a part, with the device's word for its state. */
export type IsrPart = { temp?: TempSensor; fan?: Fan; psu?: Psu; word?: string; usedW?: number };

const TEMPERATURE = /^ (\S.*?) temperature: (-?\d+) Celsius, (\S+)/;
const FAN = /^ (Fan \d+) (OK|Failed|Failure|Not Present)\b/i;
const SUPPLY = /^ ((?:Internal|External|Redundant).*?Power Supply)(?: \S+ Output Status: (\S+)| is (absent)\b)/;
const TOTAL = /^ Total System Power consumption is: (\d+(?:\.\d+)?) W/;
/** Headings and facts that no panel shows. */
const KNOWN =
  /^(?:=+|SYSTEM .*|REAL TIME CLOCK BATTERY STATUS| Battery .*| .*Power Supply Type: .*| .*Power consumption = .*|Environmental information last updated .*)$/;

/** The part that a line describes; an empty part for a line that says nothing of use, nothing for an unknown line. */
export function isrPart(line: string): IsrPart | undefined {
  const temperature = TEMPERATURE.exec(line);
  if (temperature) {
    return { temp: { id: temperature[1] ?? "", temp_c: Number(temperature[2]) }, word: temperature[3] ?? "" };
  }
  const fan = FAN.exec(line);
  if (fan) return { fan: { id: fan[1] ?? "" }, word: fan[2] ?? "" };
  const supply = SUPPLY.exec(line);
  if (supply) return { psu: { id: supply[1] ?? "" }, word: supply[2] ?? supply[3] ?? "" };
  const total = TOTAL.exec(line)?.[1];
  if (total) return { usedW: Number(total) };
  return KNOWN.test(line) ? {} : undefined;
}
