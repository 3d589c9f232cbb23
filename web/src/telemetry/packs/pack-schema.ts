import { PLATFORM_IDS } from "../knowledge/platforms.ts";
import type { Pack } from "./pack.ts";
import { list, number, object, oneOf, record, type Shape, text, tuple } from "./shape.ts";

/** A longer pattern is code, not a sign. */
const MAX_RE = 600;
const MAX_TEXT = 400;
/** A pack is small: lists and maps longer than this are not. */
const MAX_LIST = 400;
const MAX_VARIANTS = 8;
/** Slowest and fastest rate, commands per second [T56]. */
const MIN_RATE = 0.1;
const MAX_RATE = 4;

const NAME = /^[a-z][A-Za-z0-9_.-]{0,40}$/;
const re = text(MAX_RE, undefined, 1);
const words = text(MAX_TEXT);
const name = text(41, NAME);
const key = text(1, undefined, 1);
const some = (item: Shape): Shape => list(item, MAX_LIST);
const named = (item: Shape): Shape => record(NAME, item, MAX_LIST);

const variant = object(
  {
    text: text(MAX_TEXT, undefined, 1),
    form: oneOf("json", "xml", "kv", "text"),
    parser: name,
    evidence: oneOf("V", "F", "U"),
  },
  { when: words },
);

const paramType = oneOf("interface", "ip", "prefix", "mac", "vrf", "peer", "count", "time");

const command = object(
  { variants: list(variant, MAX_VARIANTS, 1), tier: oneOf("A", "B", "C", "D", "E", "L") },
  {
    heavy: oneOf(true),
    full: oneOf(true),
    params: record(/^[A-Z]{1,12}$/, paramType, 8),
    timeout_s: number(1, 180),
    empty: oneOf("none", "off", "unknown"),
    log: oneOf(true),
    since: name,
    daemon: text(20, /^[a-z0-9]+$/),
    wrap: words,
    needs: some(name),
    unless_first: name,
    guard: object({ command: name, below: number(1, Number.MAX_SAFE_INTEGER) }),
  },
);

const signature = object({
  command: words,
  re,
  priority: number(0, 1_000),
  fields: object({}, { os_version: re, model: re, hostname: re }),
});

const session = object(
  {
    channel: oneOf("shell", "exec"),
    setup: some(words),
    marker: oneOf("!", "#", ":", "none"),
    pager: some(object({ re, quit: key, next: key })),
    dialogs: some(object({ re, key })),
    exit: words,
    width: number(80, 511, true),
    rate_per_s: number(MIN_RATE, MAX_RATE),
  },
  { wrap: words, log_line: re, hangs_together: oneOf(true) },
);

const ifClass = oneOf("phys", "lag", "svi", "loop", "tunnel", "mgmt", "sub", "internal", "other");

/** The one schema of packs [T62]: plain data and nothing beside it; what its parts mean together `packErrors` checks. */
export const packShape: Shape = object(
  {
    id: oneOf(...PLATFORM_IDS),
    title: text(80, undefined, 1),
    version: number(1, 1_000_000, true),
    detect: object({ output: some(signature) }, { ident: some(re), prompt: some(re) }),
    session,
    errors: object({ unsupported: some(re), denied: some(re), gated: some(re), limit: some(re) }),
    hints: some(object({ re, text: words })),
    interfaces: object({ prefixes: some(tuple(words, words, ifClass)), hide: some(re) }),
    counter_bits: oneOf(32, 64),
    commands: named(command),
    panels: named(object({ commands: some(name) }, { also: some(name) })),
    unsupported: named(words),
  },
  {
    based_on: oneOf(...PLATFORM_IDS),
    counter_refresh_s: number(1, 600),
    mac_form: oneOf("dotted"),
    compare: oneOf("cisco", "junos", "dotted"),
    capabilities: object({ command: name, gives: named(re), missing: named(words) }),
    all_in_one: object({ command: name, rest: some(name) }),
  },
);

/** A pack from data of any origin, or what is wrong with its shape. */
export function readPack(data: unknown): { ok: true; pack: Pack } | { ok: false; errors: string[] } {
  const errors = packShape(data, "pack");
  // Every member was checked against the shape above; `Pack` says the same as a type.
  return errors.length === 0 ? { ok: true, pack: data as Pack } : { ok: false, errors };
}
