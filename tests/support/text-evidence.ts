import { ipv6Address } from "#telemetry/model/addresses.ts";

/**
 * Fields whose value follows from the text by a rule instead of standing in it: durations in seconds, speeds in bits,
 * sizes in bytes, percentages of two figures, times, sums and numbers of rows, and keys that the platform leaves out (the
 * address family of the command, the only lane of a module).
 */
const DERIVED =
  /(?:_s|_bps|_b|_pct|_at)$|^(?:at|count|row_count|incomplete|dynamic|static|total|lines_total|lines_free|fib_guard|budget_w|used_w|afi|lane)$/;
/** Numbers that a parser adds up: networks and subnets of a source, routes of a protocol. */
const SUMS: Record<string, string> = {
  "ios.route-summary": "rib",
  "linux.routes-ipv4": "fib",
  "linux.routes-ipv6": "fib",
};
/** Prefixes may stand without their length, and the default route as a word. */
const LENGTHS = /\/(?:0|32|128)$/;

/** What a text can prove. */
export type Evidence = { text: string; squeezed: string; addresses: ReadonlySet<string> };

/** Collects what of a device's answer, and of the values asked with, a value may be compared with. */
export function evidenceOf(answer: string, asked: readonly string[] = []): Evidence {
  const text = [answer, ...asked].join("\n");
  const addresses = new Set<string>();
  for (const [token] of text.matchAll(/[0-9a-fA-F]*:[0-9a-fA-F:.]+(?:%\w+)?/g)) {
    const canonical = ipv6Address(token.replace(/[.,]+$/, ""));
    if (canonical) addresses.add(canonical);
  }
  return { text, squeezed: text.replaceAll(/[.:\-\s]/g, "").toLowerCase(), addresses };
}

/** Digits of a value that stand nowhere in the text. */
function missingDigits(value: string, { text, squeezed, addresses }: Evidence): string[] {
  const bare = value.replace(LENGTHS, "");
  if (/^(?:[0-9a-f]{2}:){5}[0-9a-f]{2}$/.test(value))
    return squeezed.includes(value.replaceAll(":", "")) ? [] : [value];
  if (bare === "0.0.0.0" || bare === "::") return [];
  const [address = ""] = bare.split("/");
  if (address.includes(":") && ipv6Address(address) === address) return addresses.has(address) ? [] : [value];
  return (bare.match(/\d+/g) ?? []).filter((digits) => !text.includes(digits));
}

/**
 * Values of a payload that the text does not prove, as `path: value`.
 * @param parser whose rules hold
 */
export function unproven(data: unknown, evidence: Evidence, parser: string, path = "", field = ""): string[] {
  if (DERIVED.test(field) || SUMS[parser] === field) return [];
  if (Array.isArray(data)) return data.flatMap((each) => unproven(each, evidence, parser, path, field));
  if (typeof data === "object" && data !== null)
    return Object.entries(data).flatMap(([key, each]) => unproven(each, evidence, parser, `${path}.${key}`, key));
  if (typeof data === "number" || typeof data === "bigint") {
    // A sign or a trailing zero may be printed otherwise: the digits have to be there.
    return missingDigits(String(data).replace(/e[+-]?\d+$/, ""), evidence).map((digits) => `${path}: ${digits}`);
  }
  return typeof data === "string" ? missingDigits(data, evidence).map((digits) => `${path}: ${digits}`) : [];
}
