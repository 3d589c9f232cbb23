import type { IfClass } from "../knowledge/panel-data.ts";

/** One kind of interface of a platform: canonical long prefix, its short form, class. */
export type PrefixEntry = [long: string, short: string, cls: IfClass];
/** An interface name in canonical form [T21]. */
export type InterfaceName = {
  name: string;
  short: string;
  printed: string;
  class: IfClass;
  parent?: string;
  unit?: string;
};

const SPLIT = /^([A-Za-z][A-Za-z-]*?)[ ]?(\d.*)?$/;

/**
 * The canonical name of an interface as printed by a device: prefixes of the platform's table are matched without case
 * and may be cut short (`Gi`, `Gig`, `GigabitEthernet`); digits stay as printed; an unknown prefix stays as it is.
 */
export function interfaceName(printed: string, prefixes: readonly PrefixEntry[]): InterfaceName {
  const text = printed.trim();
  const [, letters, rest = ""] = SPLIT.exec(text) ?? [];
  const entry = letters === undefined ? undefined : findPrefix(letters, prefixes);
  if (!entry) return { name: text, short: text, printed: text, class: "other" };
  const [long, short, cls] = entry;
  const name = long + rest;
  const dot = rest.indexOf(".");
  if (dot < 0 || cls === "tunnel" || cls === "loop") return { name, short: short + rest, printed: text, class: cls };
  return {
    name,
    short: short + rest,
    printed: text,
    class: "sub",
    parent: long + rest.slice(0, dot),
    unit: rest.slice(dot + 1),
  };
}

function findPrefix(letters: string, prefixes: readonly PrefixEntry[]): PrefixEntry | undefined {
  const lower = letters.toLowerCase();
  const same = prefixes.find(([long, short]) => long === letters || short === letters);
  if (same) return same;
  const exact = prefixes.find(([long, short]) => long.toLowerCase() === lower || short.toLowerCase() === lower);
  if (exact) return exact;
  // `Gig 0/0` in CDP tables: a cut prefix counts from two letters on; the table's order settles ties.
  return lower.length < 2 ? undefined : prefixes.find(([long]) => long.toLowerCase().startsWith(lower));
}

/** The one known name that a cut-off name stands for [T22]; nothing when none or several fit. */
export function completeName(cut: string, known: Iterable<string>): string | undefined {
  const lower = cut.toLowerCase();
  let found: string | undefined;
  for (const name of known) {
    if (name.toLowerCase() === lower) return name;
    if (!name.toLowerCase().startsWith(lower)) continue;
    if (found !== undefined) return undefined;
    found = name;
  }
  return found;
}

/** Natural order: numbers inside names compare as numbers, Ethernet2 before Ethernet10 [T24]. */
export function naturalCompare(a: string, b: string): number {
  return compareParts(naturalParts(a), naturalParts(b));
}

/** A name as its numbers and what is between them, for whoever compares it many times. */
export const naturalParts = (name: string): readonly string[] => name.match(/\d+|\D+/g) ?? [];

/** As {@link naturalCompare}, of names that were taken apart. */
export function compareParts(left: readonly string[], right: readonly string[]): number {
  for (let i = 0; i < Math.min(left.length, right.length); i++) {
    const [x = "", y = ""] = [left[i], right[i]];
    if (x === y) continue;
    if (isDigit(x) && isDigit(y)) {
      const difference = x.length > 15 || y.length > 15 ? compareLong(x, y) : Number(x) - Number(y);
      if (difference !== 0) return difference;
    }
    return x < y ? -1 : 1;
  }
  return left.length - right.length;
}

/** A part is of digits all through, or of none. */
const isDigit = (part: string): boolean => part >= "0" && part < ":";

function compareLong(x: string, y: string): number {
  const [a, b] = [BigInt(x), BigInt(y)];
  return a < b ? -1 : a > b ? 1 : 0;
}
