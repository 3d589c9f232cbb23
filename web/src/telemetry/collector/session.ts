import type { PlatformId } from "../knowledge/platforms.ts";
import { type DetectionQuestion, detectionCommand } from "../packs/build-command.ts";
import type { Pack } from "../packs/pack.ts";
import { linuxWithFrr, packs } from "../platforms/packs.ts";
import type { Capture } from "../transcript/capture.ts";
import { DEFAULT_LIMITS } from "../transcript/limits.ts";
import type { LineJob } from "../transcript/line-command.ts";
import { Channel, type ChannelEffect } from "./channel.ts";
import { type Detected, Detection } from "./detection.ts";
import type { CollectorInput, Remembered, Transport } from "./events.ts";

/** What came of an event, for the collector. */
export type SessionEffect =
  | Exclude<ChannelEffect, { type: "captured" } | { type: "ready" }>
  | { type: "captured"; capture: Capture }
  | { type: "asked"; question: DetectionQuestion; capture: Capture }
  | { type: "detected"; detected: Detected; remembered: boolean }
  | { type: "set_transport"; transport: Transport }
  | { type: "stuck"; reason: string };

/** A transport change is answered within this time, else the old channel is used, milliseconds. */
const SWITCH_MS = 15_000;

/**
 * One SSH session's way from an open channel to a known platform on the transport that its pack wants: channel, set-up,
 * detection, transport changes.
 */
export class Session {
  pack: Pack | undefined;
  channel: Channel | undefined;
  private detection: Detection | undefined;
  private question: { id: string; question: DetectionQuestion } | undefined;
  private switching: { to: Transport; until: number } | undefined;
  private readonly refusedTransports = new Set<Transport>();
  private execWorked = false;
  /** A person chose the platform: answers do not overrule that. */
  chosen: boolean;
  private ident = "";
  private counter = 0;
  private readonly nonce: string;
  /** End markers may be sent; holds from the next channel on, so that none is waited for that never comes [T42]. */
  markers: boolean;

  /** A platform that a person chose stands before one that is remembered. */
  constructor({ nonce, platform, remembered, markers }: Omit<CollectorInput, "device" | "profile" | "now">) {
    const known = platform === undefined ? remembered : { platform, beside: undefined };
    const chosen = platform !== undefined;
    this.nonce = nonce;
    this.markers = markers ?? true;
    this.chosen = chosen;
    if (known) this.pack = known.platform === "linux" && known.beside === "frr" ? linuxWithFrr : packs[known.platform];
  }

  /** A command of the pack may begin. */
  get ready(): boolean {
    return this.channel?.ready === true && this.pack !== undefined && !this.switching && !this.detection;
  }

  get detecting(): boolean {
    return this.channel !== undefined && (this.pack === undefined || this.detection !== undefined);
  }

  nextId(prefix: string): string {
    this.counter++;
    return `${prefix}${this.nonce}${this.counter}`;
  }

  opened(transport: Transport, ident: string, at: number): SessionEffect[] {
    this.ident = ident;
    return this.open(transport, at);
  }

  closed(): void {
    this.channel = undefined;
    this.switching = undefined;
    this.question = undefined;
    this.detection = undefined;
  }

  transportChanged(transport: Transport, at: number): SessionEffect[] {
    this.switching = undefined;
    return this.open(transport, at);
  }

  /** exec or a transport was refused. */
  failed(code: string, at: number): SessionEffect[] {
    const { switching, channel } = this;
    if (switching) {
      this.switching = undefined;
      this.refusedTransports.add(switching.to);
      return channel ? this.go(at) : [{ type: "stuck", reason: code }];
    }
    if (channel?.transport !== "exec") return [];
    const effects = this.pass(channel.refused(at, "cancelled"), at);
    if (this.execWorked) return effects;
    this.refusedTransports.add("exec");
    return [...effects, ...this.switchTo("shell_pty", at)];
  }

  /** exec works but says nothing of use on this account: a shell is tried, if there was none yet. */
  execUseless(at: number): SessionEffect[] {
    if (this.channel?.transport !== "exec" || this.refusedTransports.has("shell_pty")) return [];
    this.refusedTransports.add("exec");
    return this.switchTo("shell_pty", at);
  }

  /** A person chose the platform. */
  choose(platform: PlatformId, at: number): SessionEffect[] {
    this.detection = undefined;
    this.chosen = true;
    const effects = this.adopt({ platform, pack: packs[platform], evidence: "chosen by hand" }, at, true);
    return [...effects, ...this.go(at)];
  }

  /** What was known of the box is wrong: the next channel begins with detection. */
  forget(): void {
    this.pack = undefined;
  }

  /** Begins a command of the pack; false when the line is not ready. */
  begin(job: LineJob, at: number): SessionEffect[] | undefined {
    const begun = this.channel?.begin(job, at);
    return begun && this.pass(begun, at);
  }

  event(deliver: (channel: Channel) => ChannelEffect[], at: number): SessionEffect[] {
    const { channel } = this;
    return channel ? [...this.pass(deliver(channel), at), ...this.go(at)] : [];
  }

  tick(at: number): SessionEffect[] {
    if (this.switching && at >= this.switching.until) return this.failed("timeout", at);
    return this.event((channel) => channel.tick(at), at);
  }

  deadline(): number | undefined {
    const times = [this.channel?.deadline(), this.switching?.until].filter((time) => time !== undefined);
    return times.length === 0 ? undefined : Math.min(...times);
  }

  /** What to remember for this host key. */
  remember(detected: Detected): Remembered {
    const { platform, pack, evidence, os_version, beside_version } = detected;
    return {
      platform,
      ...(pack === linuxWithFrr ? { beside: "frr" } : {}),
      evidence,
      transport: this.wanted(pack),
      ...(os_version === undefined ? {} : { os_version }),
      ...(beside_version === undefined ? {} : { beside_version }),
    };
  }

  private open(transport: Transport, at: number): SessionEffect[] {
    this.channel = new Channel(transport, this.nonce, this.markers, at);
    this.question = undefined;
    const { pack, channel } = this;
    const effects = pack && this.wanted(pack) === transport ? this.pass(channel.use(pack, at), at) : [];
    return [...effects, ...this.go(at)];
  }

  /** The transport that a pack wants and that was not refused; a shell always has a terminal, for without one nothing echoes. */
  private wanted(pack: Pack): Transport {
    const first: Transport = pack.session.channel === "exec" ? "exec" : "shell_pty";
    if (!this.refusedTransports.has(first)) return first;
    return first === "exec" ? "shell_pty" : "exec";
  }

  /** The next step that needs no event: switch the channel, ask the next question. */
  private go(at: number): SessionEffect[] {
    const { channel, pack } = this;
    if (!channel || this.switching) return [];
    if (channel.transport === "shell")
      return this.switchTo(this.refusedTransports.has("shell_pty") ? "exec" : "shell_pty", at);
    if (pack && !this.detection)
      return this.wanted(pack) === channel.transport ? [] : this.switchTo(this.wanted(pack), at);
    if (!channel.ready || this.question) return [];
    return this.ask(channel, at);
  }

  private switchTo(to: Transport, at: number): SessionEffect[] {
    if (this.refusedTransports.has(to)) return [{ type: "stuck", reason: "no_transport" }];
    this.switching = { to, until: at + SWITCH_MS };
    return [{ type: "set_transport", transport: to }];
  }

  private ask(channel: Channel, at: number): SessionEffect[] {
    const early = channel.setUpEarly(at);
    if (early.length > 0) return this.pass(early, at);
    this.detection ??= new Detection(this.ident, channel.prompt);
    const question = this.detection.next();
    if (!question) return [];
    const id = this.nextId("d");
    this.question = { id, question };
    const begun = channel.begin({ id, command: detectionCommand(question), limits: DEFAULT_LIMITS }, at);
    if (!begun) this.question = undefined;
    return begun ? this.pass(begun, at) : [];
  }

  private pass(effects: ChannelEffect[], at: number): SessionEffect[] {
    const out: SessionEffect[] = [];
    for (const effect of effects) {
      if (effect.type === "ready") continue;
      if (effect.type !== "captured") out.push(effect);
      else out.push(...this.captured(effect.capture, at));
    }
    return out;
  }

  private captured(capture: Capture, at: number): SessionEffect[] {
    if (this.channel?.transport === "exec" && capture.complete) this.execWorked = true;
    const { question, detection } = this;
    if (question?.id !== capture.id) return [{ type: "captured", capture }];
    this.question = undefined;
    if (!detection) return [];
    const out: SessionEffect[] = [{ type: "asked", question: question.question, capture }];
    detection.answer(question.question, capture.complete ? capture.text : "", capture.stderr);
    const result = detection.result();
    if (!result) return out;
    this.detection = undefined;
    return [...out, ...this.adopt(result, at, false)];
  }

  private adopt(detected: Detected, at: number, remembered: boolean): SessionEffect[] {
    this.pack = detected.pack;
    const { channel } = this;
    const effects: SessionEffect[] = [{ type: "detected", detected, remembered }];
    if (channel && this.wanted(detected.pack) === channel.transport)
      effects.push(...this.pass(channel.use(detected.pack, at), at));
    return effects;
  }
}
