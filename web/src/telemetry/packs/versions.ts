import type { VersionOrder } from "./pack.ts";

/** Parts that are compared one after the other; a missing one counts as `[0, ""]`. */
type Parts = readonly (readonly [rank: number, text: string])[];

/** Before a release: its tests. */
const EARLY = /^(?:dev|git|alpha|beta|pre|rc|b|a)$/;
/** Junos: internal, beta, then special, flash and plain releases. */
const JUNOS_TYPES = "IBXFR";

/** Digits by value, letters as they are; a pre-release sinks below the same version without it. */
function words(version: string): Parts {
  return [...version.toLowerCase().matchAll(/(\d+)|([a-z]+)/g)].map(([, digits, letters = ""]) =>
    digits === undefined ? [EARLY.test(letters) ? -1 : 0, letters] : [Number(digits), ""],
  );
}

/** Cisco's letters name a train or a rebuild: both come after the bare number, in order of the alphabet. */
function ciscoWords(version: string): Parts {
  return [...version.toLowerCase().matchAll(/(\d+)|([a-z]+)/g)].map(([, digits, letters = ""]) =>
    digits === undefined ? [0, letters] : [Number(digits), ""],
  );
}

/** Year and release, type, its number, then service release and spin: 21.4R3-S5.4. */
function junosWords(version: string): Parts {
  const found = /^(\d+)\.(\d+)(?:([IBXFR])(\d+))?(?:\.(\d+))?(?:-[SD](\d+))?(?:\.(\d+))?/.exec(version);
  if (!found) return words(version);
  const [, major, minor, type = "", number, spinBefore, service, spinAfter] = found;
  return [major, minor, String(JUNOS_TYPES.indexOf(type)), number, service, spinAfter ?? spinBefore].map(
    (part) => [Number(part ?? 0), ""] as const,
  );
}

const SPLIT: Record<VersionOrder, (version: string) => Parts> = {
  cisco: ciscoWords,
  junos: junosWords,
  dotted: words,
};

/** Below 0: `a` is older than `b`; 0: none is. Total for every text. */
export function compareVersions(order: VersionOrder, a: string, b: string): number {
  const [left, right] = [SPLIT[order](a), SPLIT[order](b)];
  for (let at = 0; at < Math.max(left.length, right.length); at++) {
    const [rank, text] = left[at] ?? [0, ""];
    const [otherRank, otherText] = right[at] ?? [0, ""];
    if (rank !== otherRank) return rank - otherRank;
    if (text !== otherText) return text < otherText ? -1 : 1;
  }
  return 0;
}

const CONDITION = /^(>=|<=|>|<|=)\s*(\d[\w.()-]*)$/;

type Condition = { sign: string; version: string };

function conditions(when: string): Condition[] | undefined {
  const parts = when.split(",").map((part) => CONDITION.exec(part.trim()));
  return parts.every((part) => part !== null)
    ? parts.map(([, sign = "", version = ""]) => ({ sign, version }))
    : undefined;
}

/** True when a `when` can be read: `>= 9.3(1)`, or several joined by commas. */
export function isWhen(when: string): boolean {
  return conditions(when) !== undefined;
}

const HOLDS: Record<string, (order: number) => boolean> = {
  ">=": (order) => order >= 0,
  "<=": (order) => order <= 0,
  ">": (order) => order > 0,
  "<": (order) => order < 0,
  "=": (order) => order === 0,
};

/** True when the version fulfils every condition; a `when` that cannot be read is fulfilled by none. */
export function versionHolds(when: string, version: string, order: VersionOrder): boolean {
  const all = conditions(when);
  return all?.every((each) => HOLDS[each.sign]?.(compareVersions(order, version, each.version))) ?? false;
}
