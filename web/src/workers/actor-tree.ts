import { createActor } from "xstate";
import type { Stamp } from "#machines/events.ts";
import type { CollectorFact } from "#machines/telemetry-setup.ts";
import { shownValues } from "#machines/ui-values.ts";
import type { Down } from "#protocol/down.ts";
import { NO_DEVICE } from "#protocol/ids.ts";
import { MAX_CONTROL_BYTES } from "#protocol/limits.ts";
import type { Result, UiCommand } from "#protocol/local-messages.ts";
import type { DeviceRecord } from "#protocol/messages/devices.ts";
import type { ErrorPayload } from "#protocol/messages/error.ts";
import type { HostKey } from "#protocol/messages/target.ts";
import { LinkAttempt } from "./actors/link-attempt.ts";
import { RttWindow } from "./actors/rtt-window.ts";
import { Credentials } from "./credentials.ts";
import { random128 } from "./host-env.ts";
import type { HostParts } from "./host-parts.ts";
import { LinkHub } from "./link-hub.ts";
import { type Effects, provideMachines } from "./provided-machines.ts";
import { QuestionDesk } from "./question-desk.ts";
import { ResourceScope } from "./resource-scope.ts";
import { Services } from "./services.ts";
import { SessionLocks } from "./session-locks.ts";
import { keptTerminal, type Restorable, restorable } from "./session-restore.ts";
import type { RuntimeDeps } from "./session-runtime.ts";
import type { TabletData } from "./storage/tablet-store.ts";
import { TelemetryRuntime } from "./telemetry-runtime.ts";
import { TerminalRuntime } from "./terminal-runtime.ts";
import { type RootActor, ViewFeed } from "./view-feed.ts";

/** How often resume records say "still alive", and windows follow the measured rate. */
const BEAT_MS = 1_000;
const RECORD_BEATS = 30;

/** The node that owns what has no other owner; the proxy may answer from any [WP1]. */
const HOME = "any";

/**
 * One system of actors with the sockets and sessions below it. When an actor throws, the whole tree ends, with all its
 * resources, and the host builds another: sessions go on from their resume records [A3] [A4].
 */
export class ActorTree {
  readonly #parts: HostParts;
  readonly #scope = new ResourceScope();
  readonly #root: RootActor;
  readonly #hub: LinkHub;
  readonly #locks: SessionLocks;
  readonly #feed: ViewFeed;
  readonly #credentials = new Credentials();
  readonly #questions: QuestionDesk;
  readonly #services: Services;
  readonly #instance: string;
  readonly #rtt = new RttWindow();
  readonly #inputListeners = new Set<(since: number | null) => void>();
  /** Devices whose terminal asks for a session that was left to its grace. */
  readonly #adopting = new Set<string>();
  /** Ids of the confirmed device list, as last seen. */
  #listed: ReadonlySet<string> = new Set();
  #visible: boolean;
  #attempts = 0;
  #beats = 0;

  constructor(parts: HostParts, presence: { visible: boolean; online: boolean }, onError: (error: unknown) => void) {
    this.#parts = parts;
    this.#visible = presence.visible;
    this.#instance = random128(parts.env.crypto);
    this.#locks = new SessionLocks(parts.env.locks);
    this.#hub = new LinkHub(parts.env, {
      message: (message) => this.#fromProxy(message),
      answered: (device, session_id, state) => {
        if (session_id === "ssh1" && this.#adopting.delete(device) && state.status === "gone") {
          this.#connectTerminal(device);
          return;
        }
        const facts = this.#hub.get(device, session_id)?.restoredFacts;
        const event = { type: "session.answered", state, facts, ...this.#stamp() } as const;
        const delivery = { type: "device.deliver", to: session_id, event } as const;
        this.#root.send({ type: "router.deliver", device, delivery, ...this.#stamp() });
      },
      inputWaits: (since) => {
        for (const listen of this.#inputListeners) listen(since);
      },
    });
    this.#questions = new QuestionDesk(
      this.#credentials,
      this.#hub,
      (device) => this.#recordOf(device)?.target.via.length ?? 0,
    );
    this.#services = new Services(parts.history, this.#hub, parts.env);
    const input = { home: HOME, ...presence, ...this.#stamp() };
    this.#root = createActor(provideMachines(this.#effects()), { systemId: "router", input });
    this.#feed = new ViewFeed(this.#root, parts.publisher, this.#hub, parts.env);
    this.#root.subscribe({ error: onError });
    this.#scope.onEnd(() => this.#hub.end());
    this.#scope.onEnd(() => this.#locks.releaseAll());
    this.#scope.onEnd(() => this.#credentials.forgetAll());
    this.#scope.onEnd(() => this.#feed.stop());
  }

  /** `kept` is the shared state as the tablet has it: no command and no fact comes before it. */
  start(kept: TabletData["ui_state"] | undefined): void {
    this.#hub.setHidden(!this.#visible);
    this.#root.start();
    this.#root.send({
      type: "router.stored",
      values: kept?.values ?? null,
      pending: kept?.pending ?? [],
      ...this.#stamp(),
    });
    this.#feed.start();
    this.#beat();
  }

  /** Takes up the sessions that an earlier page, worker or tree left. */
  async restoreSessions(): Promise<void> {
    await restorable(this.#parts.env, this.#parts.resume, this.#locks, (device) => void this.#restore(device));
  }

  /** Everything ends: sockets, timers, secrets. Sessions stay at the proxy. */
  stop(): void {
    this.#scope.end();
    this.#root.stop();
  }

  /** A command of the UI, on its way through the router [A11]. Secrets are taken out before [S72]. */
  dispatch(id: string, command: UiCommand): void {
    if (!fitsFrame(command)) {
      const error = { code: "invalid", reason: "too_large", retry: "no" } as const;
      this.#parts.replies.settle(id, { ok: false, error });
      return;
    }
    const message = this.#withoutSecrets(command);
    if (message === undefined) {
      this.#parts.replies.settle(id, { ok: false, error: { code: "offline", retry: "yes" } });
      return;
    }
    if (message.action === "presence") this.#setVisible(message.payload.visible);
    this.#root.send({ type: "message", origin: "ui", message, id, ...this.#stamp() });
  }

  #withoutSecrets(command: UiCommand): UiCommand | undefined {
    switch (command.action) {
      case "open":
      case "reconnect": {
        const { password, ...payload } = command.payload;
        this.#credentials.offer(command.device, password);
        return { ...command, payload };
      }
      case "pair": {
        this.#parts.signIn.offer(command.payload.code, command.payload.label);
        return { ...command, payload: { code: "", label: command.payload.label } };
      }
      case "auth_reply":
        return this.#questions.answer(command)
          ? { ...command, payload: { answers: [], ...(command.payload.cancelled ? { cancelled: true } : {}) } }
          : undefined;
      default:
        return command;
    }
  }

  #setVisible(visible: boolean): void {
    this.#visible = visible;
    this.#hub.setHidden(!visible);
    for (const runtime of this.#hub.all()) if (runtime instanceof TelemetryRuntime) runtime.setPageHidden(!visible);
  }

  #stamp(): Stamp {
    const { env } = this.#parts;
    return { at: env.now(), random: env.random() };
  }

  #fromProxy(message: Down): void {
    if (this.#scope.ended) return;
    const { device, session_id } = message;
    if (message.action === "auth_prompt" && this.#questions.ask(message)) return;
    if (session_id === "ssh1" && message.action === "connected") {
      this.#credentials.accepted(device, message.payload.auth_method);
      void this.#parts.checkPersisted();
    }
    if (session_id === "ssh1" && message.action === "error") this.#credentials.refused(device);
    if (session_id === "ssh2" && message.action === "error" && message.payload.code === "auth_failed") {
      this.#credentials.refusedReuse(device);
    }
    this.#root.send({ type: "message", origin: "proxy", message, ...this.#stamp() });
  }

  #beat(): void {
    if (this.#scope.ended) return;
    const { env } = this.#parts;
    this.#beats++;
    this.#hub.sizeWindows();
    if (this.#beats % RECORD_BEATS === 0) for (const runtime of this.#hub.all()) runtime.stillAlive();
    const timer = env.setTimeout(() => {
      forget();
      this.#beat();
    }, BEAT_MS);
    const forget = this.#scope.onEnd(() => env.clearTimeout(timer));
  }

  #deps(): RuntimeDeps {
    const { env, resume } = this.#parts;
    return {
      env,
      resume,
      hub: this.#hub,
      locks: this.#locks,
      message: (message) => this.#fromProxy(message),
      gap: (device, to, from, until) => {
        if (to !== "ssh1") return;
        const event = { type: "session.gap", from, to: until, ...this.#stamp() } as const;
        const delivery = { type: "device.deliver", to, event } as const;
        this.#root.send({ type: "router.deliver", device, delivery, ...this.#stamp() });
      },
    };
  }

  #terminal(record: DeviceRecord, cols: number, rows: number): TerminalRuntime {
    const known = this.#hub.get(record.id, "ssh1");
    if (known instanceof TerminalRuntime) return known;
    const runtime = new TerminalRuntime(record, { cols, rows }, this.#parts.ports.of(record.id), this.#deps(), {
      inputRefused: (device, bytes) => {
        const detail = `${bytes} bytes of input did not fit into the queue and were not taken.`;
        this.#note(device, { code: "limit", reason: "input_queue", retry: "user", detail });
      },
      echo: (device, ms) => this.#telemetryOf(device)?.ssh1Echo(ms, this.#services.typing.has(device)),
      figuresChanged: (device) => this.#feed.markDevice(device),
    });
    this.#hub.add(runtime);
    return runtime;
  }

  #telemetry(record: DeviceRecord): TelemetryRuntime {
    const known = this.#hub.get(record.id, "ssh2");
    if (known instanceof TelemetryRuntime) return known;
    const device = record.id;
    const runtime = new TelemetryRuntime(record, this.#deps(), {
      reading: (update) => this.#parts.readings.take(update),
      phase: (phase, reason, command) => {
        if (phase === "suspended" || phase === "ended") return;
        this.#collected(device, { type: "collector.phase", activity: phase, reason, command, ...this.#stamp() });
      },
      platform: (id, title, evidence, remembered) => {
        const key = this.#root.getSnapshot().context.devices.get(device)?.getSnapshot().context.ssh2.getSnapshot()
          .context.host_key;
        if (key !== undefined) void this.#parts.store.put("platforms", key.sha256, remembered);
        const chosen = evidence === "chosen by hand";
        const platform = { id, title, evidence, chosen };
        this.#collected(device, { type: "collector.platform", platform, ...this.#stamp() });
      },
      reconnect: (reason) => this.#collected(device, { type: "collector.reconnect", reason, ...this.#stamp() }),
      ended: (reason, detail) => this.#collected(device, { type: "collector.ended", reason, detail, ...this.#stamp() }),
    });
    runtime.setPageHidden(!this.#visible);
    this.#hub.add(runtime);
    return runtime;
  }

  #telemetryOf(device: string): TelemetryRuntime | undefined {
    const runtime = this.#hub.get(device, "ssh2");
    return runtime instanceof TelemetryRuntime ? runtime : undefined;
  }

  #collected(device: string, event: CollectorFact): void {
    if (this.#scope.ended) return;
    const delivery = { type: "device.deliver", to: "ssh2", event } as const;
    this.#root.send({ type: "router.deliver", device, delivery, ...this.#stamp() });
  }

  async #restore({ record, cols, rows, sessions }: Restorable): Promise<void> {
    const open = this.#root.getSnapshot().context.devices.has(record.id);
    if (this.#scope.ended || open) {
      for (const { sid } of sessions) this.#locks.release(sid);
      return;
    }
    this.#root.send({ type: "router.restore", record, cols, rows, sessions, ...this.#stamp() });
    for (const session of sessions) {
      if (session.session_id === "ssh1") this.#terminal(record, cols, rows).resume(session);
      else {
        const remembered = await this.#parts.store.get("platforms", session.host_key.sha256);
        if (this.#scope.ended) return;
        this.#telemetry(record).resume(session, remembered);
      }
      // A link that is up already was not asked for this session in its hello.
      if (this.#hub.online) this.#hub.get(record.id, session.session_id)?.attach(false);
    }
  }

  #recordOf(device: string): DeviceRecord | undefined {
    return this.#root.getSnapshot().context.devices.get(device)?.getSnapshot().context.record;
  }

  #effects(): Effects {
    const parts = this.#parts;
    return {
      dial: (node, report) => {
        this.#attempts++;
        return LinkAttempt.dial(
          `link-${this.#attempts}`,
          node,
          {
            env: parts.env,
            hub: this.#hub,
            identity: parts.identity,
            instance_id: this.#instance,
            rtt: this.#rtt,
            signal: this.#scope.signal,
            onInputWaits: (listen) => {
              this.#inputListeners.add(listen);
              return () => this.#inputListeners.delete(listen);
            },
          },
          report,
        );
      },
      signIn: parts.signIn,
      settle: (id, result) => parts.replies.settle(id, result),
      serve: (id, message) => void this.#serve(id, message),
      send: (message) => this.#hub.send(message),
      terminal: (device) => {
        const runtime = this.#hub.get(device, "ssh1");
        return runtime instanceof TerminalRuntime ? runtime : undefined;
      },
      telemetry: (device) => this.#telemetryOf(device),
      openTerminal: (record, cols, rows) => {
        this.#telemetry(record);
        this.#terminal(record, cols, rows).wants(record, { cols, rows });
        void this.#openTerminal(record.id);
      },
      openTelemetry: (record, pin) => void this.#openTelemetry(record, pin),
      closed: (device) => this.#closed(device),
      editRecord: (device, edit) => this.#editRecord(device, edit),
      storeUiState: (values, pending) => {
        void parts.store.put("ui_state", "ui_state", { values, pending });
        this.#forgetRemoved(values.devices.records);
      },
      note: (device, error) => this.#note(device, error),
    };
  }

  async #serve(id: string, message: UiCommand): Promise<void> {
    const result = await this.#services.serve(message).catch((): Result => {
      return { ok: false, error: { code: "storage", retry: "user" } };
    });
    this.#parts.replies.settle(id, result);
  }

  /** A session that the proxy still has is taken up again; only when there is none, a new one begins. */
  async #openTerminal(device: string): Promise<void> {
    const chosen = await keptTerminal(device, this.#parts.resume, this.#locks);
    const runtime = this.#hub.get(device, "ssh1");
    if (this.#scope.ended || !(runtime instanceof TerminalRuntime)) return;
    if (chosen === undefined) return this.#connectTerminal(device);
    // A session that another living tab shows is asked for as well: the proxy answers who has it, and a tap takes it
    // over [WP28].
    this.#adopting.add(device);
    runtime.resume(chosen);
    if (this.#hub.online) runtime.attach(false);
  }

  #connectTerminal(device: string): void {
    const runtime = this.#hub.get(device, "ssh1");
    if (this.#scope.ended || !(runtime instanceof TerminalRuntime)) return;
    runtime.open(this.#credentials.hasForm(device));
  }

  async #openTelemetry(record: DeviceRecord, pin: HostKey | undefined): Promise<void> {
    const remembered = pin === undefined ? undefined : await this.#parts.store.get("platforms", pin.sha256);
    if (!this.#scope.ended)
      this.#telemetry(record).open(record, pin, remembered, this.#credentials.provedByPrompt(record.id));
  }

  #closed(device: string): void {
    this.#credentials.forget(device);
    this.#questions.forget(device);
    for (const session of ["ssh1", "ssh2"] as const) {
      const runtime = this.#hub.get(device, session);
      if (runtime === undefined) continue;
      runtime.end();
      this.#hub.remove(runtime);
    }
  }

  /** What is kept of a device goes when the device leaves the list. */
  #forgetRemoved(records: readonly DeviceRecord[]): void {
    const ids = new Set(records.map(({ id }) => id));
    for (const id of this.#listed) {
      if (ids.has(id)) continue;
      void this.#parts.readings.forget(id);
      void this.#parts.history.delete(id, null);
    }
    this.#listed = ids;
  }

  /** Changes the record in the user's list; a quick connection has none there, and keeps nothing. */
  #editRecord(device: string, edit: (record: DeviceRecord) => DeviceRecord): void {
    const { values, pending } = this.#root.getSnapshot().context.ui_state.getSnapshot().context;
    const record = shownValues(values, pending).devices.records.find(({ id }) => id === device);
    if (record === undefined || record.simulated === true) return;
    const message = {
      v: 1,
      device: NO_DEVICE,
      session_id: "ui_state",
      type: "system",
      action: "put_device",
      payload: { record: edit(record) },
    } as const;
    this.#root.send({
      type: "message",
      origin: "ui",
      message,
      id: random128(this.#parts.env.crypto),
      ...this.#stamp(),
    });
  }

  #note(device: string | undefined, error: ErrorPayload): void {
    const { code, reason, detail } = error;
    const notice = {
      level: "warn" as const,
      text: detail ?? code,
      code: reason === undefined ? code : `${code}/${reason}`,
      ...(device === undefined ? {} : { device }),
    };
    this.#root.send({ type: "router.notice", notice, ...this.#stamp() });
  }
}

/** What may have to travel in one control frame; the margin is the envelope's. */
const FRAME_MARGIN_BYTES = 512;

function fitsFrame(command: UiCommand): boolean {
  const text = JSON.stringify(command);
  if (text.length * 3 + FRAME_MARGIN_BYTES <= MAX_CONTROL_BYTES) return true;
  return new TextEncoder().encode(text).length + FRAME_MARGIN_BYTES <= MAX_CONTROL_BYTES;
}
