import type { AlertsView, ListedRule } from "#machines/desk-views.ts";
import type { Result } from "#protocol/local-messages.ts";
import type { DeskCommand } from "#protocol/local-telemetry.ts";
import type { AlertRule, AlertState } from "#telemetry/alerts/alert.ts";
import { type AlertChange, AlertEvaluator } from "#telemetry/alerts/evaluate.ts";
import { checkRule } from "#telemetry/alerts/rule-check.ts";
import { SHIPPED_RULES } from "#telemetry/alerts/shipped-rules.ts";
import type { TelemetryUpdate } from "#telemetry/knowledge/reading.ts";
import type { Desk, DeskContext } from "./desk.ts";
import { wholeTable } from "./device-facts.ts";

/** Rules hold for all devices of this tablet. */
const ALL_DEVICES = "*";
/** States are looked at this often for input that stays away, milliseconds. */
const TICK_MS = 15_000;
const NO_ALERT: Result = {
  ok: false,
  error: { code: "gone", reason: "expired", retry: "no", detail: "This alert is over." },
};

/** Alerts of every device by rules that are data [T90]. */
export class AlertsDesk implements Desk {
  readonly actions = ["alert_ack", "alert_snooze", "alert_rules", "alert_rule_put", "alert_rule_remove"] as const;
  readonly #context: DeskContext;
  readonly #devices = new Map<string, AlertEvaluator>();
  /** Rules that the person changed or added, by id. */
  readonly #own = new Map<string, AlertRule>();
  #timer: number | null = null;

  constructor(context: DeskContext) {
    this.#context = context;
  }

  get #rules(): readonly AlertRule[] {
    const shipped = SHIPPED_RULES.map((rule) => this.#own.get(rule.id) ?? rule);
    const ids = new Set(shipped.map(({ id }) => id));
    return [...shipped, ...[...this.#own.values()].filter(({ id }) => !ids.has(id))];
  }

  #listed(): ListedRule[] {
    const shipped = new Set(SHIPPED_RULES.map(({ id }) => id));
    return this.#rules.map((rule) => ({
      ...rule,
      origin: shipped.has(rule.id) ? (this.#own.has(rule.id) ? "changed" : "shipped") : "own",
    }));
  }

  async restore(): Promise<void> {
    const { records } = this.#context;
    for (const { value } of await records.range("rules", ALL_DEVICES)) {
      const checked = checkRule(value);
      if (checked.ok) this.#own.set(checked.rule.id, checked.rule);
    }
    for (const device of await records.devices("alerts")) {
      const kept = await records.range<AlertState>("alerts", device);
      this.#of(device).restore(kept.map(({ value }) => value));
      // What was over before this run began is not shown again.
      for (const { key, value } of kept) if (value.phase === "cleared") await records.remove("alerts", device, key);
      this.#show(device);
    }
    // Also what readings come before this was done is judged by the person's rules.
    for (const evaluator of this.#devices.values()) evaluator.setRules(this.#rules);
  }

  #of(device: string): AlertEvaluator {
    const found = this.#devices.get(device) ?? new AlertEvaluator(this.#rules);
    this.#devices.set(device, found);
    return found;
  }

  take({ device, payload }: TelemetryUpdate): void {
    const changes = this.#of(device).take(payload, (path) =>
      wholeTable(this.#context, device, payload.panel, path, payload.ts),
    );
    this.#changed(device, changes);
    // Values and times of alerts that go on are news for the view, too.
    if (changes.length === 0 && this.#of(device).alerts.some(({ panel }) => panel === payload.panel))
      this.#show(device);
    this.#timer ??= this.#context.env.setTimeout(() => this.#tick(), TICK_MS);
  }

  #tick(): void {
    this.#timer = null;
    const now = this.#context.env.steady();
    let active = false;
    for (const [device, evaluator] of this.#devices) {
      this.#changed(device, evaluator.tick(now));
      active ||= evaluator.alerts.some(({ phase }) => phase === "active");
    }
    if (active) this.#timer ??= this.#context.env.setTimeout(() => this.#tick(), TICK_MS);
  }

  #changed(device: string, changes: readonly AlertChange[]): void {
    if (changes.length === 0) return;
    for (const { now } of changes) this.#keep(device, now);
    this.#show(device);
  }

  #keep(device: string, alert: AlertState): void {
    const { records } = this.#context;
    const gone = !this.#of(device).alerts.some(({ id }) => id === alert.id);
    void (gone ? records.remove("alerts", device, [alert.id]) : records.put("alerts", device, [alert.id], alert));
  }

  #show(device: string): void {
    this.#context.publisher.mark(`alerts:${device}`, (): AlertsView | undefined => {
      const evaluator = this.#devices.get(device);
      return evaluator && alertsView(evaluator.alerts);
    });
  }

  async serve(command: DeskCommand): Promise<Result> {
    const { device } = command;
    switch (command.action) {
      case "alert_ack":
        return this.#touch(device, command.payload.alert, (evaluator) =>
          evaluator.acknowledge(command.payload.alert, this.#context.env.now()),
        );
      case "alert_snooze":
        return this.#touch(device, command.payload.alert, (evaluator) =>
          evaluator.snooze(command.payload.alert, command.payload.until),
        );
      case "alert_rules":
        return { ok: true, value: this.#listed() };
      case "alert_rule_put": {
        const checked = checkRule(command.payload.rule);
        if (!checked.ok) {
          const detail = `${checked.field}: ${checked.why}`;
          return { ok: false, error: { code: "invalid", reason: "alert_rule", retry: "no", detail } };
        }
        this.#own.set(checked.rule.id, checked.rule);
        await this.#context.records.put("rules", ALL_DEVICES, [checked.rule.id], checked.rule);
        this.#rulesChanged();
        return { ok: true };
      }
      case "alert_rule_remove": {
        // A shipped rule is as it was shipped again; one of the person is gone.
        this.#own.delete(command.payload.id);
        await this.#context.records.remove("rules", ALL_DEVICES, [command.payload.id]);
        this.#rulesChanged();
        return { ok: true };
      }
      default:
        return NO_ALERT;
    }
  }

  #touch(device: string, id: string, act: (evaluator: AlertEvaluator) => boolean): Result {
    const evaluator = this.#of(device);
    if (!act(evaluator)) return NO_ALERT;
    const now = evaluator.alerts.find((alert) => alert.id === id);
    const { records } = this.#context;
    void (now === undefined ? records.remove("alerts", device, [id]) : records.put("alerts", device, [id], now));
    this.#show(device);
    return { ok: true };
  }

  #rulesChanged(): void {
    for (const [device, evaluator] of this.#devices) {
      const before = evaluator.alerts;
      evaluator.setRules(this.#rules);
      const left = new Set(evaluator.alerts.map(({ id }) => id));
      for (const { id } of before) if (!left.has(id)) void this.#context.records.remove("alerts", device, [id]);
      this.#show(device);
    }
  }

  async forget(device: string | undefined): Promise<void> {
    for (const id of device === undefined ? [...this.#devices.keys()] : [device]) {
      this.#devices.delete(id);
      this.#context.publisher.remove(`alerts:${id}`);
    }
  }

  async close(): Promise<void> {
    if (this.#timer !== null) this.#context.env.clearTimeout(this.#timer);
    this.#timer = null;
  }
}

const PHASES = { active: 0, unknown: 1, cleared: 2 } as const;

/** Worst first, then newest. */
function alertsView(alerts: readonly AlertState[]): AlertsView {
  const sorted = alerts.toSorted(
    (a, b) =>
      PHASES[a.phase] - PHASES[b.phase] || Number(b.level === "crit") - Number(a.level === "crit") || b.since - a.since,
  );
  const count = (level: AlertState["level"]): number =>
    alerts.filter((alert) => alert.phase !== "cleared" && alert.level === level && alert.acknowledged_at === undefined)
      .length;
  return { alerts: sorted, crit: count("crit"), warn: count("warn") };
}
