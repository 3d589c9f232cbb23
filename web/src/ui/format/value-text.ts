import type { Unit } from "#telemetry/knowledge/field-defs.ts";
import { escapeDeviceText } from "../text/escape-device-text.ts";
import { counterText, groupDigits, threeDigits, withIec, withSi } from "./numbers.ts";
import { clockText, durationText, exactTime, msText } from "./times.ts";

/** A value as it is shown, and as it is: `exact` is what a tap shows and what is copied. */
export type ValueText = { text: string; exact: string };

const plain = (text: string): ValueText => ({ text, exact: text });

function ofNumber(value: number, unit: Unit, now: number): ValueText {
  const exact = String(value);
  const say = (text: string): ValueText => ({ text, exact });
  switch (unit) {
    case "bytes":
      return { text: withIec(value), exact: `${groupDigits(exact)} B` };
    case "bps":
      return { text: withSi(value, "b/s"), exact: `${groupDigits(exact)} b/s` };
    case "pps":
      return { text: withSi(value, "p/s"), exact: `${groupDigits(exact)} p/s` };
    case "per_s":
      return { text: `${value === 0 ? "0" : threeDigits(value)}/s`, exact: `${exact}/s` };
    case "seconds":
      return { text: durationText(value), exact: `${groupDigits(exact)} s` };
    case "ms":
      return { text: msText(value), exact: `${groupDigits(exact)} ms` };
    case "pct":
      return { text: `${Math.abs(value) < 9.95 ? value.toFixed(1) : value.toFixed(0)} %`, exact: `${exact} %` };
    case "celsius":
      return say(`${value.toFixed(0)} °C`);
    case "watt":
      return say(`${threeDigits(value)} W`);
    case "volt":
      return say(`${value.toFixed(2)} V`);
    case "milliampere":
      return say(`${value.toFixed(1)} mA`);
    case "dbm":
      return say(`${value.toFixed(2)} dBm`.replace("-", "−"));
    case "nm":
      return say(`${groupDigits(exact)} nm`);
    case "rpm":
      return say(`${groupDigits(exact)} rpm`);
    case "at":
      return { text: clockText(value, now), exact: exactTime(value) };
    default:
      return Number.isInteger(value) ? plain(groupDigits(exact)) : { text: groupDigits(value.toFixed(2)), exact };
  }
}

/**
 * How a value of a panel is shown. Undefined for what is absent: unknown is drawn as unknown, never as 0 [T5].
 * Text of the device is escaped here [S86]; `now` only decides whether a date goes with a time.
 */
export function valueText(value: unknown, unit: Unit, now: number): ValueText | undefined {
  if (value === undefined || value === null || value === "") return undefined;
  if (typeof value === "number") return Number.isFinite(value) ? ofNumber(value, unit, now) : undefined;
  if (typeof value === "boolean") return plain(value ? "yes" : "no");
  if (typeof value === "string") {
    if (unit === "counter") return { text: counterText(value), exact: groupDigits(value) };
    return { text: escapeDeviceText(value), exact: escapeDeviceText(value, 16_384) };
  }
  if (Array.isArray(value)) {
    if (value.length === 0) return undefined;
    return plain(
      inOrder(value)
        .map((item) => listItem(item, now))
        .join(", "),
    );
  }
  return plain(listItem(value, now));
}

/** Routes of one protocol: how many are known, and how many of them are in use. */
type Share = { proto: string; rib: number; fib?: unknown };
const isShare = (item: unknown): item is Share =>
  typeof item === "object" &&
  item !== null &&
  "proto" in item &&
  typeof item.proto === "string" &&
  "rib" in item &&
  typeof item.rib === "number";

/** Shares of a whole, the largest first: a narrow column shows what matters. Other lists stay as they are. */
const inOrder = (items: readonly unknown[]): readonly unknown[] =>
  items.every(isShare) ? items.toSorted((a, b) => b.rib - a.rib) : items;

/** Fields that say by their form what they are. */
const UNLABELLED: ReadonlySet<string> = new Set(["proto", "via", "if", "ip"]);

/** An element of a list: a word, or the fields of a small object in their order. */
function listItem(item: unknown, now: number): string {
  if (typeof item === "string") return escapeDeviceText(item);
  if (isShare(item)) {
    const used =
      typeof item.fib === "number" && item.fib !== item.rib ? ` (${groupDigits(String(item.fib))} in use)` : "";
    // A protocol may end in a number of its own: bgp 65001.
    return `${escapeDeviceText(item.proto)}: ${groupDigits(String(item.rib))}${used}`;
  }
  if (typeof item === "object" && item !== null) {
    return Object.entries(item)
      .map(([name, value]) => {
        const shown = valueText(value, name.endsWith("_s") ? "seconds" : "count", now)?.text ?? "";
        return UNLABELLED.has(name) ? shown : `${name.replace(/_s$/, "")} ${shown}`;
      })
      .join(" ");
  }
  return escapeDeviceText(String(item));
}
