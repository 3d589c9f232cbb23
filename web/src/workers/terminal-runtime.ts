import { NO_FIGURES, type TerminalFigures } from "#machines/view-projections.ts";
import type { Down } from "#protocol/down.ts";
import type { AckFrame } from "#protocol/frames.ts";
import { OUT_WINDOW_BYTES } from "#protocol/limits.ts";
import type { StaleInputCommand } from "#protocol/local-messages.ts";
import type { DeviceRecord } from "#protocol/messages/devices.ts";
import type { ExitPayload, PageSession } from "#protocol/page/session-core.ts";
import type { TerminalSize } from "#protocol/page/size-sync.ts";
import { authOrder } from "./auth-order.ts";
import { EchoWatch } from "./echo-watch.ts";
import { eraseCutLine, heldInput } from "./held-input.ts";
import type { LoginPlan } from "./keys/login-desk.ts";
import { type RuntimeDeps, SessionRuntime, type Taken } from "./session-runtime.ts";
import type { ResumeRecord } from "./storage/resume-records.ts";
import type { TerminalLog } from "./storage/terminal-log.ts";
import type { TerminalLogs } from "./storage/terminal-logs.ts";
import { TerminalOutput } from "./terminal-output.ts";
import type { TerminalPort } from "./terminal-port.ts";
import { visibleText } from "./visible-text.ts";

/** Terminal type that devices are told; every function xterm.js has. */
const TERM = "xterm-256color";
/** Longest part of waiting input that is shown. */
const SHOWN_INPUT_BYTES = 1_024;
const HIDDEN = { text: "", hidden: true } as const;

export type TerminalDeps = RuntimeDeps & { logs: TerminalLogs };

export type TerminalHooks = {
  /** A notice for the person: typed text could not be taken. */
  inputRefused(device: string, bytes: number): void;
  /** Time from input to the next output, smoothed, for the load guard of telemetry [T53]. */
  echo(device: string, ms: number): void;
  figuresChanged(device: string): void;
};

/** ssh1 in the worker: output to the terminal's port, input and credit back. */
export class TerminalRuntime extends SessionRuntime {
  readonly port: TerminalPort;
  readonly #hooks: TerminalHooks;
  readonly #logs: TerminalLogs;
  readonly #output: TerminalOutput;
  /** Output of the session is to be stored on the tablet. */
  #durable = false;
  #size: TerminalSize;
  #record: DeviceRecord;
  /** A secret is among the input that the proxy has not acknowledged: none of it is shown [S72]. */
  #secret = false;
  readonly #echo = new EchoWatch();
  /** Typed while no session could take it, since the last one that could. */
  #refused: { bytes: number; at: number } | null = null;
  #restored = false;
  /** The page has shown a stream of this device before. */
  #shown = false;

  constructor(record: DeviceRecord, size: TerminalSize, port: TerminalPort, deps: TerminalDeps, hooks: TerminalHooks) {
    super(record.id, "ssh1", deps);
    this.#record = record;
    this.#size = size;
    this.#hooks = hooks;
    this.port = port;
    const events = {
      input: (bytes: Uint8Array, hidden: boolean) => this.#type(bytes, hidden),
      applied: (bytes: number) => this.#credit(bytes),
      have: (stream: string | null, pos: number, begun: boolean) => this.#pageHas(stream, pos, begun),
    };
    port.serve(events, "later");
    this.#logs = deps.logs;
    this.#output = new TerminalOutput(port, deps.logs, {
      applied: (bytes) => this.#credit(bytes),
      saved: (pos) => {
        this.page?.output.onSaved(pos);
        deps.hub.pump();
      },
      logLost: () => this.#loseLog(),
    });
  }

  #credit(bytes: number): void {
    this.page?.output.onApplied(bytes, this.deps.env.now());
    this.deps.hub.pump();
  }

  /** Nothing is stored any more: the proxy must not wait for it [WP11]. */
  #loseLog(): void {
    const { page } = this;
    if (page === null) return;
    page.loseLog();
    if (page.attachment !== null) this.attach(false);
  }

  /** "Keep nothing on this tablet": what there is of this session goes, and the proxy hears that nothing is stored [WP32]. */
  keepNothing(): void {
    if (!this.#output.hasLog) return;
    this.#output.dropLog();
    this.#loseLog();
  }

  /** Stores at once what waits for it: the page may not get another chance [WP29]. */
  flush(): void {
    this.#output.flush();
  }

  /** What the next {@link open} asks for. */
  wants(record: DeviceRecord, size: TerminalSize): void {
    this.#record = record;
    this.#size = size;
  }

  /** A change of the record that a reload must find as well, whether the device is in the user's list or not. */
  editRecord(edit: (record: DeviceRecord) => DeviceRecord): void {
    this.#record = edit(this.#record);
    if (this.facts !== null) this.record.facts = { ...this.facts, record: this.#record };
    this.record.keep(this.page);
  }

  open({ auth, pins, via_pins, passwordHeld }: LoginPlan): void {
    this.port.takeInput();
    const record = this.#record;
    const size = this.#size;
    this.#restored = false;
    this.#durable = this.#logs.usable;
    this.connect({
      target: record.target,
      label: record.label,
      transport: "shell_pty",
      pty: { term: TERM, ...size },
      grace_s: record.grace_s,
      window: OUT_WINDOW_BYTES,
      durable: this.#durable,
      options: {
        algorithms: record.algorithms,
        keepalive: record.keepalive,
        overflow: "hold",
        auth_order: authOrder(passwordHeld ? "password" : "nothing"),
      },
      pins,
      via_pins,
      auth,
    });
  }

  /** Types a secret for the person: without Enter, and never shown [S91] [S72]. False when no session takes it. */
  typeSecret(bytes: Uint8Array): boolean {
    const { page } = this;
    if (page?.phase !== "attached" || this.deps.isLocked()) return false;
    this.#type(bytes, true);
    return true;
  }

  /** Takes up the session of an earlier page or worker; with the `log` that it left, if it did and nobody else has it. */
  resume(record: ResumeRecord, log: TerminalLog | undefined): void {
    this.#resume(record, log);
    this.port.takeInput();
  }

  #resume(record: ResumeRecord, log: TerminalLog | undefined): void {
    this.#restored = true;
    this.#durable = this.#logs.usable;
    this.#size = { cols: record.cols, rows: record.rows };
    const { stream, pos } = this.port.have;
    this.#shown = stream !== null;
    if (log !== undefined) {
      this.restore(record, { from: "log", out_pos: log.end, epoch: record.epoch });
      // Whatever follows, follows the screen that the log gives.
      this.#shown = true;
      this.#output.restore(log);
      return;
    }
    // A replaced worker goes on from what the page has; a new page takes what the proxy still has.
    const exact = stream === record.sid;
    this.restore(record, exact ? { from: "log", out_pos: pos, epoch: record.epoch } : { from: "nothing" });
  }

  /** A session of the user's that another client opened, to be attached with force: its screen is what the proxy has of it. */
  adopt(sid: string): void {
    this.#restored = false;
    this.#durable = this.#logs.usable;
    this.#shown = this.port.have.stream !== null;
    this.begin(sid, this.#size);
    this.port.takeInput();
  }

  /** The page told what it has only after the session was asked for: go on from there if nothing came yet. */
  #pageHas(stream: string | null, pos: number, begun: boolean): void {
    if (!begun && this.#output.pageHas(stream, pos)) return;
    // What waits for this page is about to be shown: a later session must not clear it.
    this.#shown = begun || stream !== null;
    const { page } = this;
    if (page === null || !this.#restored || stream !== page.options.sid || page.attachment !== null) return;
    const record = this.record.of(this.page);
    if (record !== undefined) this.restore(record, { from: "log", out_pos: pos, epoch: page.epoch });
  }

  resize(cols: number, rows: number): void {
    this.#size = { cols, rows };
    for (const effect of this.page?.resize(cols, rows) ?? []) this.run(effect);
    if (this.facts !== null) this.record.facts = { ...this.facts, cols, rows };
  }

  /** The person's word about input that waited too long [WP19]; `next_line`: without the line that was cut [S92]. */
  staleInput(what: StaleInputCommand["payload"]["what"]): void {
    const input = this.page?.input;
    const held = input?.held() ?? null;
    if (what === "send") input?.release();
    else if (what === "next_line") {
      const cut = held === null ? undefined : eraseCutLine(held, input?.lineStart ?? null);
      if (cut !== undefined) input?.replaceHeldHead(cut.skip, cut.erase);
    } else if (held === null) input?.discardUnsent();
    else input?.discardHeld();
    this.deps.hub.pump();
  }

  figures(): TerminalFigures {
    const { page } = this;
    const refused = this.#refused === null ? {} : { refused_input: this.#refused };
    if (page === null) return { ...NO_FIGURES, ...refused };
    const { input, output } = page;
    const since = input.oldestUnackedAt;
    const unsaved = page.options.durable ? output.unsaved : 0;
    // Once the session is over there is nothing left to ask: it says what was not sent.
    const held = this.#isOver(page) ? null : input.held();
    return {
      unacked_bytes: input.unacknowledged,
      ...(since === null ? {} : { unacked_since: since }),
      held_bytes: this.heldAtProxy,
      undrawn_bytes: output.recv - output.applied,
      ...(unsaved > 0 ? { unsaved_bytes: unsaved } : {}),
      ...this.#echo.figures(input.acked),
      ...refused,
      ...this.#waiting(page),
      ...(held === null
        ? {}
        : {
            stale_input: {
              ...(this.#secret ? HIDDEN : heldInput(held, input.lineStart)),
              bytes: held.length,
              oldest_at: since ?? this.deps.env.now(),
            },
          }),
    };
  }

  /** What was typed and has no link to go by, or no session any more; never while it waits for an answer, which shows it anyway. */
  #waiting(page: PageSession): Pick<TerminalFigures, "waiting_input"> {
    const { input, phase } = page;
    const { unsent, unproven, oldestUnackedAt } = input;
    const away = phase === "detached" || this.#isOver(page);
    if (!away || oldestUnackedAt === null || (input.held() !== null && !this.#isOver(page))) return {};
    const shown = this.#textOf(input.unsentHead(SHOWN_INPUT_BYTES));
    const more = unsent > SHOWN_INPUT_BYTES && shown.text !== "" ? "…" : "";
    const figures = { bytes: unsent, unproven_bytes: unproven, oldest_at: oldestUnackedAt };
    return { waiting_input: { ...shown, text: `${shown.text}${more}`, ...figures } };
  }

  #isOver({ phase }: PageSession): boolean {
    return phase === "ended" || phase === "gone";
  }

  #textOf(input: Uint8Array): { text: string; hidden?: true } {
    return this.#secret ? HIDDEN : { text: visibleText(input) };
  }

  #type(bytes: Uint8Array, hidden: boolean): void {
    const { page, deps } = this;
    const now = deps.env.now();
    if (deps.isLocked() || page === null || (page.phase !== "attached" && page.phase !== "detached")) {
      this.#refused = { bytes: (this.#refused?.bytes ?? 0) + bytes.length, at: now };
      return;
    }
    this.#secret = hidden || (this.#secret && page.input.unacknowledged > 0);
    if (!page.input.type(bytes, now, hidden)) this.#hooks.inputRefused(this.device, bytes.length);
    this.#echo.typed(now);
    deps.hub.pump();
  }

  protected override deliver(pos: number, bytes: Uint8Array, _stderr: boolean, seen: boolean): void {
    const ms = this.#echo.output(sentTo(this.page), this.deps.env.now());
    if (ms !== undefined) this.#hooks.echo(this.device, ms);
    this.#output.deliver(pos, bytes, seen);
  }

  override onAck(link: string, frame: AckFrame): void {
    super.onAck(link, frame);
    this.#echo.accepted(this.page?.input.acked ?? null, this.deps.env.now());
    if (this.page?.input.unacknowledged === 0) this.port.settle();
  }

  protected override lost(from: number, to: number): void {
    this.#output.gap(from, to);
  }

  protected override attached(fresh: boolean): void {
    const { page } = this;
    this.#refused = null;
    if (page === null) return;
    if (fresh) this.#echo.forget();
    else this.#echo.startOver(page.input.acked);
    const { sid, durable } = page.options;
    const { recv } = page.output;
    if (fresh) {
      if (this.#shown) this.port.note("New session");
      this.port.begin(sid, 0, !this.#shown);
    } else if (this.#output.showsLog) {
      // The screen comes from the log, or is there already.
    } else if (this.port.have.stream !== sid) {
      // A page without the screen: what the proxy still has begins here.
      this.port.begin(sid, recv, true);
      if (recv > 0) this.port.note("Earlier output of this session is not on this page");
    } else if (this.#restored) this.port.note("Taken up again; text typed just before may be lost");
    if (durable && !this.#output.showsLog) {
      this.#output.keep(sid, { pos: recv, ...this.#size });
      // The log begins here: what came before and was not stored by now never will be, and nobody waits for it.
      page.output.onSaved(recv);
    }
    this.#shown = true;
    this.#restored = false;
    this.#hooks.figuresChanged(this.device);
  }

  override end(): void {
    super.end();
    this.#output.leave();
    this.port.serve(null);
  }

  protected override inputDiscarded(): void {}

  protected override over(end: ExitPayload | null): void {
    if (end !== null) this.#output.note(endText(end));
    else if (this.page?.phase === "gone") this.#output.note("The proxy no longer has this session");
    // Left sessions come here too; whether their log stays is said in left().
    if (end !== null || this.page?.phase === "gone") this.#output.finish();
  }

  protected override left(kept: boolean): void {
    if (kept) this.#output.leave();
    else this.#output.forget();
  }

  protected override lostToOther(): void {
    this.#output.leave();
  }

  protected override isDurable(): boolean {
    return this.#durable;
  }

  protected override resized(cols: number, rows: number, at: number): void {
    this.#output.size(cols, rows, at);
  }

  protected override wantedSize(): TerminalSize {
    return this.#size;
  }

  protected override recordOf(): DeviceRecord {
    return this.#record;
  }

  protected override heard(message: Down): Taken {
    if (message.action !== "save_request") return "pass";
    this.flush();
    return "taken";
  }
}

/** Position after the last byte of input that left the page; null before the proxy said where input is. */
function sentTo(page: PageSession | null): number | null {
  const acked = page?.input.acked ?? null;
  return page === null || acked === null ? null : acked + page.input.unproven;
}

/** The line under the last output; the view says the rest. */
function endText({ code, signal, error }: ExitPayload): string {
  if (error !== undefined)
    return `Session ended (${error.code}${error.reason === undefined ? "" : `/${error.reason}`})`;
  if (signal !== null) return `Session ended by signal ${signal}`;
  return code === null ? "Session ended" : `Session ended with code ${code}`;
}
