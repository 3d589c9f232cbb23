import type { AuditEntry } from "../knowledge/panel-data.ts";
import type { Capture } from "../transcript/capture.ts";
import type { Write } from "../transcript/writer.ts";
import { AuditLog } from "./audit-log.ts";
import type { Announcement, Answer, CollectorEffect } from "./events.ts";

/** The effects of one event, in order; nothing reaches the device past the audit [T61]. */
export class Outbox {
  private readonly log = new AuditLog();
  private effects: CollectorEffect[] = [];
  /** The audit entry of the command that runs; one runs at a time. */
  private command = 0;

  push(...effects: Announcement[]): void {
    this.effects.push(...effects);
  }

  write({ bytes, purpose, text }: Write, at: number): void {
    const seq = this.log.add(at, text, purpose);
    if (purpose === "command") this.command = seq;
    this.effects.push({ type: "write", bytes, purpose, text });
  }

  exec(id: string, command: string, at: number): void {
    this.command = this.log.add(at, command, "exec");
    this.effects.push({ type: "exec", id, command });
  }

  /** The last `count` writes were not taken by the channel: what was not sent is no part of the audit. */
  unwritten(count: number): void {
    this.log.takeBack(count);
  }

  /** What became of the command that ran. */
  outcome(capture: Capture, outcome: string): void {
    const ms = capture.done_at - capture.sent_at;
    this.log.outcome(this.command, { outcome, ms, bytes: capture.bytes, capture: capture.id });
  }

  /** The end of an on-demand wish: exactly one per ticket. */
  answer(answer: Answer, at: number): void {
    this.effects.push({ type: "answer", ...answer, at });
  }

  /** Nothing happened that could have changed a reading or the plan. */
  get quiet(): boolean {
    return this.effects.every(({ type }) => type === "progress");
  }

  /** Hands the effects over. */
  flush(): CollectorEffect[] {
    const out = this.effects;
    this.effects = [];
    return out;
  }

  get audit(): AuditLog {
    return this.log;
  }

  entries(): AuditEntry[] {
    return this.log.list();
  }
}
