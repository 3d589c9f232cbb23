import type { Counter } from "../knowledge/panel-data.ts";
import type { JsonObject, JsonValue } from "./json.ts";

/** The value as an object, or nothing. */
export function asObject(value: JsonValue | undefined): JsonObject | undefined {
  return value instanceof Map ? value : undefined;
}

/** Text of a string or number; blanks and the empty string are nothing. */
export function asText(value: JsonValue | undefined): string | undefined {
  if (typeof value === "number" || typeof value === "bigint") return value.toString();
  if (typeof value !== "string") return undefined;
  const text = value.trim();
  return text === "" ? undefined : text;
}

/** A finite number, also from digits in a string. Integers beyond 2^53 are nothing here: read them with `asCounter`. */
export function asNumber(value: JsonValue | undefined): number | undefined {
  if (typeof value === "number") return Number.isFinite(value) ? value : undefined;
  if (typeof value === "string" && /^\s*-?\d+(?:\.\d+)?\s*$/.test(value)) {
    const number = Number(value);
    return Number.isSafeInteger(Math.trunc(number)) ? number : undefined;
  }
  return undefined;
}

/** A non-negative integer. */
export function asCount(value: JsonValue | undefined): number | undefined {
  const number = asNumber(value);
  return number !== undefined && Number.isInteger(number) && number >= 0 ? number : undefined;
}

/** An unsigned integer of any length as decimal text [T13]. */
export function asCounter(value: JsonValue | undefined): Counter | undefined {
  if (typeof value === "bigint") return value >= 0n ? value.toString() : undefined;
  if (typeof value === "number") return Number.isSafeInteger(value) && value >= 0 ? value.toString() : undefined;
  if (typeof value === "string" && /^\s*\d+\s*$/.test(value)) return BigInt(value.trim()).toString();
  return undefined;
}

/** True or false, nothing for anything else. */
export function asFlag(value: JsonValue | undefined): boolean | undefined {
  return typeof value === "boolean" ? value : undefined;
}

/** The value under a path of keys. */
export function dig(value: JsonValue | undefined, ...path: string[]): JsonValue | undefined {
  let here = value;
  for (const key of path) {
    here = asObject(here)?.get(key);
    if (here === undefined) return undefined;
  }
  return here;
}

/**
 * The rows of a value [T68]: nothing gives no rows, an object one, a list all; `TABLE_x` and `ROW_x` wrappers are
 * opened at any depth.
 */
export function rows(value: JsonValue | undefined): JsonObject[] {
  if (value === undefined || value === null || value === "") return [];
  if (Array.isArray(value)) return value.flatMap((entry) => rows(entry));
  const object = asObject(value);
  if (!object) return [];
  const keys = [...object.keys()];
  if (keys.length > 0 && keys.every((key) => /^(?:TABLE|ROW)_/.test(key))) {
    return keys.flatMap((key) => rows(object.get(key)));
  }
  return [object];
}

/** Object entries whose values are objects, with their keys. */
export function entries(value: JsonValue | undefined): [string, JsonObject][] {
  const object = asObject(value);
  if (!object) return [];
  return [...object].flatMap(([key, entry]) => (entry instanceof Map ? [[key, entry] as [string, JsonObject]] : []));
}
