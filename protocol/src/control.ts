/**
 * Codec of control frames (section 5). {@link parseControl} is total and answers with
 * - `{ok: true, message}`: valid by the one schema of its action [WP4]; fields it does not know are dropped [S26];
 * - `{ok: true, skipped}`: down only, an action of a newer proxy, which a page passes over;
 * - `{ok: false, kind: "unsupported", envelope}`: up only; answer `error {code: "unsupported", reason}` with
 *   `re: envelope.id` and go on: unknown actions and terminal sizes outside the limits;
 * - `{ok: false, kind: "protocol" | "too_large", closeCode, reason}`: close the link with that code; no session changes.
 * Reasons never contain bytes of the message.
 */
import * as v from "valibot";
import { CLOSE, type CloseCode } from "./close-codes.ts";
import { DOWN, type Down } from "./down.ts";
import { parseGuarded } from "./guarded-json.ts";
import { MAX_CONTROL_BYTES, MAX_CONTROL_DEPTH } from "./limits.ts";
import { Envelope } from "./messages/envelope.ts";
import { UP, type Up } from "./up.ts";
import { PROTOCOL_VERSION } from "./version.ts";

type ControlError =
  | { ok: false; kind: "unsupported"; reason: "action" | "terminal_size"; envelope: Envelope }
  | { ok: false; kind: "protocol"; closeCode: CloseCode; reason: string }
  | { ok: false; kind: "too_large"; closeCode: CloseCode; reason: string };
export type ParsedControl<M> = { ok: true; message: M } | { ok: true; skipped: Envelope } | ControlError;

const encoder = new TextEncoder();

/** A message as text. Throws RangeError above 64 KiB: the sender must bound what it puts in. */
export function encodeControl(message: Up | Down): string {
  const text = JSON.stringify(message);
  if (exceeds(text, MAX_CONTROL_BYTES)) throw new RangeError(`control message ${message.action} above 64 KiB`);
  return text;
}

/** Whether `text` takes more than `max` bytes of UTF-8; encodes only where the length leaves a doubt. */
function exceeds(text: string, max: number): boolean {
  if (text.length > max) return true;
  return text.length * 3 > max && encoder.encode(text).length > max;
}

/** Parses what a page sent (`up`) or what a proxy sent (`down`). Never throws. */
export function parseControl(text: string, from: "up"): ParsedControl<Up>;
export function parseControl(text: string, from: "down"): ParsedControl<Down>;
export function parseControl(text: string, from: "up" | "down"): ParsedControl<Up | Down> {
  if (exceeds(text, MAX_CONTROL_BYTES)) {
    return { ok: false, kind: "too_large", closeCode: CLOSE.tooLarge, reason: "control_too_large" };
  }
  const json = parseGuarded(text, MAX_CONTROL_DEPTH);
  if (!json.ok) return protocolError(json.reason);
  const envelope = v.safeParse(Envelope, json.value);
  if (!envelope.success) {
    return hasForeignVersion(json.value) ? protocolError("version", CLOSE.version) : protocolError("bad_envelope");
  }
  const { action } = envelope.output;
  const schemas: Readonly<Record<string, Schema>> = from === "up" ? UP : DOWN;
  const schema = Object.hasOwn(schemas, action) ? schemas[action] : undefined;
  if (schema === undefined) {
    if (from === "down") return { ok: true, skipped: envelope.output };
    return { ok: false, kind: "unsupported", reason: "action", envelope: envelope.output };
  }
  const message = v.safeParse(schema, json.value);
  if (message.success) return { ok: true, message: message.output };
  if (from === "up" && message.issues.every(isTerminalSize)) {
    return { ok: false, kind: "unsupported", reason: "terminal_size", envelope: envelope.output };
  }
  return protocolError(`bad_${action}`);
}

type Schema = v.GenericSchema<unknown, Up | Down>;

function protocolError(reason: string, closeCode: CloseCode = CLOSE.protocol): ControlError {
  return { ok: false, kind: "protocol", closeCode, reason };
}

function hasForeignVersion(value: unknown): boolean {
  if (typeof value !== "object" || value === null || !("v" in value)) return false;
  return typeof value.v === "number" && value.v !== PROTOCOL_VERSION;
}

/** A whole number of columns or rows outside what devices accept is refused, not punished (security, section 4). */
function isTerminalSize(issue: v.BaseIssue<unknown>): boolean {
  const key: unknown = issue.path?.at(-1)?.key;
  return (key === "cols" || key === "rows") && (issue.type === "min_value" || issue.type === "max_value");
}
