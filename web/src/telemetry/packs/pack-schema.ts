import * as v from "valibot";
import { PLATFORM_IDS } from "../knowledge/platforms.ts";
import type { Pack } from "./pack.ts";

/** Longest pattern; a longer one is code, not a sign. */
const MAX_RE = 600;
const MAX_TEXT = 400;
/** A pack is small: lists longer than this are not. */
const MAX_LIST = 400;

const re = v.pipe(v.string(), v.minLength(1), v.maxLength(MAX_RE));
const text = v.pipe(v.string(), v.maxLength(MAX_TEXT));
const list = <S extends v.GenericSchema>(
  item: S,
): v.SchemaWithPipe<readonly [v.ArraySchema<S, undefined>, v.MaxLengthAction<v.InferOutput<S>[], number, undefined>]> =>
  v.pipe(v.array(item), v.maxLength(MAX_LIST));
const seconds = v.pipe(v.number(), v.minValue(1), v.maxValue(600));
/** A name that is a key of a map: never one that a plain object has by itself. */
const name = v.pipe(v.string(), v.regex(/^[a-z][A-Za-z0-9_.-]{0,40}$/), v.notValues(["constructor", "prototype"]));
const optional = v.exactOptional;

const variant = v.strictObject({
  text: v.pipe(text, v.minLength(1)),
  when: optional(text),
  form: v.picklist(["json", "xml", "kv", "text"]),
  parser: name,
  evidence: v.picklist(["V", "F", "U"]),
});

const command = v.strictObject({
  variants: v.pipe(v.array(variant), v.minLength(1), v.maxLength(8)),
  tier: v.picklist(["A", "B", "C", "D", "E", "L"]),
  heavy: optional(v.literal(true)),
  full: optional(v.literal(true)),
  params: optional(
    v.record(
      v.pipe(v.string(), v.regex(/^[A-Z]{1,12}$/)),
      v.picklist(["interface", "ip", "prefix", "mac", "vrf", "peer", "count", "time"]),
    ),
  ),
  timeout_s: optional(v.pipe(v.number(), v.minValue(1), v.maxValue(180))),
  empty: optional(v.picklist(["none", "off", "unknown"])),
  log: optional(v.literal(true)),
  daemon: optional(v.pipe(v.string(), v.regex(/^[a-z0-9]{1,20}$/))),
  wrap: optional(text),
  needs: optional(list(name)),
  guard: optional(v.strictObject({ command: name, below: v.pipe(v.number(), v.minValue(1)) })),
});

const panelCommands = v.strictObject({ commands: list(name), also: optional(list(name)) });

/** The one schema of packs [T62]: plain data, nothing beside it; what the parts mean together `packErrors` checks. */
export const packSchema = v.strictObject({
  id: v.picklist(PLATFORM_IDS),
  title: v.pipe(v.string(), v.minLength(1), v.maxLength(80)),
  version: v.pipe(v.number(), v.integer(), v.minValue(1)),
  based_on: optional(v.picklist(PLATFORM_IDS)),
  detect: v.strictObject({
    ident: optional(list(re)),
    prompt: optional(list(re)),
    output: list(
      v.strictObject({
        command: text,
        re,
        priority: v.number(),
        fields: v.strictObject({ os_version: optional(re), model: optional(re), hostname: optional(re) }),
      }),
    ),
  }),
  session: v.strictObject({
    channel: v.picklist(["shell", "exec"]),
    setup: list(text),
    marker: v.picklist(["!", "#", ":", "none"]),
    pager: list(v.strictObject({ re, quit: v.pipe(v.string(), v.length(1)), next: v.pipe(v.string(), v.length(1)) })),
    dialogs: list(v.strictObject({ re, key: v.pipe(v.string(), v.length(1)) })),
    wrap: optional(text),
    exit: text,
    log_line: optional(re),
    width: v.pipe(v.number(), v.minValue(80), v.maxValue(511)),
    rate_per_s: v.pipe(v.number(), v.minValue(0.1), v.maxValue(4)),
  }),
  errors: v.strictObject({ unsupported: list(re), denied: list(re), gated: list(re), limit: list(re) }),
  hints: list(v.strictObject({ re, text })),
  interfaces: v.strictObject({
    prefixes: list(
      v.strictTuple([
        text,
        text,
        v.picklist(["phys", "lag", "svi", "loop", "tunnel", "mgmt", "sub", "internal", "other"]),
      ]),
    ),
    hide: list(re),
  }),
  counter_refresh_s: optional(seconds),
  compare: optional(v.picklist(["cisco", "junos", "dotted"])),
  capabilities: optional(v.strictObject({ command: name, gives: v.record(name, re), missing: v.record(name, text) })),
  commands: v.record(name, command),
  panels: v.record(name, panelCommands),
  all_in_one: optional(v.strictObject({ command: name, rest: list(name) })),
  unsupported: v.record(name, text),
});

/** A pack from data of any origin, or what is wrong with its shape. */
export function readPack(data: unknown): { ok: true; pack: Pack } | { ok: false; errors: string[] } {
  const result = v.safeParse(packSchema, data);
  if (result.success) return { ok: true, pack: result.output };
  return { ok: false, errors: result.issues.map((issue) => `${v.getDotPath(issue) ?? "pack"}: ${issue.message}`) };
}
