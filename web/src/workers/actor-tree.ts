import { createActor } from "xstate";
import type { DeviceContext, DeviceDelivery } from "#machines/device.machine.ts";
import type { Stamp } from "#machines/events.ts";
import { shownValues } from "#machines/ui-values.ts";
import { linkFrame } from "#protocol/builders.ts";
import type { Down } from "#protocol/down.ts";
import { NO_DEVICE } from "#protocol/ids.ts";
import type { UiCommand } from "#protocol/local-messages.ts";
import type { DeviceRecord } from "#protocol/messages/devices.ts";
import type { ErrorPayload } from "#protocol/messages/error.ts";
import { LinkDialler } from "./actors/link-dialler.ts";
import { CommandIntake } from "./command-intake.ts";
import { CommandServing } from "./command-serving.ts";
import { Credentials } from "./credentials.ts";
import { random128 } from "./host-env.ts";
import type { HostParts } from "./host-parts.ts";
import type { LoginDesk } from "./keys/login-desk.ts";
import { loginDesks } from "./keys/login-desks.ts";
import { refusesOwnLogin } from "./keys/reuse-refusal.ts";
import { platformKey } from "./known-platform.ts";
import { takeUpSessions } from "./left-sessions.ts";
import { LinkHub } from "./link-hub.ts";
import { ListedDevices } from "./listed-devices.ts";
import { movesSession, PendingEnds } from "./pending-ends.ts";
import { type Effects, provideMachines } from "./provided-machines.ts";
import { ProxyRequests } from "./proxy-requests.ts";
import type { QuestionDesk } from "./question-desk.ts";
import { ResourceScope } from "./resource-scope.ts";
import { type FactoryEvents, RuntimeFactory } from "./runtime-factory.ts";
import { Services } from "./services.ts";
import { SessionLocks } from "./session-locks.ts";
import { SessionOpener } from "./session-opener.ts";
import type { TabletData } from "./storage/tablet-store.ts";
import { TelemetryRuntime } from "./telemetry-runtime.ts";
import { TerminalRuntime } from "./terminal-runtime.ts";
import { saveLogin } from "./vault/secret-uses.ts";
import { isSecretCommand } from "./vault/secrets-desk.ts";
import { UnlockReport } from "./vault/unlock-report.ts";
import { VAULT_LOCKED } from "./vault/vault.ts";
import { type RootActor, ViewFeed } from "./view-feed.ts";
import { factsOf, stateWithoutToken, withoutToken } from "./without-token.ts";

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
  readonly #logins: LoginDesk;
  readonly #intake: CommandIntake;
  readonly #runtimes: RuntimeFactory;
  readonly #opener: SessionOpener;
  readonly #ends: PendingEnds;
  readonly #requests: ProxyRequests;
  readonly #services: Services;
  readonly #serving: CommandServing;
  readonly #dialler: LinkDialler;
  readonly #listed: ListedDevices;
  #visible: boolean;
  #beats = 0;

  constructor(parts: HostParts, presence: { visible: boolean; online: boolean }, onError: (error: unknown) => void) {
    this.#parts = parts;
    this.#listed = new ListedDevices(parts, (device) => this.#deviceOf(device) !== undefined);
    this.#visible = presence.visible;
    this.#locks = new SessionLocks(parts.env.locks, parts.env.page);
    this.#hub = new LinkHub(parts.env, {
      message: (message) => this.#fromProxy(message),
      late: (message) => void this.#hearsOfOther(message),
      answered: (device, session_id, state) => {
        if (this.#opener.answered(device, session_id, state)) return;
        const facts = this.#hub.get(device, session_id)?.restoredFacts;
        const event = {
          type: "session.answered",
          state: stateWithoutToken(state),
          facts: facts && factsOf(facts),
          ...this.#stamp(),
        } as const;
        this.#deliver(device, { type: "device.deliver", to: session_id, event });
      },
      inputWaits: (since) => this.#dialler.inputWaits(since),
      linkChanged: (up) => {
        if (up) {
          this.#ends.linkUp();
          unlocks.linkUp();
        } else {
          this.#ends.linkLost();
          this.#requests.linkLost();
          parts.publisher.mark("proxy", () => ({ audit: "ok" }));
        }
      },
    });
    this.#dialler = new LinkDialler(parts, this.#hub, this.#scope.signal);
    this.#ends = new PendingEnds(parts.env, parts.resume, this.#hub, () => this.#feed.markCatalog());
    const { secrets, env } = parts;
    ({ logins: this.#logins, questions: this.#questions } = loginDesks({
      env,
      hub: this.#hub,
      secrets,
      credentials: this.#credentials,
      isVisible: () => this.#visible,
      note: (device, error) => this.#note(device, error),
    }));
    const unlocks = new UnlockReport(env, this.#hub);
    secrets.onUnlocked = () => unlocks.unlocked();
    secrets.onPhase = (phase) => {
      // Locked: what is held of logins goes as well, so that nothing can be opened with it [S70].
      if (phase === "locked") this.#credentials.forgetAll();
      else this.#listSessions();
    };
    this.#intake = new CommandIntake(this.#credentials, this.#questions, parts.signIn);
    this.#runtimes = new RuntimeFactory(parts, this.#hub, this.#locks, this.#ends, this.#factoryEvents());
    this.#opener = new SessionOpener({
      parts,
      scope: this.#scope,
      hub: this.#hub,
      locks: this.#locks,
      runtimes: this.#runtimes,
      credentials: this.#credentials,
      logins: this.#logins,
      whenOpen: () => parts.secrets.whenOpen(),
      elsewhere: () => this.#root.getSnapshot().context.elsewhere,
      isOpen: (device) => this.#root.getSnapshot().context.devices.has(device),
      send: (event) => this.#root.send(event),
      deliver: (device, delivery) => this.#deliver(device, delivery),
      stamp: () => this.#stamp(),
    });
    this.#requests = new ProxyRequests(parts.env, this.#hub);
    this.#services = new Services(
      parts.history,
      this.#hub,
      this.#ends,
      this.#requests,
      parts.env,
      secrets.choices,
      parts.desks,
      parts.tables,
    );
    this.#serving = new CommandServing({
      parts,
      hub: this.#hub,
      services: this.#services,
      terminalOf: (device) => this.#runtimes.terminalOf(device),
      recordOf: (device) => this.#logins.openedAs(device) ?? this.#deviceOf(device)?.record,
    });
    const input = { home: HOME, ...presence, ...this.#stamp() };
    this.#root = createActor(provideMachines(this.#effects()), { systemId: "router", input });
    this.#feed = new ViewFeed(this.#root, parts.publisher, this.#hub, parts.env, () => this.#ends.waiting);
    this.#root.subscribe({ error: onError });
    parts.collectors.use({
      of: (device) => this.#runtimes.telemetryOf(device)?.collector ?? null,
      feed: (device, event) => this.#runtimes.telemetryOf(device)?.feed(event) ?? false,
    });
    this.#scope.onEnd(() => parts.collectors.use(null));
    // Records of sessions that run went with the vault: they are written anew [S71].
    const deaf = parts.sealed.subscribe((news) => {
      if (news === "erased") for (const runtime of this.#hub.all()) runtime.stillAlive();
    });
    this.#scope.onEnd(deaf);
    this.#scope.onEnd(() => this.#hub.end());
    this.#scope.onEnd(() => this.#locks.releaseAll());
    this.#scope.onEnd(() => this.#credentials.forgetAll());
    this.#scope.onEnd(() => this.#feed.stop());
    this.#scope.onEnd(() => this.#requests.linkLost());
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
    await takeUpSessions(this.#parts, this.#ends, this.#locks, this.#scope, (device) => this.#opener.restore(device));
  }

  /** Everything ends: sockets, timers, secrets. Sessions stay at the proxy. */
  stop(): void {
    this.#scope.end();
    this.#root.stop();
  }

  /** A command of the UI, on its way through the router [A11]: a locked tablet takes few [S70], none brings secrets [S72]. */
  dispatch(id: string, command: UiCommand): void {
    const { secrets } = this.#parts;
    const taken = !secrets.permits(command)
      ? VAULT_LOCKED
      : isSecretCommand(command)
        ? { ok: true as const, message: secrets.take(id, command) }
        : this.#intake.take(command);
    if (!taken.ok) {
      this.#parts.replies.settle(id, taken);
      return;
    }
    const { message } = taken;
    if (message.action === "presence") this.#setVisible(message.payload.visible);
    if (message.action === "host_key_reply") this.#logins.replied(message);
    if (message.action === "agent_reply") this.#logins.agentReplied(message);
    this.#root.send({ type: "message", origin: "ui", message, id, ...this.#stamp() });
  }

  #setVisible(visible: boolean): void {
    this.#visible = visible;
    this.#parts.secrets.setVisible(visible);
    this.#hub.setHidden(!visible);
    // Hidden, frozen or on its way out: what waits is stored while there is time [WP29] [T82].
    if (!visible) for (const runtime of this.#hub.all()) if (runtime instanceof TerminalRuntime) runtime.flush();
    void (visible ? this.#listSessions() : this.#parts.desks.hidden());
    for (const runtime of this.#hub.all()) if (runtime instanceof TelemetryRuntime) runtime.setPageHidden(!visible);
    if (visible) void this.#parts.keepsNothing().then((on) => (on ? this.#serving.keepNothing() : undefined));
  }

  #stamp(): Stamp {
    const { env } = this.#parts;
    return { at: env.now(), random: env.random() };
  }

  #fromProxy(message: Down): void {
    if (this.#scope.ended) return;
    const { device, session_id } = message;
    if (this.#requests.hears(message)) return;
    if (message.action === "proxy_state") {
      this.#parts.publisher.mark("proxy", () => message.payload);
      return;
    }
    if (this.#hearsOfOther(message)) return;
    if (message.action === "attached") {
      if (session_id === "ssh1" || session_id === "ssh2") this.#hub.release(device, session_id, message.payload);
      return;
    }
    if (message.action === "auth_prompt" && this.#questions.ask(message)) return;
    const attempt =
      session_id === "ssh1" || session_id === "ssh2" ? this.#logins.attemptOf(device, session_id) : undefined;
    if (this.#logins.hears(message)) return;
    if (session_id === "ssh1" && message.action === "connected") {
      this.#credentials.accepted(device, message.payload.auth_method, (attempt?.hops.length ?? 0) - 1);
      void this.#saveLogin(attempt?.record);
      void this.#parts.checkPersisted();
    }
    if (session_id === "ssh1" && message.action === "error") this.#credentials.refused(device);
    if (session_id === "ssh2" && message.action === "error" && refusesOwnLogin(message.payload, attempt)) {
      this.#credentials.refusedReuse(device);
    }
    this.#root.send({ type: "message", origin: "proxy", message: withoutToken(message), ...this.#stamp() });
  }

  /** What could not be saved as the person wanted is told. */
  async #saveLogin(record: DeviceRecord | undefined): Promise<void> {
    const { secrets, env } = this.#parts;
    const refusal = await saveLogin(secrets, this.#credentials, record, env.now()).catch(
      (): ErrorPayload => ({ code: "storage", retry: "user" }),
    );
    if (refusal !== undefined && !this.#scope.ended) this.#note(record?.id, refusal);
  }

  /** News of sessions that no runtime has. True when it was about one that is only here to end. */
  #hearsOfOther(message: Down): boolean {
    const ending = this.#ends.hears(message);
    if (movesSession(message)) this.#listSessions();
    return ending;
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
    this.#parts.secrets.beat();
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

  #effects(): Effects {
    const parts = this.#parts;
    return {
      dial: (node, report) => this.#dialler.dial(node, report),
      signIn: parts.signIn,
      settle: (id, result) => parts.replies.settle(id, result),
      serve: (id, message) => void this.#serving.serve(id, message),
      send: (message) => this.#hub.send(message),
      terminal: (device) => this.#runtimes.terminalOf(device),
      telemetry: (device) => this.#runtimes.telemetryOf(device),
      openTerminal: (record, cols, rows, adopt) => void this.#opener.openTerminal(record, cols, rows, adopt),
      openTelemetry: (record, pin, taken) => void this.#opener.openTelemetry(record, pin, taken),
      givenUp: (device, session_id) => this.#opener.giveUp(device, session_id),
      closed: (device) => this.#closed(device),
      editRecord: (device, edit) => this.#editRecord(device, edit),
      storeUiState: ({ values, pending, listed }) => {
        void parts.store.put("ui_state", "ui_state", { values, pending });
        this.#listed.confirmed(values.devices.records);
        if (listed) this.#listed.whole(shownValues(values, pending).devices.records);
      },
      note: (device, error) => this.#note(device, error),
    };
  }

  #closed(device: string): void {
    this.#credentials.forget(device);
    this.#questions.forget(device);
    this.#logins.forget(device);
    this.#runtimes.close(device);
    this.#listed.closed(device);
    this.#listSessions();
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
