import { promptShapes } from "../knowledge/prompts.ts";
import type { Pack } from "../packs/pack.ts";
import type { Capture } from "../transcript/capture.ts";
import { type ExecEffect, ExecRun } from "../transcript/exec-run.ts";
import type { LineJob } from "../transcript/line-command.ts";
import type { LineEffect, LineRules } from "../transcript/line-effects.ts";
import { ShellLine } from "../transcript/shell-line.ts";
import { pagerKeys } from "../transcript/tail.ts";
import { Writer, type WriterRules } from "../transcript/writer.ts";
import type { Transport } from "./events.ts";

/** What came of an event on the channel. */
export type ChannelEffect = LineEffect | ExecEffect;

/** Turns off paging for the session on every CLI of the Cisco kind; sent before the platform is known. */
const EARLY_SETUP = ["terminal length 0"];
const NO_RULES: LineRules = { pagers: [], dialogs: [] };

function lineRules(pack: Pack): LineRules {
  const { pager, dialogs, log_line } = pack.session;
  return {
    pagers: pager.map(({ re, quit, next }) => ({ re: new RegExp(re), quit, next })),
    dialogs: dialogs.map(({ re, key }) => ({ re: new RegExp(re), key })),
    ...(log_line ? { logLine: new RegExp(log_line) } : {}),
  };
}

function writerRules(pack: Pack, rules: LineRules, markers: boolean): WriterRules {
  const { setup, marker, exit, width } = pack.session;
  return { setup, marker: markers ? marker : "none", exit, width, keys: pagerKeys(rules) };
}

/** The SSH channel of a session, shell or exec, with one command at a time. */
export class Channel {
  readonly transport: Transport;
  private readonly line: ShellLine | undefined;
  private readonly execs: ExecRun | undefined;
  private readonly writer: Writer;
  private early: readonly string[] = [];
  private readonly markers: boolean;

  /** @param markers end markers may be sent, where the pack has a comment sign for them [T42] */
  constructor(transport: Transport, nonce: string, markers: boolean, at: number) {
    this.transport = transport;
    this.markers = markers;
    this.writer = new Writer(nonce, { setup: [], marker: "none", exit: "exit", width: 511, keys: pagerKeys(NO_RULES) });
    if (transport === "exec") this.execs = new ExecRun();
    else this.line = new ShellLine(this.writer, NO_RULES, at);
  }

  /** A command may begin. */
  get ready(): boolean {
    return this.line ? this.line.phase === "ready" : this.execs?.busy === false;
  }

  /** The learned prompt of a shell. */
  get prompt(): string | undefined {
    return this.line?.prompt?.text;
  }

  get echoMs(): number {
    return this.line?.echoMs ?? 0;
  }

  /** Paging is turned off on what looks like a CLI of the Cisco kind, before the first question; nothing to do elsewhere. */
  setUpEarly(at: number): ChannelEffect[] {
    const { line, prompt } = this;
    if (!line || prompt === undefined || this.early.length > 0) return [];
    const shape = promptShapes.find(({ re }) => new RegExp(re).test(prompt.trim()));
    if (shape?.family !== "cisco") return [];
    this.early = EARLY_SETUP;
    this.writer.use({ setup: EARLY_SETUP, marker: "none", exit: "exit", width: 511, keys: pagerKeys(NO_RULES) });
    return line.use(NO_RULES, [], at);
  }

  /** Takes over the session rules of a pack. */
  use(pack: Pack, at: number): ChannelEffect[] {
    const rules = lineRules(pack);
    this.writer.use(writerRules(pack, rules, this.markers));
    return this.line?.use(rules, this.early, at) ?? [];
  }

  /** Begins a command; nothing when the channel is not ready for it. */
  begin(job: LineJob, at: number): ChannelEffect[] | undefined {
    if (this.execs) return this.execs.busy ? undefined : this.execs.begin(job, at);
    const begun = this.line?.begin(job, at);
    return begun?.started ? begun.effects : undefined;
  }

  bytes(bytes: Uint8Array, stderr: boolean, pos: number, at: number, late: boolean): ChannelEffect[] {
    return this.execs?.bytes(bytes, stderr, pos, at, late) ?? this.line?.bytes(bytes, at, late) ?? [];
  }

  started(id: string, pos: number, at: number): void {
    this.execs?.started(id, pos, at);
  }

  done(id: string, pos: number, code: number | null, at: number): ChannelEffect[] {
    return this.execs?.done(id, pos, code, at) ?? [];
  }

  /** A person no longer wants the command that runs. */
  cancel(at: number): ChannelEffect[] {
    return this.execs?.cancelled(at) ?? this.line?.cancelled(at) ?? [];
  }

  /** exec was refused by the server or the proxy. */
  refused(at: number, outcome: Capture["outcome"]): ChannelEffect[] {
    return this.execs?.refused(at, outcome) ?? [];
  }

  gap(at: number): ChannelEffect[] {
    return this.execs?.gap(at) ?? this.line?.gap(at) ?? [];
  }

  /** The link was away for `ms`: no time in which the device could have been heard. */
  rested(ms: number, at: number): void {
    this.execs?.rested(ms, at);
    this.line?.rested(ms, at);
  }

  tick(at: number): ChannelEffect[] {
    return this.execs?.tick(at) ?? this.line?.tick(at) ?? [];
  }

  deadline(): number | undefined {
    return this.execs ? this.execs.deadline() : this.line?.deadline();
  }
}
