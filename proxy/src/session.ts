/** One SSH session: the protocol's core in front, an SSH connection with its channel behind. */
import { errorFrame, sessionFrame } from "#protocol/builders.ts";
import type { Down } from "#protocol/down.ts";
import type { ShellSessionId } from "#protocol/ids.ts";
import { INPUT_ACK_DELAY_MS } from "#protocol/limits.ts";
import type { SessionState } from "#protocol/messages/session-entry.ts";
import type { HostKey, Target, Transport } from "#protocol/messages/target.ts";
import type { LinkId, ProxyEffect } from "#protocol/proxy/effects.ts";
import { HeldReport } from "#protocol/proxy/held-report.ts";
import { ReplyCache } from "#protocol/proxy/reply-cache.ts";
import { type AttachBy, type OutStep, SessionCore, type SessionOptions } from "#protocol/proxy/session-core.ts";
import type { Up } from "#protocol/up.ts";
import type { LimitValues } from "./config/limits-schema.ts";
import { type Failure, failure, payloadOf } from "./failure.ts";
import type { ChannelPort, Link, LinkTable } from "./links/link-table.ts";
import type { Log } from "./log.ts";
import { type ExecBounds, ExecRun } from "./sessions/exec-run.ts";
import { FrameFill } from "./sessions/frame-fill.ts";
import type { CheckedHop } from "./sessions/hop-path.ts";
import { InputWriter } from "./sessions/input-writer.ts";
import { SessionChannel } from "./sessions/session-channel.ts";
import type { SessionTrail } from "./sessions/session-trail.ts";
import type { SshConnection } from "./ssh/connection.ts";

export type SessionIdentity = {
  sid: string;
  user: string;
  clientId: string;
  tokenHash: Uint8Array;
  device: string;
  session_id: ShellSessionId;
  label: string;
  target: Target;
  /** The checked address that was dialled; absent for what is not dialled. */
  address?: string | undefined;
  /** Every host that was checked on the way, the device last [S38]; empty for a simulated device. */
  checked: readonly CheckedHop[];
  since: number;
  /** Clients whose tokens an adoption revoked, the latest last [WP28]. */
  former: readonly { client: string; tokenHash: Uint8Array }[];
};
export type SessionParts = {
  connection: SshConnection;
  /** Verified keys of the jump hosts, in order [S39]. */
  viaKeys: readonly HostKey[];
  transport: Transport;
  term: string;
  links: LinkTable;
  limits: LimitValues;
  trail: SessionTrail;
  log: Log;
};
/** What a page asks of the session; the link adds who it is. */
export type AttachWish = Omit<AttachBy, "link" | "chan" | "client" | "instance" | "label">;

/** Acknowledges input a little before the limit, so that a busy event loop still keeps it [WP17]. */
const ACK_AFTER_MS = INPUT_ACK_DELAY_MS / 2;

export class Session implements ChannelPort {
  identity: SessionIdentity;
  readonly core: SessionCore;
  readonly replies = new ReplyCache();
  readonly connection: SshConnection;
  readonly viaKeys: readonly HostKey[];
  readonly #links: LinkTable;
  readonly #bounds: ExecBounds;
  readonly #trail: SessionTrail;
  readonly #log: Log;
  readonly #input: InputWriter;
  readonly #channel: SessionChannel;
  readonly #held = new HeldReport();
  readonly #fill = new FrameFill(() => this.#pump());
  #exec: ExecRun | undefined;
  #ackTimer: NodeJS.Timeout | undefined;
  #heldTimer: NodeJS.Timeout | undefined;
  #closing: Failure | "disconnect" | undefined;

  constructor(identity: SessionIdentity, options: SessionOptions, parts: SessionParts) {
    this.identity = identity;
    this.connection = parts.connection;
    this.viaKeys = parts.viaKeys;
    this.#links = parts.links;
    this.#bounds = parts.limits;
    this.#trail = parts.trail;
    this.#log = parts.log;
    this.core = new SessionCore(options, Date.now());
    this.#input = new InputWriter((bytes) => {
      this.core.inputTaken(bytes);
      this.#ackSoon();
    });
    this.#channel = new SessionChannel(parts.connection, parts.transport, parts.term, {
      data: (bytes, stderr) => this.#data(bytes, stderr),
      closed: (exit) => this.#ended(exit.code, exit.signal),
      opened: (channel) => this.#input.use(channel),
      paused: () => this.core.paused,
    });
  }

  /** Input that the device's channel has taken. */
  get bytesIn(): number {
    return this.#input.taken;
  }

  /** Bytes in memory for this session, both ways, for the budgets per user and proxy. */
  get heldBytes(): number {
    return this.core.heldBytes + this.#input.unsettled + this.connection.outflow.held;
  }

  get transport(): Transport {
    return this.#channel.transport;
  }

  /** Opens the first channel, before anybody is attached. */
  open(): Promise<Failure | undefined> {
    return this.#channel.open(this.core.size);
  }

  /** Lets the device's output in, once the session is attached and known. */
  begin(): void {
    this.connection.onEnd((problem) => this.#lost(problem));
    this.#channel.resumeUnlessPaused();
  }

  /** Attaches a link; `message` is made of the state and sent before the effects that follow it. */
  attach(link: Link, wish: AttachWish, message: (state: SessionState) => Down | undefined): SessionState {
    const old = this.core.holder;
    const chan = link.open(this);
    const by = { ...wish, link: link.id, chan, client: link.clientId, instance: link.instanceId, label: link.label };
    const { state, effects } = this.core.attach(by);
    if (state.status === "gone") link.shut(chan);
    else {
      if (old !== null) this.#links.get(old.link)?.shut(old.chan);
      this.identity = { ...this.identity, device: wish.device };
    }
    const first = message(state);
    if (first !== undefined) link.send(first);
    this.run(effects);
    if (state.status !== "gone") this.#held.reset();
    link.pump();
    this.#watchHeld();
    return state;
  }

  detach(link: Link): void {
    const { holder } = this.core;
    if (holder?.link !== link.id) return;
    link.shut(holder.chan);
    this.run(this.core.detach(link.id, Date.now()));
    this.#held.reset();
  }

  nextOut(max: number): OutStep | undefined {
    return this.core.nextOut(max);
  }

  onAck(link: LinkId, applied: number, limit: number, saved: number): void {
    this.run(this.core.onAck(link, applied, limit, saved));
    this.#pump();
  }

  onIn(link: LinkId, pos: number, body: Uint8Array): void {
    this.run(this.core.onIn(link, pos, body));
    this.#ackSoon();
  }

  resize(link: LinkId, payload: Up<"resize">["payload"], re: string | undefined): void {
    this.run(this.core.resize(link, payload, re));
    this.#pump();
  }

  /** Carries out what the core asked for. */
  run(effects: readonly ProxyEffect[]): void {
    for (const effect of effects) this.#runOne(effect);
  }

  #runOne(effect: ProxyEffect): void {
    switch (effect.type) {
      case "pause":
      case "resume":
        this.#flow();
        return;
      case "write":
        if (!this.#input.write(effect.bytes))
          this.tell(failure("unsupported", "no_shell", "there is no shell to type into"));
        else this.#ackSoon();
        return;
      case "set_window":
        this.#channel.resize(effect.cols, effect.rows);
        return;
      case "send":
        this.#links.get(effect.link)?.send(effect.message);
        return;
      case "fault":
        this.#log("warn", "session.fault", { reason: effect.reason });
        this.#links.get(effect.link)?.close(effect.closeCode, effect.reason);
        return;
      default:
        effect satisfies never;
    }
  }

  /**
   * As the core has it now, not as the effect had it: sending what stands before a "pause" can make room, and its "resume"
   * is then carried out first.
   */
  #flow(): void {
    if (this.core.paused) {
      this.#channel.pause();
      this.#exec?.pause();
    } else {
      this.#channel.resumeUnlessPaused();
      this.#exec?.resume();
    }
  }

  #data(bytes: Uint8Array, stderr: boolean): void {
    this.run(this.core.deviceData(bytes, stderr));
    this.#fill.added(bytes.length, this.core.unsent);
  }

  #pump(): void {
    this.#fill.sent();
    const { holder } = this.core;
    if (holder === null) return;
    this.#links.get(holder.link)?.pump();
    this.#watchHeld();
  }

  /** Tells the page, now or when it is due, what waits here for it [U12]. */
  #watchHeld(): void {
    const { core } = this;
    const link = core.holder === null ? undefined : this.#links.get(core.holder.link);
    if (link === undefined || this.#heldTimer !== undefined) return;
    const now = Date.now();
    const figure = this.#held.take({ bytes: core.unsent, paused: core.paused }, now);
    const { sid, device, session_id } = this.identity;
    if (figure !== undefined) link.send(sessionFrame(device, session_id, "held", { sid, ...figure }));
    const due = this.#held.dueAt(core.unsent, now);
    if (due === null) return;
    this.#heldTimer = setTimeout(
      () => {
        this.#heldTimer = undefined;
        this.#watchHeld();
      },
      Math.max(1, due - now),
    );
  }

  #ackSoon(): void {
    if (this.#ackTimer !== undefined || !this.core.inputAckDue) return;
    this.#ackTimer = setTimeout(() => {
      this.#ackTimer = undefined;
      const frame = this.core.takeInputAck();
      const { holder } = this.core;
      if (frame !== undefined && holder !== null) this.#links.get(holder.link)?.sendFrame(frame);
    }, ACK_AFTER_MS);
  }

  /** Sends to the page that has the session, and keeps the reply for a repeated request [WP7]. */
  reply<A extends "exec_started" | "exec_done" | "transport_changed" | "disconnected">(
    action: A,
    payload: Parameters<typeof sessionFrame<A>>[3],
    re: string | undefined,
  ): void {
    const { sid, device, session_id } = this.identity;
    this.#deliver(sessionFrame(device, session_id, action, { ...payload, sid } as typeof payload, { re }), re);
  }

  /** A failure for the page that has the session. */
  tell(problem: Failure, re?: string): void {
    const { device, session_id } = this.identity;
    this.#deliver(errorFrame({ device, session_id }, payloadOf(problem), { re }), re);
  }

  #deliver(message: Down, re: string | undefined): void {
    if (re !== undefined) this.replies.record(re, message);
    const { holder } = this.core;
    const link = holder === null ? undefined : this.#links.get(holder.link);
    link?.send(message);
    link?.pump();
  }

  #execRefusal(): Failure | undefined {
    if (this.transport !== "exec") {
      return failure("unsupported", "transport", "exec needs the transport exec; use set_transport first");
    }
    if (this.core.endedWith !== null) return failure("device_closed");
    return this.#exec === undefined ? undefined : failure("limit", "exec");
  }

  exec(message: Up<"exec">): void {
    const refusal = this.#execRefusal();
    if (refusal !== undefined) {
      this.tell(refusal, message.id);
      return;
    }
    const { exec_id, command } = message.payload;
    const since = Date.now();
    this.#trail.execStarted(this, command);
    const run = new ExecRun(exec_id, this.#bounds, {
      started: () => this.reply("exec_started", { exec_id, at: this.core.end }, message.id),
      data: (bytes, stderr) => this.#data(bytes, stderr),
      done: (outcome) => {
        this.#exec = undefined;
        const problem = outcome.ok ? undefined : outcome.failure;
        const exit_code = outcome.ok ? (outcome.value.code ?? undefined) : undefined;
        this.#trail.execDone(this, { command, ms: Date.now() - since, bytes: run.bytes, exit_code, problem });
        if (!outcome.ok) this.tell(outcome.failure, message.id);
        else {
          const { code, signal, stderrDropped, cancelled } = outcome.value;
          const extra = {
            ...(stderrDropped > 0 ? { stderr_dropped: stderrDropped } : {}),
            ...(cancelled ? { cancelled } : {}),
          };
          this.reply("exec_done", { exec_id, code, signal, at: this.core.end, ...extra }, message.id);
        }
        if (this.#closing !== undefined) this.#ended(null, null);
      },
    });
    this.#exec = run;
    void run.start(this.connection, command, () => this.core.paused);
  }

  execCancel(exec_id: string): void {
    if (this.#exec?.id === exec_id) this.#exec.cancel();
  }

  /** Changes the kind of channel on the open connection, without a new login. */
  async setTransport(message: Up<"set_transport">): Promise<void> {
    const { transport } = message.payload;
    if (this.#exec !== undefined) return this.tell(failure("limit", "exec"), message.id);
    const problem = await this.#channel.change(transport, this.core.size);
    const lost = this.#input.takeLost();
    if (lost > 0)
      this.tell(failure("unsupported", "no_shell", `${lost} bytes of input went with the shell that closed`));
    if (problem !== undefined) return this.tell(problem, message.id);
    this.reply("transport_changed", { transport, at: this.core.end }, message.id);
    this.#channel.resumeUnlessPaused();
  }

  /** Ends the SSH connection at a person's wish. */
  async disconnect(re: string | undefined): Promise<void> {
    this.#closing ??= "disconnect";
    this.#exec?.cancel();
    const exit = await this.#channel.close();
    this.connection.end();
    this.reply("disconnected", { code: exit.code, signal: exit.signal }, re);
    this.#ended(exit.code, exit.signal);
  }

  /** The connection is over. Bytes that are still unread come first [I7]. */
  #lost(problem: Failure): void {
    this.#closing ??= problem;
    this.#exec?.lost(problem);
    if (!this.#channel.isOpen) this.#ended(null, null);
  }

  #ended(code: number | null, signal: string | null): void {
    this.#input.use(undefined);
    const problem = this.#closing;
    const error =
      typeof problem === "object" && code === null && signal === null
        ? { code: problem.code, ...pick(problem.reason, "reason"), ...pick(problem.detail, "detail") }
        : undefined;
    this.run(this.core.ended({ code, signal, ...(error === undefined ? {} : { error }) }, Date.now()));
    this.connection.end();
    this.#pump();
  }

  /** Drops everything: grace is over, or the proxy leaves. */
  destroy(): void {
    clearTimeout(this.#ackTimer);
    clearTimeout(this.#heldTimer);
    this.#exec?.lost(failure("gone", "closed"));
    void this.#channel.close();
    this.connection.end();
    const { holder } = this.core;
    if (holder !== null) this.#links.get(holder.link)?.shut(holder.chan);
  }
}

function pick<K extends string>(value: string | undefined, key: K): { [P in K]?: string } {
  return (value === undefined ? {} : { [key]: value }) as { [P in K]?: string };
}
