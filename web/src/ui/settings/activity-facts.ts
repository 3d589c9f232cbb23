import type { ActivityEntry, DeviceRecord } from "#bridge/types.ts";
import { withIec } from "../format/numbers.ts";
import { durationText } from "../format/times.ts";
import { eventWords } from "./activity-words.ts";

/** Shown in the line itself, or of no use to a person. */
const IN_LINE: ReadonlySet<string> = new Set([
  "v",
  "ts",
  "seq",
  "event",
  "outcome",
  "user",
  "client",
  "target",
  "sid",
  "epoch",
]);

const SESSIONS: Readonly<Record<string, string>> = { ssh1: "terminal", ssh2: "telemetry" };
const STORES: Readonly<Record<string, string>> = {
  browser: "known to the tablet",
  proxy: "known to the proxy",
  both: "known to tablet and proxy",
};

type Say = (value: string) => string;
const after =
  (word: string): Say =>
  (value) =>
    `${word} ${value}`;
const counted =
  (one: string, many: string): Say =>
  (value) =>
    value === "1" ? one : `${value} ${many}`;
const bytes =
  (word: string): Say =>
  (value) =>
    `${withIec(Number(value))} ${word}`;

/** What each field of an event says, with its unit. */
const FIELDS: Readonly<Record<string, Say>> = {
  session_id: (value) => SESSIONS[value] ?? value,
  reason: after("because of"),
  addr: after("from"),
  address: after("at the address"),
  hops: counted("behind 1 jump host", "jump hosts before it"),
  auth: after("logged in by"),
  host_key: after("host key"),
  algorithms: after("algorithms"),
  legacy: after("with the older algorithms"),
  legacy_via: after("with older algorithms of jump hosts"),
  duration_s: (value) => `after ${durationText(Number(value))}`,
  bytes_in: bytes("sent to the device"),
  bytes_out: bytes("received"),
  resumes: counted("resumed once", "times resumed"),
  gap_bytes: bytes("of output no longer held"),
  exit: after("ended with"),
  exit_code: after("exit code"),
  command: after("command"),
  ms: (value) => `took ${value} ms`,
  bytes: bytes("of output"),
  old: after("old key"),
  new: after("new key"),
  store: (value) => STORES[value] ?? value,
  key: after("key"),
  check: after("failed check"),
  label: after("called"),
  by: after("asked for by"),
  origin: after("page of"),
  close: after("close code"),
  kind: after("kind"),
  class: after("class of the address:"),
  rule: after("rule"),
  before: after("before:"),
  after: after("after:"),
  detail: after("changed:"),
  of: (value) => `of “${eventWords(value)}”`,
  lines: counted("1 line", "lines"),
  suppressed: counted("and 1 more like it", "more like it"),
};

/** The event's own fields in words; one of a newer proxy by its name. */
export function factsOf(entry: ActivityEntry): string {
  return Object.entries(entry)
    .filter(([name, value]) => !IN_LINE.has(name) && value !== "" && value !== null)
    .filter(([name, value]) => !(value === 0 && ZERO_SAYS_NOTHING.has(name)))
    .map(([name, value]) => (FIELDS[name] ?? after(name.replaceAll("_", " ")))(String(value)))
    .join(" · ");
}

const ZERO_SAYS_NOTHING: ReadonlySet<string> = new Set(["hops", "resumes", "gap_bytes", "suppressed"]);

/** The device that an event is about: as it is called in the list, where exactly one is there, and where it is. */
export function deviceOf(
  { target }: ActivityEntry,
  records: readonly Pick<DeviceRecord, "label" | "target">[],
): string | undefined {
  if (typeof target !== "string" || target === "") return undefined;
  const [found, ...others] = records.filter(
    ({ target: { host, port, user } }) => target === `${user}@${host}:${port}` || target === `${host}:${port}`,
  );
  return found === undefined || others.length > 0 || found.label === target ? target : `${found.label} (${target})`;
}
