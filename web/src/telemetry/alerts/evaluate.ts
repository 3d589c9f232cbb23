import { rowLabel } from "../changes/watched.ts";
import { rowKey } from "../history/series-values.ts";
import { panelDef } from "../knowledge/panels.ts";
import { newestOf, newestSteady, type PanelReading, provesGone, steadyOf } from "../knowledge/reading.ts";
import type { AlertLevel, AlertRule, AlertState } from "./alert.ts";

type Row = Readonly<Record<string, unknown>>;

/** Input that is missing for so many intervals makes a state unknown [T90]. */
const UNKNOWN_INTERVALS = 3;

/** Per rule, rows that are watched though the last reading did not have them; beyond, those seen longest ago are let go. */
const ABSENT_MAX = 256;
/** Alerts that are over and were not looked at yet; beyond, the oldest go. */
const CLEARED_MAX = 256;

/** When something was read: the time of day, which alerts tell, and that by the clock that nobody sets, which holds [T15]. */
type Moment = { ts: number; steady: number };

/** What is remembered of one rule on one row between readings; times by the clock that nobody sets. */
type Watch = {
  /** The level that the last reading came to, and since when. */
  level: AlertLevel | undefined;
  levelSince: number;
  /** Since when it has been at any level: what is critical is a warning, too. */
  raisedSince: number;
  /** The same as a time of day. */
  raisedAt: number;
  /** It had the word that `was` asks for. */
  was: boolean;
  seenAt: number;
};

/** A state that changed: raised, worse, milder, unknown, or cleared. */
export type AlertChange = { before: AlertState | undefined; now: AlertState };

/**
 * Rules against the readings of one device [T90]. Pure but for what it remembers: the same rules, readings and times give
 * the same alerts. Absent or old input neither raises nor clears.
 */
export class AlertEvaluator {
  #rules: readonly AlertRule[];
  /** By rule and row key; those seen last come last. */
  readonly #watches = new Map<string, Map<string, Watch>>();
  readonly #alerts = new Map<string, AlertState>();
  readonly #intervals = new Map<string, number>();

  constructor(rules: readonly AlertRule[]) {
    this.#rules = rules;
  }

  /** Alerts of rules that are gone or switched off go with them. */
  setRules(rules: readonly AlertRule[]): void {
    this.#rules = rules;
    const on = new Set(rules.filter(({ enabled }) => enabled).map(({ id }) => id));
    for (const [id, { rule }] of this.#alerts) if (!on.has(rule)) this.#alerts.delete(id);
    for (const rule of this.#watches.keys()) if (!on.has(rule)) this.#watches.delete(rule);
  }

  /** Rows that are watched, of all rules. */
  get watched(): number {
    return [...this.#watches.values()].reduce((sum, { size }) => sum + size, 0);
  }

  #watchesOf(rule: string): Map<string, Watch> {
    const found = this.#watches.get(rule) ?? new Map<string, Watch>();
    this.#watches.set(rule, found);
    return found;
  }

  get alerts(): readonly AlertState[] {
    return [...this.#alerts.values()];
  }

  /** Takes over what an earlier run knew: until a reading says more it is unknown. */
  restore(alerts: readonly AlertState[]): void {
    for (const alert of alerts) {
      if (alert.phase === "cleared") continue;
      this.#alerts.set(alert.id, { ...alert, phase: "unknown" });
      this.#watchesOf(alert.rule).set(alert.key, {
        level: alert.level,
        levelSince: alert.since,
        raisedSince: alert.since,
        raisedAt: alert.since,
        was: true,
        seenAt: alert.at,
      });
    }
  }

  acknowledge(id: string, at: number): boolean {
    const alert = this.#alerts.get(id);
    if (alert === undefined) return false;
    if (alert.phase === "cleared") this.#alerts.delete(id);
    else this.#alerts.set(id, { ...alert, acknowledged_at: at });
    return true;
  }

  snooze(id: string, until: number): boolean {
    const alert = this.#alerts.get(id);
    if (alert === undefined) return false;
    this.#alerts.set(id, { ...alert, snoozed_until: until });
    return true;
  }

  /** A reading of the device; `rows` gives tables that it carries only the length of. */
  take(reading: PanelReading, rows?: (path: string) => readonly Row[] | undefined): AlertChange[] {
    const { panel, status, data, interval_ms } = reading;
    const ts = newestOf(reading);
    const moment = { ts, steady: newestSteady(reading) };
    if (interval_ms !== undefined) this.#intervals.set(panel, interval_ms);
    if ((status !== "ok" && status !== "partial") || data === undefined) {
      return this.tick(steadyOf(reading, reading.ts + reading.age_ms));
    }
    const changes: AlertChange[] = [];
    for (const rule of this.#rules) {
      if (!rule.enabled || rule.panel !== panel) continue;
      const found = rule.section === undefined ? [data as Row] : ((data as Row)[rule.section] ?? rows?.(rule.section));
      if (!Array.isArray(found)) continue;
      const seen = new Set<string>();
      for (const row of found as Row[]) {
        const key = keyOf(rule, row);
        seen.add(key);
        this.#judge(rule, key, row, moment, changes);
      }
      this.#gone(rule, seen, reading, ts, changes);
      this.#letGo(rule, seen, reading);
    }
    this.#dropCleared(changes);
    return changes;
  }

  /** Time passes: states whose input stays away become unknown. `now` is by the clock that nobody sets. */
  tick(now: number): AlertChange[] {
    const changes: AlertChange[] = [];
    for (const alert of this.#alerts.values()) {
      const interval = this.#intervals.get(alert.panel);
      if (alert.phase !== "active" || interval === undefined) continue;
      const seenAt = this.#watches.get(alert.rule)?.get(alert.key)?.seenAt ?? now;
      if (now - seenAt > UNKNOWN_INTERVALS * interval) this.#set({ ...alert, phase: "unknown" }, changes);
    }
    return changes;
  }

  #judge(rule: AlertRule, key: string, row: Row, { ts, steady }: Moment, changes: AlertChange[]): void {
    const id = `${rule.id}/${key}`;
    const value = row[rule.field];
    // A row that is not meant, or a value that is not known, neither raises nor clears.
    if (value === undefined) return;
    const watches = this.#watchesOf(rule.id);
    const watch = watches.get(key) ?? {
      level: undefined,
      levelSince: steady,
      raisedSince: steady,
      raisedAt: ts,
      was: false,
      seenAt: steady,
    };
    watches.delete(key);
    watches.set(key, watch);
    watch.seenAt = steady;
    if (rule.op === "was" && value === rule.was) watch.was = true;
    const before = this.#alerts.get(id);
    const raised = before !== undefined && before.phase !== "cleared" ? before.level : undefined;
    const matches = matchesRow(rule, row) && (rule.op !== "was" || watch.was);
    const level = matches ? levelOf(rule, value, raised) : undefined;
    if (level !== watch.level) {
      if (watch.level === undefined) Object.assign(watch, { raisedSince: steady, raisedAt: ts });
      watch.level = level;
      watch.levelSince = steady;
    }
    const held = steady - watch.levelSince >= rule.hold_s * 1_000;
    if (level === undefined) {
      if (raised !== undefined && before !== undefined && (held || !matches)) {
        this.#set({ ...before, phase: "cleared", cleared_at: ts, at: ts }, changes);
      } else if (before?.phase === "unknown") this.#set({ ...before, phase: "active", at: ts }, changes);
      return;
    }
    // What flutters between the two levels has held as a warning all the time.
    const asWarning = rule.warn !== undefined && steady - watch.raisedSince >= rule.hold_s * 1_000;
    if (raised === undefined && !held && !asWarning) return;
    const fresh = raised === undefined || (level !== raised && held);
    const first: AlertLevel = held ? level : "warn";
    const state: AlertState = {
      id,
      rule: rule.id,
      title: rule.title,
      panel: rule.panel,
      key,
      label: rowLabel(rule.panel, rule.section, row),
      field: rule.field,
      level: raised === undefined ? first : fresh ? level : raised,
      phase: "active",
      since: raised === undefined ? watch.raisedAt : (before?.since ?? ts),
      at: ts,
      value: shown(value),
      ...limitText(rule, raised === undefined ? first : level),
      ...(rule.our_default === true ? { our_default: true as const } : {}),
      // What was worse since the person said "seen" is to be seen again.
      ...(before?.acknowledged_at !== undefined && raised !== undefined && !(fresh && level === "crit")
        ? { acknowledged_at: before.acknowledged_at }
        : {}),
      ...(before?.snoozed_until === undefined ? {} : { snoozed_until: before.snoozed_until }),
    };
    this.#set(state, changes);
  }

  /** A row that is proven not to be there any more cannot be at fault. */
  #gone(rule: AlertRule, seen: ReadonlySet<string>, reading: PanelReading, ts: number, changes: AlertChange[]): void {
    for (const alert of this.#alerts.values()) {
      if (alert.rule !== rule.id || alert.phase === "cleared" || seen.has(alert.key)) continue;
      if (!provesGone(reading, rule.section ?? "", alert.key)) continue;
      this.#set({ ...alert, phase: "cleared", cleared_at: ts, at: ts }, changes);
    }
  }

  /** Rows that are gone need no watch; of those that are merely missing only so many have one, and all with an alert. */
  #letGo(rule: AlertRule, seen: ReadonlySet<string>, reading: PanelReading): void {
    const watches = this.#watchesOf(rule.id);
    let over = watches.size - seen.size - ABSENT_MAX;
    for (const key of watches.keys()) {
      if (seen.has(key)) continue;
      const alert = this.#alerts.get(`${rule.id}/${key}`);
      const isOver = alert === undefined || alert.phase === "cleared";
      if (!isOver || (over <= 0 && !provesGone(reading, rule.section ?? "", key))) continue;
      watches.delete(key);
      over--;
    }
  }

  /** Told as a change, so that what is stored of them goes as well. */
  #dropCleared(changes: AlertChange[]): void {
    if (this.#alerts.size <= CLEARED_MAX) return;
    const cleared = [...this.#alerts.values()].filter(({ phase }) => phase === "cleared");
    if (cleared.length <= CLEARED_MAX) return;
    const oldest = cleared.toSorted((a, b) => (a.cleared_at ?? a.at) - (b.cleared_at ?? b.at));
    for (const alert of oldest.slice(0, cleared.length - CLEARED_MAX)) {
      this.#alerts.delete(alert.id);
      changes.push({ before: alert, now: alert });
    }
  }

  #set(now: AlertState, changes: AlertChange[]): void {
    const before = this.#alerts.get(now.id);
    // What the person has seen needs no further look once it is over.
    if (now.phase === "cleared" && now.acknowledged_at !== undefined) this.#alerts.delete(now.id);
    else this.#alerts.set(now.id, now);
    if (before?.phase !== now.phase || before.level !== now.level) changes.push({ before, now });
  }
}

function keyOf(rule: AlertRule, row: Row): string {
  if (rule.section === undefined) return "";
  const section = panelDef(rule.panel).sections.find((one) => one.kind === "table" && one.path === rule.section);
  return section === undefined ? "" : rowKey(section, row);
}

function matchesRow({ match = {} }: AlertRule, row: Row): boolean {
  return Object.entries(match).every(([field, wanted]) => {
    const value = row[field];
    return typeof value === "string" && wanted.includes(value);
  });
}

/** The level that a value comes to. `raised`: the level in force, which a number leaves only beyond `clear`. */
function levelOf(rule: AlertRule, value: unknown, raised: AlertLevel | undefined): AlertLevel | undefined {
  if (rule.op === "above" || rule.op === "below") {
    if (typeof value !== "number") return raised;
    const beyond = (limit: number): boolean => (rule.op === "above" ? value > limit : value < limit);
    if (typeof rule.crit === "number" && beyond(rule.crit)) return "crit";
    if (typeof rule.warn === "number" && beyond(rule.warn)) return "warn";
    const stays = raised !== undefined && rule.clear !== undefined && beyond(rule.clear);
    return stays ? (rule.warn === undefined ? raised : "warn") : undefined;
  }
  if (typeof value !== "string") return undefined;
  const among = (words: number | string[] | undefined): boolean => Array.isArray(words) && words.includes(value);
  if (rule.op === "is_not") {
    if (Array.isArray(rule.crit) && !among(rule.crit)) return "crit";
    return Array.isArray(rule.warn) && !among(rule.warn) ? "warn" : undefined;
  }
  if (among(rule.crit)) return "crit";
  return among(rule.warn) ? "warn" : undefined;
}

function limitText(rule: AlertRule, level: AlertLevel): { limit?: string } {
  const limit = rule[level];
  if (typeof limit === "number") return { limit: String(limit) };
  return {};
}

function shown(value: unknown): string {
  return typeof value === "string" || typeof value === "number" ? String(value) : "";
}
