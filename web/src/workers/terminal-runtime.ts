import { NO_FIGURES, type TerminalFigures } from "#machines/view-projections.ts";
import type { Down } from "#protocol/down.ts";
import { OUT_WINDOW_BYTES } from "#protocol/limits.ts";
import type { DeviceRecord } from "#protocol/messages/devices.ts";
import type { ExitPayload } from "#protocol/page/session-core.ts";
import type { TerminalSize } from "#protocol/page/size-sync.ts";
import { authOrder } from "./auth-order.ts";
import { type RuntimeDeps, SessionRuntime, type Taken } from "./session-runtime.ts";
import type { ResumeRecord } from "./storage/resume-records.ts";
import type { TerminalPort } from "./terminal-port.ts";
import { visibleText } from "./visible-text.ts";

/** Terminal type that devices are told; every function xterm.js has. */
const TERM = "xterm-256color";
/** Weight of the newest echo time. */
const ECHO_WEIGHT = 0.3;

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
  #size: TerminalSize;
  #record: DeviceRecord;
  #typedAt: number | null = null;
  #echoMs: number | null = null;
  #restored = false;
  /** The page has shown a stream of this device before. */
  #shown = false;

  constructor(record: DeviceRecord, size: TerminalSize, port: TerminalPort, deps: RuntimeDeps, hooks: TerminalHooks) {
    super(record.id, "ssh1", deps);
    this.#record = record;
    this.#size = size;
    this.#hooks = hooks;
    this.port = port;
    port.serve({
      input: (bytes) => this.#type(bytes),
      applied: (bytes) => {
        this.page?.output.onApplied(bytes, deps.env.now());
        deps.hub.pump();
      },
      have: (stream, pos) => this.#pageHas(stream, pos),
    });
  }

  /** What the next {@link open} asks for. */
  wants(record: DeviceRecord, size: TerminalSize): void {
    this.#record = record;
    this.#size = size;
  }

  open(passwordFirst: boolean): void {
    const record = this.#record;
    const size = this.#size;
    this.#restored = false;
    this.connect({
      target: record.target,
      label: record.label,
      transport: "shell_pty",
      pty: { term: TERM, ...size },
      grace_s: record.grace_s,
      window: OUT_WINDOW_BYTES,
      durable: false,
      options: {
        algorithms: record.algorithms,
        keepalive: record.keepalive,
        overflow: "hold",
        auth_order: authOrder(passwordFirst ? "password" : "nothing"),
      },
      pins: record.pins,
    });
  }

  /** Takes up the session of an earlier page or worker. */
  resume(record: ResumeRecord): void {
    this.#restored = true;
    this.#size = { cols: record.cols, rows: record.rows };
    const { stream, pos } = this.port.have;
    this.#shown = stream !== null;
    // A replaced worker goes on from what the page has; a new page takes what the proxy still has.
    const exact = stream === record.sid;
    this.restore(record, exact ? { from: "log", out_pos: pos, epoch: record.epoch } : { from: "nothing" });
  }

  /** The page told what it has only after the session was asked for: go on from there if nothing came yet. */
  #pageHas(stream: string | null, pos: number): void {
    this.#shown = stream !== null;
    const { page } = this;
    if (page === null || !this.#restored || stream !== page.options.sid || page.attachment !== null) return;
    const record = this.resumeRecord();
    if (record !== undefined) this.restore(record, { from: "log", out_pos: pos, epoch: page.epoch });
  }

  resize(cols: number, rows: number): void {
    this.#size = { cols, rows };
    for (const effect of this.page?.resize(cols, rows) ?? []) this.run(effect);
    if (this.facts !== null) this.facts = { ...this.facts, cols, rows };
  }

  /** The person's word about input that waited too long [WP19]. */
  staleInput(what: "send" | "discard"): void {
    if (what === "send") this.page?.input.release();
    else this.page?.input.discardHeld();
    this.deps.hub.pump();
  }

  figures(): TerminalFigures {
    const { page } = this;
    if (page === null) return NO_FIGURES;
    const { input, output } = page;
    const since = input.oldestUnackedAt;
    const held = input.held();
    return {
      unacked_bytes: input.unacknowledged,
      ...(since === null ? {} : { unacked_since: since }),
      held_bytes: 0,
      undrawn_bytes: output.recv - output.applied,
      ...(held === null
        ? {}
        : { stale_input: { text: visibleText(held), bytes: held.length, oldest_at: since ?? this.deps.env.now() } }),
    };
  }

  #type(bytes: Uint8Array): void {
    const { page, deps } = this;
    if (page === null || page.phase === "ended" || page.phase === "gone") return;
    const now = deps.env.now();
    if (!page.input.type(bytes, now)) this.#hooks.inputRefused(this.device, bytes.length);
    this.#typedAt ??= now;
    deps.hub.pump();
  }

  protected override deliver(pos: number, bytes: Uint8Array): void {
    if (this.#typedAt !== null) {
      const ms = this.deps.env.now() - this.#typedAt;
      this.#echoMs = this.#echoMs === null ? ms : this.#echoMs + ECHO_WEIGHT * (ms - this.#echoMs);
      this.#typedAt = null;
      this.#hooks.echo(this.device, this.#echoMs);
    }
    // One copy, out of the frame: the copy is moved to the page.
    this.port.out(pos, bytes.slice().buffer);
  }

  protected override lost(from: number, to: number): void {
    this.port.gap(from, to);
  }

  protected override attached(fresh: boolean): void {
    const { page } = this;
    if (page === null) return;
    const { sid } = page.options;
    if (fresh) {
      if (this.#shown) this.port.note("New session");
      this.port.begin(sid, 0, !this.#shown);
    } else if (this.port.have.stream !== sid) {
      // A page without the screen: what the proxy still has begins here.
      this.port.begin(sid, page.output.recv, true);
      if (page.output.recv > 0) this.port.note("Earlier output of this session is not on this page");
    } else if (this.#restored) this.port.note("Taken up again; text typed just before may be lost");
    this.#shown = true;
    this.#restored = false;
    this.#hooks.figuresChanged(this.device);
  }

  override end(): void {
    super.end();
    this.port.serve(null);
  }

  protected override inputDiscarded(): void {}

  protected override over(end: ExitPayload | null): void {
    if (end !== null) this.port.note(endText(end));
  }

  protected override resized(cols: number, rows: number): void {
    this.port.size(cols, rows);
  }

  protected override wantedSize(): TerminalSize {
    return this.#size;
  }

  protected override recordOf(): DeviceRecord {
    return this.#record;
  }

  protected override heard(_message: Down): Taken {
    return "pass";
  }
}

/** The line under the last output; the view says the rest. */
function endText({ code, signal, error }: ExitPayload): string {
  if (error !== undefined)
    return `Session ended (${error.code}${error.reason === undefined ? "" : `/${error.reason}`})`;
  if (signal !== null) return `Session ended by signal ${signal}`;
  return code === null ? "Session ended" : `Session ended with code ${code}`;
}
