import * as v from "valibot";
import { cleanValue } from "../log.ts";
import type { AuditLine } from "./audit.ts";
import type { AuditEntry } from "./audit-events.ts";

const Line = v.pipe(
  v.string(),
  v.parseJson(),
  v.objectWithRest(
    { v: v.literal(1), ts: v.string(), seq: v.number(), event: v.string(), outcome: v.string() },
    v.union([v.string(), v.number(), v.boolean()]),
  ),
);

/** One line without its end; every value passes the redacting writer of the log [S94]. */
export function auditLine(entry: AuditEntry, seq: number, at: Date): string {
  const { event, user, client, addr, outcome, reason, ...fields } = entry;
  const known = { user, client, addr, outcome, reason, ...fields };
  const clean = Object.entries(known).flatMap(([name, value]: [string, string | number | boolean | undefined]) =>
    value === undefined ? [] : [[name, cleanValue(name, value)] as const],
  );
  return JSON.stringify({ v: 1, ts: at.toISOString(), seq, event, ...Object.fromEntries(clean) });
}

/** A stored line, or undefined when it is none: a torn end of a crash, for instance. */
export function readAuditLine(text: string): AuditLine | undefined {
  const parsed = v.safeParse(Line, text);
  return parsed.success ? parsed.output : undefined;
}
