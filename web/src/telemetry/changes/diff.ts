import { rowKey } from "../history/series-values.ts";
import { panelDef } from "../knowledge/panels.ts";
import { type PanelReading, provesGone, steadyOf } from "../knowledge/reading.ts";
import type { ChangeEvent, ChangeKind, ChangeSeverity } from "./change.ts";
import { type Row, WATCHED, type WatchedField, type WatchedSection } from "./watched.ts";

/** An event without its place in the device's log. */
export type NewChange = Omit<ChangeEvent, "id" | "count">;

/** A row and when it was read: the time of day, and that by the clock that nobody sets, which is what is counted with [T15];
 * `missing`: a later reading proved that it is not listed any more; `held`: when the fields that only earlier readings had
 * were read. */
type Seen = { row: Row; at: number; steady: number; missing?: true; held?: ReadonlyMap<string, number> };
/** What was last known of a section, by row key. */
type Known = Map<string, Seen>;

/** An age may fall by this much without the thing having begun anew, seconds: readings are not exactly on time [T16]. */
const AGE_SLACK_S = 60;
/** A change time that moves less than this is the same one, milliseconds: devices print it in whole units. */
const CHANGED_SLACK_MS = 5_000;
/** A pause of so many intervals between two readings is a gap [T16]. */
const GAP_INTERVALS = 3;

/** Rows remembered of a section that the last reading did not have and that nothing proves to be gone. */
const MISSING_MAX = 1_000;

/** How a panel answers, where it answered before: a daemon that was stopped or hangs is a change of the device [T85]. */
const ANSWER = "answer";
type Trouble = "not running or off" | "timed out";

/** What keeps the device from answering; what keeps telemetry from asking is no change of the device. */
function troubleOf({ status, reason }: PanelReading): Trouble | undefined {
  if (status === "gated") return "not running or off";
  return status === "error" && reason === "timeout" ? "timed out" : undefined;
}

/** Compares successive readings of one panel of one device [T85]. Pure but for what it remembers of the last reading. */
export class PanelWatch {
  readonly #known = new Map<WatchedSection, Known>();
  /** Time of the oldest answer in the last reading: what changed since may have done so from then on. */
  #at: number | undefined;
  /** That of the newest by the clock that nobody sets: a panel of several commands changes with each of them. */
  #newest = Number.NEGATIVE_INFINITY;
  #broken = false;
  /** The last reading was of an earlier run. */
  #isKept = false;
  /** All that the panel is made of was read at least once: only then something new has appeared. */
  #whole = false;
  #trouble: Trouble | undefined;

  /** Rows that are remembered. */
  get remembered(): number {
    return [...this.#known.values()].reduce((sum, { size }) => sum + size, 0);
  }

  /** Takes the next reading; the events it shows. `rows`: whole tables where the reading carries only their count. */
  take(reading: PanelReading, rows?: (path: string) => readonly Row[] | undefined): NewChange[] {
    const { status, data, ts } = reading;
    const kept = status === "stale" && reading.reason === "kept" && this.#at === undefined;
    if ((status !== "ok" && status !== "partial" && !kept) || data === undefined) {
      if (status !== "pending" && this.#at !== undefined) this.#broken ||= reading.reason === "suspended";
      const trouble = troubleOf(reading);
      return trouble === undefined ? [] : this.#answer(reading, trouble);
    }
    const newest = steadyOf(reading, newestOf(reading));
    // Between two runs of the app the tablet's clock may have been set back.
    if (newest <= this.#newest && !this.#isKept) return [];
    this.#isKept = kept;
    const pause = newest - this.#newest;
    this.#newest = newest;
    const before = this.#at;
    const events: NewChange[] = this.#answer(reading, undefined);
    for (const section of WATCHED) {
      if (section.panel !== reading.panel) continue;
      const now = rowsOf(section, data, rows);
      if (now === undefined) continue;
      if (before === undefined)
        this.#known.set(section, new Map(now.map((row) => [keyOf(section, row), seenIn(reading, row)])));
      else events.push(...this.#compare(section, now, reading, { before, pause }));
    }
    this.#at = ts;
    this.#broken = kept;
    this.#whole ||= status === "ok" || kept;
    return events;
  }

  /** The panel got into trouble, or out of it. */
  #answer(reading: PanelReading, trouble: Trouble | undefined): NewChange[] {
    const { panel, ts, age_ms, sources } = reading;
    const was = this.#trouble;
    if (this.#at === undefined || was === trouble || !WATCHED.some((section) => section.panel === panel)) return [];
    this.#trouble = trouble;
    const captures = sources.map(({ capture }) => capture);
    const [from, to] = [was ?? "ok", trouble ?? "ok"];
    const severity = trouble === undefined ? "change" : "warn";
    const at = trouble === undefined ? newestOf(reading) : ts + age_ms;
    const of = { panel, key: "", label: panelDef(panel).title, field: ANSWER, kind: "changed", severity } as const;
    return [{ ...of, from, to, at, not_before: this.#at, captures }];
  }

  #compare(
    section: WatchedSection,
    now: readonly Row[],
    reading: PanelReading,
    { before, pause }: { before: number; pause: number },
  ): NewChange[] {
    const { ts, interval_ms = Number.POSITIVE_INFINITY } = reading;
    const gap = this.#broken || pause > GAP_INTERVALS * interval_ms;
    const common = {
      at: newestOf(reading),
      panel: reading.panel,
      captures: reading.sources.map(({ capture }) => capture),
      ...(gap ? { across_gap: true as const } : {}),
    };
    const known: Known = this.#known.get(section) ?? new Map();
    // A section that was never seen before (a panel that became able to say more) is where it starts from.
    const first = !this.#known.has(section);
    this.#known.set(section, known);
    const events: NewChange[] = [];
    const seen = new Set<string>();
    for (const row of now) {
      const key = keyOf(section, row);
      seen.add(key);
      const last = known.get(key);
      // Those that were read last come last.
      known.delete(key);
      const whole = reading.status === "ok";
      const seenNow = whole || last === undefined ? seenIn(reading, row) : held(section, last, seenIn(reading, row));
      known.set(key, seenNow);
      const of = { ...common, key, label: section.label(seenNow.row), not_before: last?.at ?? before };
      if (last !== undefined) events.push(...changesOf(section, last, seenNow, of, whole));
      else if (!first && this.#whole && section.appeared !== undefined) {
        events.push({ ...of, kind: "appeared", severity: section.appeared });
      }
    }
    for (const [key, last] of known) {
      const { row, at, steady } = last;
      // What is missing from half a reading has not gone, unless the part that it was in is whole [T85].
      if (seen.has(key) || !(last.missing || provesGone(reading, section.path ?? "", key))) continue;
      last.missing = true;
      if (!hasGone(section, row, steady, steadyOf(reading, ts))) continue;
      known.delete(key);
      if (section.gone === undefined) continue;
      const severity = typeof section.gone === "function" ? section.gone(row) : section.gone;
      events.push({ ...common, key, label: section.label(row), not_before: at, kind: "gone", severity });
    }
    for (const key of known.keys()) {
      if (known.size <= seen.size + MISSING_MAX) break;
      known.delete(key);
    }
    return events;
  }
}

/** A neighbour that is no longer listed before its time to live is over was only not repeated yet. */
function hasGone({ ttlField }: WatchedSection, row: Row, at: number, now: number): boolean {
  const ttl = ttlField === undefined ? undefined : row[ttlField];
  return typeof ttl !== "number" || now - at >= ttl * 1_000;
}

const seenIn = (reading: PanelReading, row: Row): Seen => {
  return { row, at: reading.ts, steady: steadyOf(reading, reading.ts) };
};

/**
 * A row of half a reading, with the watched fields that only another command tells as they last were: or a port that went
 * down while that command failed would never have been up [T85]. A cause is of one time with its state.
 */
function held(section: WatchedSection, last: Seen, now: Seen): Seen {
  const { fields, flapCounter, ageField, changedAt } = section;
  const names = [...fields.map(({ field }) => field), flapCounter, ageField, changedAt];
  const row: Record<string, unknown> = { ...now.row };
  const times = new Map<string, number>();
  for (const name of names) {
    if (name === undefined || row[name] !== undefined || last.row[name] === undefined) continue;
    if (name === "reason" && now.row.oper !== undefined) continue;
    row[name] = last.row[name];
    times.set(name, last.held?.get(name) ?? last.at);
  }
  return times.size === 0 ? now : { ...now, row, held: times };
}

/** When the answer came that made this reading. */
const newestOf = ({ ts, sources }: PanelReading): number => Math.max(ts, ...sources.map((source) => source.ts));

function keyOf({ panel, path }: WatchedSection, row: Row): string {
  const section = panelDef(panel).sections.find((one) => one.kind === "table" && one.path === path);
  return section === undefined ? "" : rowKey(section, row);
}

function rowsOf(
  { path }: WatchedSection,
  data: Row,
  rows: ((path: string) => readonly Row[] | undefined) | undefined,
): readonly Row[] | undefined {
  if (path === undefined) return [data];
  const found = data[path] ?? rows?.(path);
  return Array.isArray(found) ? (found as Row[]) : undefined;
}

type Of = Omit<NewChange, "kind" | "severity">;

function changesOf(section: WatchedSection, last: Seen, now: Seen, of: Of, whole: boolean): NewChange[] {
  const since = (field: string | undefined): Of => {
    const at = field === undefined ? undefined : last.held?.get(field);
    return at === undefined ? of : { ...of, not_before: at };
  };
  const events = section.fields.flatMap(
    (watched) => changeOf(watched, last.row, now.row, since(watched.field), whole) ?? [],
  );
  const stateChanged = events.some(({ field }) => field === "state" || field === "oper");
  if (stateChanged) return events;
  const flap = flapOf(section, last, now);
  return flap === undefined ? events : [{ ...since(flap.field), ...flap }, ...events];
}

function changeOf(
  { field, severity, step }: WatchedField,
  last: Row,
  now: Row,
  of: Of,
  whole: boolean,
): NewChange | undefined {
  const [from, to] = [last[field], now[field]];
  // Absent is unknown, not another value [T5]; only what a whole reading proves to be gone (a default route) is an event.
  if (to === undefined && (field !== "default" || !whole)) return undefined;
  if (from === undefined && field !== "default" && field !== "reason") return undefined;
  if (shown(from) === shown(to) || isOnlyPrefix(from, to)) return undefined;
  if (step !== undefined && typeof from === "number" && typeof to === "number" && isSmall(from, to, step))
    return undefined;
  const level: ChangeSeverity = typeof severity === "function" ? severity(from, to, now) : severity;
  const event: NewChange = { ...of, field, kind: "changed", severity: level };
  if (from !== undefined) event.from = shown(from);
  if (to !== undefined) event.to = shown(to);
  return event;
}

/** The same addresses, of which one command tells the prefix length and another does not. */
function isOnlyPrefix(from: unknown, to: unknown): boolean {
  if (!isTexts(from) || !isTexts(to) || from.length !== to.length) return false;
  const others = new Set(to);
  const bare = new Set(to.map(withoutLength));
  return from.every((one) =>
    others.has(one) ? true : bare.has(withoutLength(one)) && (!one.includes("/") || others.has(withoutLength(one))),
  );
}
const isTexts = (value: unknown): value is readonly string[] =>
  Array.isArray(value) && value.every((one) => typeof one === "string");
const withoutLength = (address: string): string => address.replace(/\/\d+$/, "");

function isSmall(from: number, to: number, step: number): boolean {
  return from !== 0 && to !== 0 && Math.abs(to - from) < step * from;
}

/** Values as text, in the form in which they are compared and kept. */
function shown(value: unknown): string {
  if (value === undefined) return "";
  if (Array.isArray(value))
    return value
      .map((one) => shown(one))
      .toSorted()
      .join(", ");
  if (typeof value === "object" && value !== null) {
    // A default route is where it leads; its age changes with every reading.
    const { via, if: port, proto } = value as Record<string, unknown>;
    return [via, port, proto].filter((part) => typeof part === "string").join(" ");
  }
  return typeof value === "string" || typeof value === "number" || typeof value === "boolean" ? String(value) : "";
}

type Flap = { kind: ChangeKind; severity: ChangeSeverity; field?: string; from?: string; to?: string };

/** The state is the same as before, yet it went and came back in between. */
function flapOf({ flapCounter, ageField, changedAt, panel }: WatchedSection, last: Seen, now: Seen): Flap | undefined {
  if (ageField !== undefined) {
    const [before, after] = [last.row[ageField], now.row[ageField]];
    const passed = (now.steady - last.steady) / 1_000;
    if (typeof before === "number" && typeof after === "number" && after + AGE_SLACK_S < before + passed) {
      // Began anew less long ago than the readings are apart: a time of its own, not a clock that was set.
      const kind = panel === "device_info" ? "reset" : "flapped";
      if (after < before)
        return {
          kind,
          severity: kind === "reset" ? "crit" : "warn",
          field: ageField,
          from: String(before),
          to: String(after),
        };
    }
  }
  if (flapCounter !== undefined) {
    const [before, after] = [last.row[flapCounter], now.row[flapCounter]];
    if (isCounter(before) && isCounter(after) && BigInt(after) > BigInt(before))
      return { kind: "flapped", severity: "warn", field: flapCounter, from: before, to: after };
  }
  if (changedAt !== undefined) {
    const [before, after] = [last.row[changedAt], now.row[changedAt]];
    if (
      typeof before === "number" &&
      typeof after === "number" &&
      after > before + CHANGED_SLACK_MS &&
      after > last.at - CHANGED_SLACK_MS
    )
      return { kind: "flapped", severity: "warn" };
  }
  return undefined;
}

function isCounter(value: unknown): value is string {
  return typeof value === "string" && /^\d+$/.test(value);
}
