/** One SSH connection: key exchange, host key, authentication, and the guards around ssh2 (section 9 of the security design). */
import type { Socket } from "node:net";
import type { Duplex } from "node:stream";
import type { Client, NegotiatedAlgorithms } from "ssh2";
import { AUTH_STEP_TIMEOUT_MS, KEX_TIMEOUT_MS, SSH_WINDOW_BYTES } from "#protocol/limits.ts";
import type { Algorithms, HostKey } from "#protocol/messages/target.ts";
import type { LimitValues } from "../config/limits-schema.ts";
import { type Failure, failure, type Outcome, succeeded, visibleText } from "../failure.ts";
import { offeredAlgorithms, type SetName } from "./algorithms.ts";
import { ANNOUNCED_KEYS_MAX, announcedKeys } from "./announced-keys.ts";
import type { Method } from "./auth-plan.ts";
import { type AskAuth, Authenticator, type PromptBounds } from "./authenticator.ts";
import { terrapinExposed } from "./diagnosis.ts";
import { HOST_KEY_MAX_BYTES, hostKeyOf, sameKey } from "./host-key.ts";
import type { HostProof } from "./host-proof.ts";
import { KexInitTap } from "./kexinit-tap.ts";
import { Client as SshClient } from "./library.ts";
import { greetingFailure, type LibraryError, libraryFailure, type Phase } from "./library-errors.ts";
import { hostSignature, queuedBytes, sessionId, watchKeyExchanges, watchRequests } from "./library-inside.ts";
import { Outflow } from "./outflow.ts";
import { RefusedChannels, type TellRefused } from "./refused-channels.ts";
import { RekeyGuard } from "./rekey-guard.ts";
import type { SigningKey } from "./signing-key.ts";
import { StepTimer } from "./step-timer.ts";

/** SSH keepalive: every 15 s, dead after 3 without an answer (section 11 of the protocol). */
const KEEPALIVE_MS = 15_000;
const KEEPALIVE_COUNT = 3;
/** Replies to a device that does not read them; beyond this the connection ends. */
const BACKLOG_MAX_BYTES = 1024 * 1024 + 2 * SSH_WINDOW_BYTES;

export type SshStep = "key_exchange" | "host_key" | "auth";
/** What a device may send before it is logged in (section 4 of the security design). */
export type DeviceBounds = PromptBounds & Pick<LimitValues, "greeting_bytes" | "banner_bytes">;
export type ConnectionOptions = {
  /** A connected socket, or the in-process stream of a simulated device. */
  stream: Duplex;
  /** Where the stream is a channel of a jump host: what holds up that host's connection [S39]. */
  beneath?: Outflow | undefined;
  user: string;
  set: SetName;
  /** Types of the keys already known for the target, offered first [S50]. */
  pinnedTypes: readonly string[];
  keepalive: "off" | "tcp" | "ssh";
  authOrder: readonly Method[];
  /** Every connection has a verifier; the type makes it so [S43]. Undefined: trusted. */
  verifyHostKey: (key: HostKey) => Promise<Failure | undefined>;
  /** The handshake proved the key: now it may be stored [S46]. */
  proved: (key: HostKey) => void;
  /** Shows the host's proof to whoever checks it again; until it agrees nothing is authenticated [S47]. */
  release: (proof: HostProof) => Promise<Failure | undefined>;
  /** Keys to log in with, in the order of trying [S52]. */
  keys: () => Promise<readonly SigningKey[]>;
  ask: AskAuth;
  /** The device refused an answer, or went away with one in hand. */
  refused: () => void;
  banner: (text: string) => void;
  bounds: DeviceBounds;
  /** The device opened channels by itself; they were refused [S60]. */
  refusedChannels: TellRefused;
  /** Further keys that the host announced and proved after the login [S50]. */
  announced: (keys: readonly HostKey[]) => void;
  step: (step: SshStep) => void;
  signal: AbortSignal;
};

export type SshConnection = {
  readonly client: Client;
  readonly hostKey: HostKey;
  readonly ident: string;
  readonly algorithms: Algorithms;
  readonly authMethod: string;
  /** Id of the key that logged in, alone or with a further factor. */
  readonly authKey: string | undefined;
  /** Open to Terrapin: the device lacks strict key exchange and the cipher needs it [S64]. */
  readonly terrapin: boolean;
  /** What is on its way to the device, and whether more may be written [S23]. */
  readonly outflow: Outflow;
  /** Called once when the connection ends by itself or by a fault; undefined: closed without a word. */
  onEnd(listener: (problem: Failure) => void): void;
  /** Ends it because of a fault that a channel found. */
  fail(problem: Failure): void;
  end(): void;
};

/** Runs the handshake and the login. Expected failures are values. */
export function openConnection(options: ConnectionOptions): Promise<Outcome<SshConnection>> {
  return new Promise((resolve) => new Handshake(options, resolve).start());
}

class Handshake {
  readonly #options: ConnectionOptions;
  readonly #resolve: (outcome: Outcome<SshConnection>) => void;
  readonly #client: Client = new SshClient();
  readonly #tap: KexInitTap;
  readonly #timer = new StepTimer();
  /** Of a key exchange that the device began later; no prompt stops it. */
  readonly #rekeyTimer = new StepTimer();
  readonly #outflow: Outflow;
  readonly #rekeys = new RekeyGuard();
  readonly #auth: Authenticator;
  #phase: Phase = "greeting";
  #hostKey: HostKey | undefined;
  #signature: Buffer | undefined;
  #algorithms: Algorithms | undefined;
  readonly #refused: RefusedChannels;
  #announcements = 0;
  #bannerBytes = 0;
  #ended: Failure | undefined;
  #onEnd: ((problem: Failure) => void) | undefined;

  constructor(options: ConnectionOptions, resolve: (outcome: Outcome<SshConnection>) => void) {
    this.#options = options;
    this.#resolve = resolve;
    this.#tap = new KexInitTap(options.bounds.greeting_bytes);
    this.#refused = new RefusedChannels(options.refusedChannels);
    this.#outflow = new Outflow(options.stream, () => queuedBytes(this.#client), options.beneath);
    this.#auth = new Authenticator(this.#client, {
      user: options.user,
      set: options.set,
      order: options.authOrder,
      ask: options.ask,
      refused: options.refused,
      bounds: options.bounds,
      release: () => this.#release(),
      keys: options.keys,
      ended: (problem) => this.#fail(problem),
      broken: this.#broken,
      waiting: (asking) => (asking ? this.#timer.pause() : this.#timer.resume()),
    });
  }

  start(): void {
    const { stream, set, signal, keepalive, user } = this.#options;
    const client = this.#client;
    // Attached before anything can happen: an unheard error would end the process.
    client.on("error", (error: LibraryError) => {
      // A signature that was refused: the next method is on its way [S56].
      if (error.level !== "agent") this.#fail(libraryFailure(error, this.#phase, this.#tap, set));
    });
    client.on("close", () => {
      this.#refused.end();
      this.#fail(this.#closed());
    });
    // Nothing can come any more. A socket closes by itself then, but a jump host may leave its channel half open for ever.
    client.on("end", () => this.#fail(this.#closed()));
    // ssh2's types know nothing of this event: the keys that the host has just proved to hold.
    client.on("hostkeys" as never, (keys: readonly { getPublicSSH(): Buffer }[]) => {
      if (this.#phase === "open") this.#options.announced(announcedKeys(keys.map((key) => key.getPublicSSH())));
    });
    client.on("handshake", (negotiated) => this.#handshaken(negotiated));
    client.on("banner", (text) => this.#banner(text));
    client.on("ready", () => this.#ready());
    signal.addEventListener("abort", this.#aborted, { once: true });
    this.#timer.start(KEX_TIMEOUT_MS, () => this.#fail(this.#silent()));
    this.#options.step("key_exchange");
    if (keepalive === "tcp" && "setKeepAlive" in stream) (stream as Socket).setKeepAlive(true, KEEPALIVE_MS);
    const lists = offeredAlgorithms(set, this.#options.pinnedTypes);
    client.connect({
      sock: stream,
      username: user,
      // Lists are given in full [S61]; ssh2's types know fewer names than ssh2.
      algorithms: lists as unknown as NonNullable<Parameters<Client["connect"]>[0]["algorithms"]>,
      hostVerifier: (key: Buffer, verify: (trusted: boolean) => void) => {
        this.#verify(key, verify).catch(this.#broken);
      },
      authHandler: this.#auth.handler,
      keepaliveInterval: keepalive === "ssh" ? KEEPALIVE_MS : 0,
      keepaliveCountMax: KEEPALIVE_COUNT,
      // One timer of the library would run during prompts too: our own do not.
      readyTimeout: 0,
    });
    this.#auth.watch();
    watchKeyExchanges(client, () => this.#rekeyBegun());
    watchRequests(client, {
      opens: (type) => this.#refused.opened(type),
      mayAnnounce: () => this.#phase === "open" && this.#announcements++ === 0,
      keysMax: ANNOUNCED_KEYS_MAX,
    });
    stream.on("data", this.#look);
    if (signal.aborted) this.#aborted();
    // What happened to the stream before anybody listened is not told again.
    if (stream.destroyed || stream.readableEnded) this.#fail(this.#closed());
  }

  /** Sees every chunk before the library does; bounded by the tap. */
  readonly #look = (chunk: Buffer): void => {
    this.#rekeys.received(chunk.length);
    if (this.#options.stream.writableLength > BACKLOG_MAX_BYTES) this.#fail(failure("device_misbehaved", "backlog"));
    if (this.#phase !== "greeting") return;
    const verdict = this.#tap.feed(chunk);
    if (verdict === "greeting_too_long") this.#fail(failure("device_misbehaved", "greeting"));
    else if (verdict === "not_ssh") this.#fail(greetingFailure(this.#tap));
    else if (this.#tap.ident !== undefined && verdict === "done") this.#phase = "key_exchange";
  };

  async #verify(blob: Buffer, verify: (trusted: boolean) => void): Promise<void> {
    const key = hostKeyOf(blob);
    if (key === undefined) {
      this.#fail(failure("device_misbehaved", "protocol", "malformed host key"));
      return verify(false);
    }
    if (this.#hostKey !== undefined) {
      // Called again at a rekey: compare silently, drop on difference [S50].
      if (sameKey(this.#hostKey, key)) return verify(true);
      this.#fail({
        ...failure("host_key_changed", undefined, "another key was shown during a rekey"),
        host_keys: {
          known: [this.#hostKey.sha256],
          offered: key.sha256,
          type: key.type,
        },
      });
      return verify(false);
    }
    this.#hostKey = key;
    this.#signature = hostSignature(this.#client);
    this.#timer.pause();
    this.#options.step("host_key");
    const problem = await this.#options.verifyHostKey(key);
    if (this.#ended !== undefined) return;
    this.#timer.resume();
    if (problem !== undefined) this.#fail(problem);
    verify(problem === undefined);
  }

  #handshaken(negotiated: NegotiatedAlgorithms): void {
    if (this.#algorithms !== undefined) {
      this.#rekeyTimer.stop();
      this.#outflow.goOn();
      if (this.#rekeys.rekeyed(Date.now())) this.#fail(failure("device_misbehaved", "rekey"));
      return;
    }
    const { cs, sc } = negotiated;
    this.#algorithms = {
      kex: negotiated.kex,
      host_key: negotiated.serverHostKey,
      cipher_out: cs.cipher,
      cipher_in: sc.cipher,
      mac_out: cs.mac,
      mac_in: sc.mac,
    };
    this.#phase = "auth";
    if (this.#hostKey !== undefined) this.#options.proved(this.#hostKey);
    this.#options.step("auth");
    this.#timer.start(AUTH_STEP_TIMEOUT_MS, () => this.#fail(failure("dial_timeout", "auth")));
  }

  /** A device may not begin what it never finishes: until it does, no input is taken. */
  #rekeyBegun(): void {
    if (this.#algorithms === undefined || this.#ended !== undefined) return;
    this.#outflow.stop();
    const stalled = failure("dial_timeout", "kex", "the device began a new key exchange and did not finish it");
    this.#rekeyTimer.start(KEX_TIMEOUT_MS, () => this.#fail(stalled));
  }

  /** Before the first request of the login, `none` included [S47]. */
  async #release(): Promise<Failure | undefined> {
    const id = sessionId(this.#client);
    const [hostKey, signature, algorithms] = [this.#hostKey, this.#signature, this.#algorithms];
    if (id === undefined || hostKey === undefined || signature === undefined || algorithms === undefined) {
      return failure("internal", undefined, "the proof of the host key is missing");
    }
    if (signature.length > HOST_KEY_MAX_BYTES) {
      return failure("device_misbehaved", "protocol", "malformed signature");
    }
    return this.#options.release({ hostKey, signature, sessionId: id, algorithm: algorithms.host_key });
  }

  #banner(text: string): void {
    const bytes = Buffer.byteLength(text);
    this.#bannerBytes += Math.max(bytes, 1);
    if (this.#bannerBytes > this.#options.bounds.banner_bytes)
      this.#fail(failure("device_misbehaved", "greeting", "banners without end"));
    else if (this.#ended === undefined) this.#options.banner(text);
  }

  #ready(): void {
    if (this.#ended !== undefined || this.#hostKey === undefined || this.#algorithms === undefined) return;
    this.#timer.stop();
    this.#auth.finish(true);
    this.#options.signal.removeEventListener("abort", this.#aborted);
    this.#phase = "open";
    this.#resolve(
      succeeded({
        client: this.#client,
        hostKey: this.#hostKey,
        ident: visibleText(this.#tap.ident ?? "", 255),
        algorithms: this.#algorithms,
        authMethod: this.#auth.method,
        authKey: this.#auth.loginKey?.id,
        terrapin: this.#terrapin(this.#algorithms),
        outflow: this.#outflow,
        onEnd: (listener) => {
          this.#onEnd = listener;
          if (this.#ended !== undefined) listener(this.#ended);
        },
        fail: (problem) => this.#fail(problem),
        end: () => this.#end(),
      }),
    );
  }

  #terrapin({ cipher_in, mac_in }: Algorithms): boolean {
    return this.#tap.offer !== undefined && terrapinExposed(this.#tap.offer, cipher_in, mac_in);
  }

  /** A fault of ours in what nobody waits for: it ends this connection, not the process [S27]. */
  readonly #broken = (error: unknown): void => {
    this.#fail(failure("internal", undefined, error instanceof Error ? error.message : "unknown"));
  };

  readonly #aborted = (): void => this.#fail(failure("auth_failed", "cancelled"));

  #silent(): Failure {
    return this.#tap.ident === undefined && this.#tap.received > 0
      ? greetingFailure(this.#tap)
      : failure("dial_timeout", "kex");
  }

  #closed(): Failure {
    if (this.#phase === "greeting" && this.#tap.ident === undefined) return greetingFailure(this.#tap);
    return failure("device_closed", undefined, this.#phase === "auth" ? "closed during the login" : undefined);
  }

  /** First word counts; everything after it is an echo of our own closing. */
  #fail(problem: Failure): void {
    if (this.#ended !== undefined) return;
    this.#ended = problem;
    this.#timer.stop();
    this.#auth.finish(false);
    this.#options.signal.removeEventListener("abort", this.#aborted);
    const open = this.#phase === "open";
    this.#end();
    // What a device sends after its fault is not read any more.
    if (problem.code === "device_misbehaved") this.#options.stream.destroy();
    if (open) this.#onEnd?.(problem);
    else this.#resolve({ ok: false, failure: problem });
  }

  #end(): void {
    this.#rekeyTimer.stop();
    this.#client.end();
    const { stream } = this.#options;
    // A device that does not answer the closing must not keep the socket.
    setTimeout(() => stream.destroy(), SOCKET_CLOSE_MS).unref();
  }
}

/** How long a device may take to close after our disconnect. */
const SOCKET_CLOSE_MS = 1_000;
