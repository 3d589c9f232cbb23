import { sessionFrame } from "#protocol/builders.ts";
import type { Down } from "#protocol/down.ts";
import { OUT_WINDOW_BYTES, TELEMETRY_GRACE_S } from "#protocol/limits.ts";
import type { MonitorCommand } from "#protocol/local-messages.ts";
import type { DeviceRecord } from "#protocol/messages/devices.ts";
import type { HostKey } from "#protocol/messages/target.ts";
import type { Collector, CollectorEffect, CollectorEvent, CollectorPhase, Remembered } from "#telemetry/collector.ts";
import { PANEL_IDS, type PanelId } from "#telemetry/knowledge/panels.ts";
import { isPlatformId, platforms } from "#telemetry/knowledge/platforms.ts";
import type { TelemetryUpdate } from "#telemetry/knowledge/reading.ts";
import { authOrder } from "./auth-order.ts";
import type { LoginPlan } from "./keys/login-desk.ts";
import { type RuntimeDeps, SessionRuntime, type Taken } from "./session-runtime.ts";
import type { ResumeRecord } from "./storage/resume-records.ts";
import { TelemetryClock } from "./telemetry-clock.ts";
import type { TelemetryEngine } from "./telemetry-engine.ts";

/** The window that ssh2 asks for: wide, so that nothing wraps; 24 rows, since some old servers refuse 0 [T31]. */
const PTY = { term: "vt100", cols: 511, rows: 24 } as const;
/** Output that comes this soon after a resume waited for it: late, and no part of rates [T12]. */
const LATE_MS = 1_000;

type MonitorWish = MonitorCommand["payload"];

export type TelemetryHooks = {
  reading(update: TelemetryUpdate): void;
  /** An answer to a question of a person, or how far it has come. */
  asked(news: Extract<CollectorEffect, { type: "answer" | "progress" }>): void;
  phase(phase: CollectorPhase, reason: string | undefined, command: string | undefined): void;
  platform(id: string, title: string, evidence: string, remembered: Remembered): void;
  reconnect(reason: string): void;
  ended(reason: string, text: string | undefined): void;
};

/** ssh2 in the worker: drives the collector with bytes and times, and carries out what it wants. */
export class TelemetryRuntime extends SessionRuntime {
  readonly #hooks: TelemetryHooks;
  readonly #clock: TelemetryClock;
  #record: DeviceRecord;
  #collector: Collector | null = null;
  /** What the UI asked for before there was a collector. */
  #wish: MonitorWish = {};
  #hidden = false;
  #late = Number.NEGATIVE_INFINITY;
  #command: string | undefined;
  /** Control messages about positions that the output has not reached. */
  #held: { at_pos: number; run: () => void }[] = [];
  /** There is no channel that the collector knows of. */
  #closed = true;

  constructor(record: DeviceRecord, deps: RuntimeDeps, hooks: TelemetryHooks) {
    super(record.id, "ssh2", deps);
    this.#record = record;
    this.#hooks = hooks;
    this.#clock = new TelemetryClock(deps.env);
  }

  get collector(): Collector | null {
    return this.#collector;
  }

  /** `pin` is the one key that ssh1 verified [S49]; `remembered` was stored for it; `login`: how, and how ssh1 got in. */
  open(
    engine: TelemetryEngine,
    record: DeviceRecord,
    pin: HostKey | undefined,
    remembered: Remembered | undefined,
    login: Pick<LoginPlan, "auth" | "via_pins"> & { byPrompt: boolean },
  ): void {
    this.#record = record;
    const chosen = record.platform !== undefined && isPlatformId(record.platform) ? record.platform : undefined;
    this.#make(engine, remembered);
    const transport = engine.initialTransport(remembered, chosen);
    this.connect({
      target: record.target,
      label: record.label,
      transport,
      pty: PTY,
      grace_s: Math.min(record.grace_s, TELEMETRY_GRACE_S),
      window: OUT_WINDOW_BYTES,
      durable: false,
      options: {
        algorithms: record.algorithms,
        keepalive: record.keepalive,
        overflow: "hold",
        auth_order: authOrder(login.byPrompt ? "prompt" : "password"),
      },
      pins: pin === undefined ? [] : [pin],
      via_pins: login.via_pins,
      auth: login.auth,
    });
  }

  /** Takes up the session of an earlier page: at the end of its output, with a new collector [WP29] [T50]. */
  resume(engine: TelemetryEngine, record: ResumeRecord, remembered: Remembered | undefined): void {
    this.#record = record.record;
    this.#make(engine, remembered);
    this.restore(record, { from: "nothing" });
  }

  /** Takes a session that another page has, to be attached with force; the collector begins anew. */
  take(engine: TelemetryEngine, record: DeviceRecord, sid: string, remembered: Remembered | undefined): void {
    this.#record = record;
    this.#make(engine, remembered);
    this.begin(sid, PTY);
  }

  #make(engine: TelemetryEngine, remembered: Remembered | undefined): void {
    const { platform, id, markers = true } = this.#record;
    if (this.#collector !== null) {
      this.#feed({ type: "markers", on: markers, at: this.#clock.now() });
      return;
    }
    const { env } = this.deps;
    const nonce = [...env.crypto.getRandomValues(new Uint8Array(4))].map((byte) => byte.toString(16).padStart(2, "0"));
    this.#collector = engine.createCollector({
      device: id,
      nonce: nonce.join(""),
      profile: this.#wish.profile ?? "normal",
      ...(platform !== undefined && isPlatformId(platform) ? { platform } : {}),
      ...(remembered === undefined ? {} : { remembered }),
      markers,
      now: this.#clock.begin(),
    });
    this.#apply(this.#wish);
    this.#feed({ type: "visibility", hidden: this.#hidden, at: this.#clock.now() });
  }

  /** The mission's `monitor`: absent fields stay as they are. */
  monitor(wish: MonitorWish): void {
    const { refresh: _, ...lasting } = wish;
    this.#wish = { ...this.#wish, ...lasting };
    if (this.#collector !== null) this.#apply(wish);
  }

  #apply({ panels, pinned, profile, paused, refresh, platform }: MonitorWish): void {
    const at = this.#clock.now();
    if (panels !== undefined) this.#feed({ type: "subscribe", panels: panels.filter(isPanelId), at });
    if (pinned !== undefined) this.#feed({ type: "pin", interfaces: [...pinned], at });
    if (profile !== undefined) this.#feed({ type: "profile", profile, at });
    if (paused !== undefined) this.#feed({ type: paused ? "pause" : "continue", at });
    if (platform !== undefined && isPlatformId(platform)) this.#feed({ type: "choose_platform", platform, at });
    if (refresh === "all") this.#feed({ type: "refresh", at });
    else if (refresh !== undefined && isPanelId(refresh)) this.#feed({ type: "refresh", panel: refresh, at });
  }

  /** An event of somebody who works with the collector, whose time is set here; false: there is none, or its way to the device is away. */
  feed(event: CollectorEvent): boolean {
    if (this.#collector === null || this.#closed) return false;
    this.#feed({ ...event, at: this.#clock.now() });
    return true;
  }

  setPageHidden(hidden: boolean): void {
    this.#hidden = hidden;
    this.#feed({ type: "visibility", hidden, at: this.#clock.now() });
  }

  ssh1Echo(echo_ms: number, typing: boolean): void {
    this.#feed({ type: "ssh1_echo", echo_ms, typing, at: this.#clock.now() });
  }

  protected override deliver(pos: number, bytes: Uint8Array, stderr: boolean): void {
    const at = this.#clock.now();
    let from = 0;
    // What was said about a position inside these bytes counts between the bytes before and after it.
    for (const held of this.#held.splice(0)) {
      const cut = held.at_pos - pos;
      if (cut > bytes.length) {
        this.#held.push(held);
        continue;
      }
      if (cut > from) {
        this.#bytes(pos + from, bytes.subarray(from, cut), stderr, at);
        from = cut;
      }
      held.run();
    }
    if (from < bytes.length) this.#bytes(pos + from, bytes.subarray(from), stderr, at);
    this.page?.output.onApplied(bytes.length, this.deps.env.now());
  }

  #bytes(pos: number, bytes: Uint8Array, stderr: boolean, at: number): void {
    // A copy: the collector keeps raw answers, and a view would keep the whole frame alive.
    this.#feed({ type: "bytes", bytes: bytes.slice(), stderr, pos, at, late: at < this.#late });
  }

  /** Control overtakes output: what names a position waits until the output has reached it. */
  #whenAt(at_pos: number, run: () => void): void {
    if (this.page === null || (this.page.output.recv >= at_pos && this.#held.length === 0)) run();
    else this.#held.push({ at_pos, run });
  }

  protected override lost(_from: number, to: number): void {
    // The output will never come by: what waited for a position in the gap counts now.
    const due = this.#held.filter(({ at_pos }) => at_pos <= to);
    this.#held = this.#held.filter(({ at_pos }) => at_pos > to);
    for (const { run } of due) run();
    this.#feed({ type: "gap", at: this.#clock.now() });
  }

  protected override inputDiscarded(): void {
    this.#feed({ type: "gap", at: this.#clock.now() });
  }

  protected override attached(fresh: boolean): void {
    const at = this.#clock.now();
    if (fresh) return;
    this.#late = at + LATE_MS;
    if (this.facts !== null && this.#closed) this.#opened(false);
    else this.#feed({ type: "resumed", at });
  }

  #opened(fresh: boolean): void {
    if (this.facts === null) return;
    this.#closed = false;
    this.#feed({
      type: "opened",
      transport: this.facts.transport,
      ident: this.facts.server_ident,
      fresh,
      at: this.#clock.now(),
    });
  }

  override linkLost(link: string): void {
    const was = this.page?.phase === "attached";
    super.linkLost(link);
    if (was && this.page?.phase === "detached") this.#feed({ type: "suspended", at: this.#clock.now() });
  }

  /** The channel is gone; what was read stays, and a later one goes on from it [T86]. */
  protected override over(): void {
    this.#held = [];
    if (this.#closed) return;
    this.#feed({ type: "closed", at: this.#clock.now() });
    this.#closed = true;
  }

  protected override recordOf(): DeviceRecord {
    return this.#record;
  }

  protected override heard(message: Down): Taken {
    const at = this.#clock.now();
    switch (message.action) {
      case "connected":
        this.#opened(true);
        return "pass";
      case "exec_started":
        this.#started(message);
        return "taken";
      case "exec_done":
        this.#done(message);
        return "taken";
      case "transport_changed":
        this.#changed(message);
        return "taken";
      case "error":
        return this.#failed(message, at);
      default:
        return "pass";
    }
  }

  #started({ payload }: Down<"exec_started">): void {
    const { exec_id, at } = payload;
    this.#whenAt(at, () => this.#feed({ type: "exec_started", id: exec_id, at_pos: at, at: this.#clock.now() }));
  }

  #done({ payload }: Down<"exec_done">): void {
    const { exec_id, at, code, signal } = payload;
    this.answered(exec_id);
    this.#whenAt(at, () =>
      this.#feed({ type: "exec_done", id: exec_id, at_pos: at, code, signal, at: this.#clock.now() }),
    );
  }

  #changed({ re, payload }: Down<"transport_changed">): void {
    const { transport, at } = payload;
    this.answered(re);
    if (this.facts !== null) this.record.facts = { ...this.facts, transport };
    this.record.keep(this.page);
    this.#whenAt(at, () => this.#feed({ type: "transport_changed", transport, at: this.#clock.now() }));
  }

  /** A refused exec or transport is the collector's business; other errors concern the session. */
  #failed({ re, payload }: Down<"error">, at: number): Taken {
    if (!this.isOpen(re)) return "pass";
    this.answered(re);
    const { code, detail } = payload;
    this.#feed({ type: "failed", code, ...(detail === undefined ? {} : { detail }), at });
    return "taken";
  }

  #feed(event: CollectorEvent): void {
    const moved = this.#clock.moved();
    if (moved !== undefined) this.#carryOutAll(moved);
    const unwritten = this.#carryOutAll(event);
    // What came of that is carried out too, but not asked about again: the line waits for its deadline then.
    if (unwritten > 0) this.#carryOutAll({ type: "unwritten", writes: unwritten, at: event.at });
  }

  /** Gives how many writes the session's queue did not take: from the first such on none is, so that no line is torn. */
  #carryOutAll(event: CollectorEvent): number {
    let unwritten = 0;
    for (const effect of this.#collector?.handle(event) ?? []) {
      if (effect.type !== "write") this.#carryOut(effect);
      else if (unwritten > 0 || !this.#write(effect)) unwritten++;
    }
    return unwritten;
  }

  #write({ bytes, purpose, text }: Extract<CollectorEffect, { type: "write" }>): boolean {
    const { page, deps } = this;
    if (page === null || !page.input.type(bytes, deps.env.now())) return false;
    if (purpose === "command") this.#command = text;
    deps.hub.pump();
    return true;
  }

  #carryOut(effect: CollectorEffect): void {
    const { deps, device, session_id } = this;
    switch (effect.type) {
      case "exec": {
        const { id, command } = effect;
        this.#command = command;
        this.ask(sessionFrame(device, session_id, "exec", { exec_id: id, command }, { id }));
        break;
      }
      case "exec_cancel":
        deps.hub.send(sessionFrame(device, session_id, "exec_cancel", { exec_id: effect.id }));
        break;
      case "set_transport":
        this.ask(sessionFrame(device, session_id, "set_transport", { transport: effect.transport }, { id: this.id() }));
        break;
      case "reading":
        this.#hooks.reading(effect.update);
        break;
      case "answer":
      case "progress":
        this.#hooks.asked(effect);
        break;
      case "phase":
        this.#hooks.phase(effect.phase, effect.reason, effect.phase === "running" ? this.#command : undefined);
        break;
      case "platform":
        this.#hooks.platform(effect.platform, titleOf(effect.platform), effect.evidence, effect.remembered);
        break;
      case "wake_at":
        this.#clock.ringAt(effect.at, () => this.#feed({ type: "wake", at: this.#clock.now() }));
        break;
      case "close_channel":
        this.#hooks.reconnect(effect.reason);
        break;
      case "ended":
        this.#hooks.ended(effect.reason, effect.text);
        break;
      default:
        break;
    }
  }

  override end(): void {
    super.end();
    this.#clock.ringAt(Number.POSITIVE_INFINITY, () => {});
    // Who waits for an answer is told that none comes; all else that this says concerns nobody any more.
    for (const effect of this.#collector?.handle({ type: "closed", at: this.#clock.now() }) ?? []) {
      if (effect.type === "answer") this.#hooks.asked(effect);
    }
    this.#collector = null;
  }
}

function titleOf(id: string): string {
  return platforms.find((platform) => platform.id === id)?.title ?? id;
}

function isPanelId(text: string): text is PanelId {
  return (PANEL_IDS as readonly string[]).includes(text);
}
