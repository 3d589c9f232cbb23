import { createActor } from "xstate";
import type { DeviceContext, DeviceDelivery } from "#machines/device.machine.ts";
import type { Stamp } from "#machines/events.ts";
import { shownValues } from "#machines/ui-values.ts";
import { linkFrame } from "#protocol/builders.ts";
import type { Down } from "#protocol/down.ts";
import { NO_DEVICE } from "#protocol/ids.ts";
import type { Result, UiCommand } from "#protocol/local-messages.ts";
import type { DeviceRecord } from "#protocol/messages/devices.ts";
import type { ErrorPayload } from "#protocol/messages/error.ts";
import type { HostKey } from "#protocol/messages/target.ts";
import type { Remembered } from "#telemetry/collector.ts";
import { LinkAttempt } from "./actors/link-attempt.ts";
import { RttWindow } from "./actors/rtt-window.ts";
import { CommandIntake } from "./command-intake.ts";
import { Credentials } from "./credentials.ts";
import { random128 } from "./host-env.ts";
import type { HostParts } from "./host-parts.ts";
import { knownPlatform, platformKey } from "./known-platform.ts";
import { LinkHub } from "./link-hub.ts";
import { movesSession, PendingEnds } from "./pending-ends.ts";
import { type Effects, provideMachines } from "./provided-machines.ts";
import { QuestionDesk } from "./question-desk.ts";
import { ResourceScope } from "./resource-scope.ts";
import { type FactoryEvents, RuntimeFactory } from "./runtime-factory.ts";
import { Services } from "./services.ts";
import { SessionLocks } from "./session-locks.ts";
import { keptTerminal, type Restorable, restorable } from "./session-restore.ts";
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
  readonly #intake: CommandIntake;
  readonly #runtimes: RuntimeFactory;
  readonly #ends: PendingEnds;
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
        this.#deliver(device, { type: "device.deliver", to: session_id, event });
      },
      inputWaits: (since) => {
        for (const listen of this.#inputListeners) listen(since);
      },
      linkChanged: (up) => (up ? this.#ends.linkUp() : this.#ends.linkLost()),
    });
    this.#ends = new PendingEnds(parts.env, parts.resume, this.#hub, () => this.#feed.markCatalog());
    this.#questions = new QuestionDesk(
      this.#credentials,
      this.#hub,
      (device) => this.#deviceOf(device)?.record.target.via.length ?? 0,
    );
    this.#intake = new CommandIntake(this.#credentials, this.#questions, parts.signIn);
    this.#runtimes = new RuntimeFactory(parts, this.#hub, this.#locks, this.#ends, this.#factoryEvents());
    this.#services = new Services(parts.history, this.#hub, this.#ends, parts.env);
    const input = { home: HOME, ...presence, ...this.#stamp() };
    this.#root = createActor(provideMachines(this.#effects()), { systemId: "router", input });
    this.#feed = new ViewFeed(this.#root, parts.publisher, this.#hub, parts.env, () => this.#ends.waiting);
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
    const { env, resume, logs } = this.#parts;
    await this.#ends.load();
    await restorable(env, resume, this.#locks, (device) => void this.#restore(device));
    if (!this.#scope.ended) await logs.sweep(new Set((await resume.list()).map(({ sid }) => sid)), env.now());
  }

  /** Everything ends: sockets, timers, secrets. Sessions stay at the proxy. */
  stop(): void {
    this.#scope.end();
    this.#root.stop();
  }

  /** A command of the UI, on its way through the router [A11]. Secrets are taken out before [S72]. */
  dispatch(id: string, command: UiCommand): void {
    const taken = this.#intake.take(command);
    if (!taken.ok) {
      this.#parts.replies.settle(id, taken);
      return;
    }
    const { message } = taken;
    if (message.action === "presence") this.#setVisible(message.payload.visible);
    this.#root.send({ type: "message", origin: "ui", message, id, ...this.#stamp() });
  }

  #setVisible(visible: boolean): void {
    this.#visible = visible;
    this.#hub.setHidden(!visible);
    // Hidden, frozen or on its way out: what waits is stored while there is time [WP29].
    if (!visible) for (const runtime of this.#hub.all()) if (runtime instanceof TerminalRuntime) runtime.flush();
    if (visible) this.#listSessions();
    for (const runtime of this.#hub.all()) if (runtime instanceof TelemetryRuntime) runtime.setPageHidden(!visible);
    if (visible) void this.#parts.keepsNothing().then((on) => (on ? this.#keepNothing() : undefined));
  }

  #stamp(): Stamp {
    const { env } = this.#parts;
    return { at: env.now(), random: env.random() };
  }

  #fromProxy(message: Down): void {
    if (this.#scope.ended) return;
    const { device, session_id } = message;
    const ending = this.#ends.hears(message);
    if (movesSession(message)) this.#listSessions();
    if (ending) return;
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

  /** What runs elsewhere, anew: the list is a look at one moment, and goes stale with every session that moves or ends. */
  #listSessions(): void {
    this.#hub.send(linkFrame("list_sessions", {}));
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

  #factoryEvents(): FactoryEvents {
    return {
      deliver: (device, delivery) => this.#deliver(device, delivery),
      message: (message) => this.#fromProxy(message),
      note: (device, error) => this.#note(device, error),
      figuresChanged: (device) => this.#feed.markDevice(device),
      stamp: () => this.#stamp(),
      isTyping: (device) => this.#services.typing.has(device),
      isVisible: () => this.#visible,
      platformKeyOf: (device) => {
        const { host_key, record } = this.#deviceOf(device)?.ssh2.getSnapshot().context ?? {};
        return host_key && record && platformKey(host_key, record);
      },
    };
  }

  #deliver(device: string, delivery: DeviceDelivery): void {
    if (!this.#scope.ended) this.#root.send({ type: "router.deliver", device, delivery, ...this.#stamp() });
  }

  #deviceOf(device: string): DeviceContext | undefined {
    return this.#root.getSnapshot().context.devices.get(device)?.getSnapshot().context;
  }

  async #restore({ record, cols, rows, sessions }: Restorable): Promise<void> {
    const ssh1 = sessions.find(({ session_id }) => session_id === "ssh1");
    const log = ssh1 && (await this.#parts.logs.open(ssh1.sid));
    if (this.#scope.ended) {
      if (log !== undefined) this.#parts.logs.close(log);
      return;
    }
    if (this.#root.getSnapshot().context.devices.has(record.id)) {
      // A person was faster: the terminal takes its session up, lock and log, when it opens; telemetry begins anew.
      for (const { sid } of sessions) if (sid !== ssh1?.sid) this.#locks.release(sid);
      return;
    }
    this.#root.send({ type: "router.restore", record, cols, rows, sessions, ...this.#stamp() });
    const { terminal, telemetry } = this.#runtimes.open(record, cols, rows);
    for (const session of sessions) {
      if (session.session_id === "ssh1") terminal.resume(session, log);
      else {
        const remembered = await this.#remembered(record, session.host_key);
        if (this.#scope.ended) return;
        telemetry.resume(session, remembered);
      }
      // A link that is up already was not asked for this session in its hello.
      if (this.#hub.online) this.#hub.get(record.id, session.session_id)?.attach(false);
    }
  }

  /** What is known of the platform, said to the views at once: nothing will be detected then. */
  async #remembered(record: DeviceRecord, key: HostKey | undefined): Promise<Remembered | undefined> {
    const found = key && (await this.#parts.store.get("platforms", platformKey(key, record)));
    const platform = knownPlatform(record, found);
    if (platform !== undefined) {
      const event = { type: "collector.platform", platform, ...this.#stamp() } as const;
      this.#deliver(record.id, { type: "device.deliver", to: "ssh2", event });
    }
    return found;
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
      terminal: (device) => this.#runtimes.terminalOf(device),
      telemetry: (device) => this.#runtimes.telemetryOf(device),
      openTerminal: (record, cols, rows) => {
        this.#runtimes.open(record, cols, rows).terminal.wants(record, { cols, rows });
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

  #keepNothing(): void {
    for (const runtime of this.#hub.all()) if (runtime instanceof TerminalRuntime) runtime.keepNothing();
  }

  async #serve(id: string, message: UiCommand): Promise<void> {
    if (message.action === "keep_nothing") {
      const { on } = message.payload;
      await this.#parts.setKeepNothing(on);
      if (on) this.#keepNothing();
      this.#parts.replies.settle(id, { ok: true });
      return;
    }
    const result = await this.#services.serve(message).catch((): Result => {
      return { ok: false, error: { code: "storage", retry: "user" } };
    });
    this.#parts.replies.settle(id, result);
  }

  /** A session that the proxy still has is taken up again; only when there is none, a new one begins. */
  async #openTerminal(device: string): Promise<void> {
    const chosen = await keptTerminal(device, this.#parts.resume, this.#locks);
    const runtime = this.#runtimes.terminalOf(device);
    if (this.#scope.ended || runtime === undefined) return;
    if (chosen === undefined) return this.#connectTerminal(device);
    // A session that another living tab shows is asked for as well: the proxy answers who has it, and a tap takes it
    // over [WP28].
    const log = this.#locks.isHeld(chosen.sid) ? await this.#parts.logs.open(chosen.sid) : undefined;
    if (this.#scope.ended) {
      if (log !== undefined) this.#parts.logs.close(log);
      return;
    }
    this.#adopting.add(device);
    runtime.resume(chosen, log);
    if (this.#hub.online) runtime.attach(false);
  }

  #connectTerminal(device: string): void {
    if (!this.#scope.ended) this.#runtimes.terminalOf(device)?.open(this.#credentials.hasForm(device));
  }

  async #openTelemetry(record: DeviceRecord, pin: HostKey | undefined): Promise<void> {
    const remembered = await this.#remembered(record, pin);
    if (this.#scope.ended) return;
    const byPrompt = this.#credentials.provedByPrompt(record.id);
    this.#runtimes.telemetryOf(record.id)?.open(record, pin, remembered, byPrompt);
  }

  #closed(device: string): void {
    this.#credentials.forget(device);
    this.#questions.forget(device);
    this.#runtimes.close(device);
    this.#listSessions();
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
