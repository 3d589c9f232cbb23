import {
  type Collector,
  type CollectorEffect,
  type CollectorEvent,
  type CollectorInput,
  createCollector,
  type Transport,
} from "#telemetry/collector.ts";
import type { PanelId } from "#telemetry/knowledge/panel-data.ts";
import type { PanelReading } from "#telemetry/knowledge/reading.ts";
import type { ExecDevice, ShellDevice } from "./telemetry-devices.ts";

const encoder = new TextEncoder();

/** Devices by transport; a transport without a device is refused. */
export type DriverDevices = { shell?: () => ShellDevice; exec?: ExecDevice };

/** Milliseconds that an exec takes and that the first byte of a shell's answer needs. */
const EXEC_MS = 40;
const ANSWER_MS = 10;

/** Drives a collector against scripted devices on a simulated clock; same script, same course. */
export class TelemetryDriver {
  now: number;
  readonly collector: Collector;
  readonly effects: CollectorEffect[] = [];
  readonly written: string[] = [];
  readonly execs: string[] = [];
  readonly readings = new Map<PanelId, PanelReading>();
  transport: Transport = "shell_pty";
  /** Splits what a device prints; the default hands it over whole. */
  chunk: (bytes: Uint8Array) => Uint8Array[] = (bytes) => [bytes];
  /** Milliseconds between two chunks of a shell's output. */
  spacingMs = 0;
  /** Milliseconds that an exec takes, by command. */
  execMs: (command: string) => number = () => EXEC_MS;
  private readonly devices: DriverDevices;
  private shell: ShellDevice | undefined;
  private readonly queue: { at: number; seq: number; event: CollectorEvent }[] = [];
  private seq = 0;
  private wake = Number.POSITIVE_INFINITY;
  private pos = 0;

  /** @param make what makes the collector: the shipped one, or one with a fault built in */
  constructor(
    devices: DriverDevices,
    input: Partial<CollectorInput> = {},
    make: (input: CollectorInput) => Collector = createCollector,
  ) {
    this.now = input.now ?? 1_700_000_000_000;
    this.devices = devices;
    this.collector = make({ device: "d1", nonce: "a1b2c3d4", profile: "normal", ...input, now: this.now });
  }

  /** Opens the channel. */
  open(transport: Transport, ident = "SSH-2.0-Test"): void {
    this.transport = transport;
    this.send({ type: "opened", transport, ident, fresh: true, at: this.now });
    this.startShell();
  }

  /** Hands an event over now. */
  send(event: CollectorEvent): void {
    for (const effect of this.collector.handle(event)) this.take(effect);
  }

  /** Bytes that the device prints unasked. */
  print(text: string, afterMs = 0): void {
    this.deliver(encoder.encode(text), afterMs);
  }

  /** Lets time pass. */
  run(ms: number): void {
    const end = this.now + ms;
    for (;;) {
      this.queue.sort((a, b) => a.at - b.at || a.seq - b.seq);
      const next = this.queue[0];
      const at = Math.min(next?.at ?? Number.POSITIVE_INFINITY, this.wake);
      if (at > end) break;
      this.now = Math.max(this.now, at);
      if (next && next.at <= this.wake) {
        this.queue.shift();
        this.send({ ...next.event, at: this.now });
      } else {
        this.wake = Number.POSITIVE_INFINITY;
        this.send({ type: "wake", at: this.now });
      }
    }
    this.now = end;
  }

  private startShell(): void {
    if (this.transport === "exec" || !this.devices.shell) return;
    this.shell = this.devices.shell();
    this.deliver(this.shell.open(), ANSWER_MS);
  }

  private deliver(bytes: Uint8Array, afterMs: number): void {
    let at = this.now + afterMs;
    for (const part of this.chunk(bytes)) {
      this.push({ type: "bytes", bytes: part, stderr: false, pos: this.pos, at }, at);
      this.pos += part.length;
      at += this.spacingMs;
    }
  }

  private push(event: CollectorEvent, at: number): void {
    this.seq++;
    this.queue.push({ at, seq: this.seq, event });
  }

  private take(effect: CollectorEffect): void {
    this.effects.push(effect);
    if (effect.type === "wake_at") this.wake = effect.at;
    else if (effect.type === "reading") this.readings.set(effect.update.payload.panel, effect.update.payload);
    else if (effect.type === "write") {
      this.written.push(effect.text);
      const answer = this.shell?.input(effect.bytes);
      if (answer && answer.length > 0) this.deliver(answer, ANSWER_MS);
    } else if (effect.type === "exec") this.exec(effect.id, effect.command);
    else if (effect.type === "set_transport") this.switchTo(effect.transport);
  }

  private exec(id: string, command: string): void {
    this.execs.push(command);
    const device = this.devices.exec;
    if (!device) {
      this.push({ type: "failed", code: "channel_refused", at: this.now }, this.now + 5);
      return;
    }
    const { stdout = "", stderr = "", code = 0 } = device(command);
    const done = this.now + this.execMs(command);
    const start = this.pos;
    this.push({ type: "exec_started", id, at_pos: start, at: this.now }, this.now + 1);
    for (const [text, isErr] of [
      [stdout, false],
      [stderr, true],
    ] as const) {
      // A command that prints nothing brings no output at all.
      for (const part of text === "" ? [] : this.chunk(encoder.encode(text))) {
        this.push({ type: "bytes", bytes: part, stderr: isErr, pos: this.pos, at: done }, done - 1);
        this.pos += part.length;
      }
    }
    this.push({ type: "exec_done", id, at_pos: this.pos, code, at: done }, done);
  }

  private switchTo(transport: Transport): void {
    const known = transport === "exec" ? this.devices.exec : this.devices.shell;
    if (!known) {
      this.push({ type: "failed", code: "channel_refused", at: this.now }, this.now + 5);
      return;
    }
    this.transport = transport;
    this.push({ type: "transport_changed", transport, at: this.now }, this.now + 5);
    if (transport !== "exec") {
      this.shell = this.devices.shell?.();
      if (this.shell) this.deliver(this.shell.open(), 10);
    }
  }
}
