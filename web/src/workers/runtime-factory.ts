import type { DeviceDelivery } from "#machines/device.machine.ts";
import type { Stamp } from "#machines/events.ts";
import type { CollectorFact } from "#machines/telemetry-setup.ts";
import type { Down } from "#protocol/down.ts";
import type { DeviceRecord } from "#protocol/messages/devices.ts";
import type { ErrorPayload } from "#protocol/messages/error.ts";
import type { HostParts } from "./host-parts.ts";
import type { LinkHub } from "./link-hub.ts";
import type { PendingEnds } from "./pending-ends.ts";
import type { SessionLocks } from "./session-locks.ts";
import type { RuntimeDeps } from "./session-runtime.ts";
import { TelemetryRuntime } from "./telemetry-runtime.ts";
import { TerminalRuntime } from "./terminal-runtime.ts";

/** What sessions tell the tree of actors. */
export type FactoryEvents = {
  deliver(device: string, delivery: DeviceDelivery): void;
  message(message: Down): void;
  note(device: string, error: ErrorPayload): void;
  figuresChanged(device: string): void;
  stamp(): Stamp;
  /** Whether the person types at the device, for the load guard [T53]. */
  isTyping(device: string): boolean;
  isVisible(): boolean;
  /** The host key that ssh2 of the device has verified. */
  /** Under which its platform is remembered; undefined before the first connection. */
  platformKeyOf(device: string): string | undefined;
};

/** Makes the sessions of devices, once each, and ties them to the machines. */
export class RuntimeFactory {
  readonly #parts: HostParts;
  readonly #hub: LinkHub;
  readonly #events: FactoryEvents;
  readonly #deps: RuntimeDeps;

  constructor(parts: HostParts, hub: LinkHub, locks: SessionLocks, ends: PendingEnds, events: FactoryEvents) {
    this.#parts = parts;
    this.#hub = hub;
    this.#events = events;
    this.#deps = {
      env: parts.env,
      resume: parts.resume,
      ends,
      hub,
      locks,
      message: (message) => events.message(message),
      loginOnce: (device) => parts.secrets.choices.onceOf(device),
      isLocked: () => parts.secrets.isLocked,
      notTaken: (device, to, sid) => {
        const state = { sid, status: "busy" } as const;
        events.deliver(device, {
          type: "device.deliver",
          to,
          event: { type: "session.answered", state, ...events.stamp() },
        });
      },
      gap: (device, to, from, until) => {
        if (to !== "ssh1") return;
        const event = { type: "session.gap", from, to: until, ...events.stamp() } as const;
        events.deliver(device, { type: "device.deliver", to, event });
      },
    };
  }

  terminalOf(device: string): TerminalRuntime | undefined {
    const runtime = this.#hub.get(device, "ssh1");
    return runtime instanceof TerminalRuntime ? runtime : undefined;
  }

  telemetryOf(device: string): TelemetryRuntime | undefined {
    const runtime = this.#hub.get(device, "ssh2");
    return runtime instanceof TelemetryRuntime ? runtime : undefined;
  }

  /** Both sessions of a device, whether they are opened or not: what the UI wants of telemetry may come first. */
  open(record: DeviceRecord, cols: number, rows: number): { terminal: TerminalRuntime; telemetry: TelemetryRuntime } {
    return {
      terminal: this.terminalOf(record.id) ?? this.#makeTerminal(record, cols, rows),
      telemetry: this.telemetryOf(record.id) ?? this.#makeTelemetry(record),
    };
  }

  /** The workspace is closed. */
  close(device: string): void {
    for (const session of ["ssh1", "ssh2"] as const) {
      const runtime = this.#hub.get(device, session);
      if (runtime === undefined) continue;
      runtime.end();
      this.#hub.remove(runtime);
    }
  }

  #makeTerminal(record: DeviceRecord, cols: number, rows: number): TerminalRuntime {
    const events = this.#events;
    const { logs, ports } = this.#parts;
    const runtime = new TerminalRuntime(
      record,
      { cols, rows },
      ports.of(record.id),
      { ...this.#deps, logs },
      {
        inputRefused: (device, bytes) => {
          const detail = `${bytes} bytes of input did not fit into the queue and were not taken.`;
          events.note(device, { code: "limit", reason: "input_queue", retry: "user", detail });
        },
        echo: (device, ms) => this.telemetryOf(device)?.ssh1Echo(ms, events.isTyping(device)),
        figuresChanged: (device) => events.figuresChanged(device),
      },
    );
    this.#hub.add(runtime);
    return runtime;
  }

  #makeTelemetry(record: DeviceRecord): TelemetryRuntime {
    const device = record.id;
    const events = this.#events;
    const tell = (event: CollectorFact): void => events.deliver(device, { type: "device.deliver", to: "ssh2", event });
    const runtime = new TelemetryRuntime(record, this.#deps, {
      reading: (update) => {
        this.#parts.readings.take(update);
        this.#parts.desks.take(update);
      },
      asked: (news) => this.#parts.desks.heard(device, news),
      phase: (phase, reason, command) => {
        if (phase === "suspended" || phase === "ended") return;
        tell({ type: "collector.phase", activity: phase, reason, command, ...events.stamp() });
      },
      platform: (id, title, evidence, remembered) => {
        const key = events.platformKeyOf(device);
        if (key !== undefined) void this.#parts.platforms.put(key, remembered);
        const platform = { id, title, evidence, chosen: evidence === "chosen by hand" };
        tell({ type: "collector.platform", platform, ...events.stamp() });
      },
      reconnect: (reason) => tell({ type: "collector.reconnect", reason, ...events.stamp() }),
      ended: (reason, detail) => tell({ type: "collector.ended", reason, detail, ...events.stamp() }),
    });
    runtime.setPageHidden(!events.isVisible());
    this.#hub.add(runtime);
    return runtime;
  }
}
