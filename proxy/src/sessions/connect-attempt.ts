/** One connect on its way to a session: policy, dial, host key, login, channel. Outlives its link for a while [WP7]. */
import { createHash } from "node:crypto";
import type { Duplex } from "node:stream";
import { errorFrame, sessionFrame } from "#protocol/builders.ts";
import type { Down } from "#protocol/down.ts";
import { CONNECT_ORPHAN_MS, TERMINAL_TAIL_BYTES } from "#protocol/limits.ts";
import type { HostKey } from "#protocol/messages/target.ts";
import type { Up } from "#protocol/up.ts";
import { type DemoDevice, DemoDevices, demoPin } from "../demo-devices.ts";
import { type Failure, failed, failure, type Outcome, payloadOf, succeeded, visibleText } from "../failure.ts";
import type { Link } from "../links/link-table.ts";
import { random128, random256 } from "../random.ts";
import { Session } from "../session.ts";
import type { AskAuth } from "../ssh/authenticator.ts";
import { openConnection, type SshConnection } from "../ssh/connection.ts";
import { dial } from "../ssh/dial.ts";
import { hostKeyBits } from "../ssh/host-key.ts";
import { decideHostKey, pinVerdict } from "../ssh/host-key-decision.ts";
import type { DialKey } from "./dial-limits.ts";
import { Questions } from "./questions.ts";
import { resolveTarget } from "./resolve-target.ts";
import type { SessionContext } from "./session-context.ts";

/** Size of a session whose connect named none: the terminal everybody assumes. */
const DEFAULT_SIZE = { cols: 80, rows: 24 };
const DEFAULT_TERM = "xterm-256color";
const LABEL_MAX_CHARS = 128;
/** Six bytes a character at worst in JSON: stays below the 64 KiB of a control message. */
const BANNER_PIECE_CHARS = 8_192;

export type ConnectMessage = Up<"connect">;
type Result = { session: Session; token: string };

/** Hash of a session token, as it is kept [WP27]. */
export function tokenHash(token: string): Uint8Array {
  return createHash("sha256").update(token).digest();
}

export class ConnectAttempt {
  readonly user: string;
  readonly clientId: string;
  readonly message: ConnectMessage;
  readonly questions: Questions;
  readonly key: DialKey;
  session: Session | undefined;
  failure: Failure | undefined;
  #link: Link | undefined;
  readonly #context: SessionContext;
  readonly #abort = new AbortController();
  #orphan: NodeJS.Timeout | undefined;
  #address: string | undefined;

  constructor(context: SessionContext, link: Link, message: ConnectMessage) {
    this.#context = context;
    this.#link = link;
    this.user = link.user;
    this.clientId = link.clientId;
    this.message = message;
    this.questions = new Questions((question) => this.tell(question));
    const { host, port, user } = message.payload.target;
    const target = `${host.toLowerCase()} ${port}`;
    this.key = { user: link.user, target, login: `${target} ${user}` };
  }

  get link(): Link | undefined {
    return this.#link;
  }

  get pending(): boolean {
    return this.session === undefined && this.failure === undefined;
  }

  /** A link of the same client repeated the request. */
  adopt(link: Link): void {
    clearTimeout(this.#orphan);
    this.#link = link;
    this.questions.repeat();
  }

  /** The link is gone; without another one in time the attempt is given up [WP7]. */
  orphan(link: Link): void {
    if (this.#link?.id !== link.id) return;
    this.#link = undefined;
    if (this.pending) this.#orphan = setTimeout(() => this.cancel(), CONNECT_ORPHAN_MS);
  }

  /** Its session is gone; a repeated request is told so. */
  outlived(): void {
    this.session = undefined;
    this.failure = failure("gone", "expired");
  }

  cancel(): void {
    this.#abort.abort();
    this.questions.drop();
  }

  tell(message: Down): void {
    this.#link?.send(message);
    this.#link?.pump();
  }

  tellFailure(problem: Failure): void {
    const { device, session_id, id } = this.message;
    this.tell(errorFrame({ device, session_id }, payloadOf(problem), { re: id }));
  }

  #progress(
    step: "resolve" | "tcp" | "key_exchange" | "host_key" | "auth" | "channel" | "banner",
    text?: string,
  ): void {
    const { device, session_id, id } = this.message;
    const payload = { step, ...(text === undefined ? {} : { text }) };
    this.tell(sessionFrame(device, session_id, "progress", payload, { re: id }));
  }

  /** A banner in pieces that fit a control message. */
  #banner(text: string): void {
    for (let at = 0; at < text.length; at += BANNER_PIECE_CHARS)
      this.#progress("banner", text.slice(at, at + BANNER_PIECE_CHARS));
  }

  /** Runs to the end; the caller registers the session or tells the failure. */
  async run(): Promise<Outcome<Result>> {
    const outcome = await this.#run().catch((error: unknown): Outcome<Result> => {
      this.#context.log("error", "connect.failed", { error: error instanceof Error ? error.message : "unknown" });
      return failed("internal");
    });
    clearTimeout(this.#orphan);
    this.questions.drop();
    if (outcome.ok) this.session = outcome.value.session;
    else this.failure = outcome.failure;
    return outcome;
  }

  async #run(): Promise<Outcome<Result>> {
    const { payload } = this.message;
    if (payload.target.via.length > 0) return failed("unsupported", "via", "jump hosts are not served by this version");
    const { host } = payload.target;
    const demo = DemoDevices.isDemoHost(host) ? this.#context.demo.find(host) : undefined;
    const stream = DemoDevices.isDemoHost(host) ? demoStream(demo, host) : await this.#dial();
    if (!stream.ok) return stream;
    const connection = await this.#login(stream.value, demo);
    if (!connection.ok) return connection;
    this.#progress("channel");
    return this.#open(connection.value);
  }

  async #dial(): Promise<Outcome<Duplex>> {
    const { host, port } = this.message.payload.target;
    this.#progress("resolve");
    const addresses = await resolveTarget(this.#context.policy, host, port, this.#context.lookup);
    if (!addresses.ok) {
      this.#context.log("warn", "policy.denied", { target: `${host}:${port}`, reason: addresses.failure.reason });
      return addresses;
    }
    this.#progress("tcp");
    const socket = await dial({ addresses: addresses.value, port }, this.#abort.signal);
    if (socket.ok) this.#address = socket.value.remoteAddress;
    return socket;
  }

  #login(stream: Duplex, demo: DemoDevice | undefined): Promise<Outcome<SshConnection>> {
    const { target, options, pins } = this.message.payload;
    const { knownHosts } = this.#context;
    const known = demo === undefined ? [...pins, ...knownHosts.keysOf(target.host, target.port)] : [demoPin(demo)];
    return openConnection({
      stream,
      user: target.user,
      set: options.algorithms,
      pinnedTypes: known.map(({ type }) => type),
      keepalive: options.keepalive,
      authOrder: options.auth_order,
      verifyHostKey: (key) => (demo === undefined ? this.#verify(key) : Promise.resolve(verifyDemo(demo, key))),
      proved: (key) => {
        if (demo === undefined) void this.#learn(key);
      },
      ask: this.#ask,
      banner: (text) => this.#banner(text),
      step: (step) => this.#progress(step),
      signal: this.#abort.signal,
    });
  }

  /** The decision table, with the page as the one to be asked [S44] [S45]. */
  async #verify(key: HostKey): Promise<Failure | undefined> {
    const { host, port } = this.message.payload.target;
    const { pins } = this.message.payload;
    const p = this.#context.knownHosts.look(host, port, key);
    const decision = decideHostKey({
      b: pinVerdict(pins, key),
      p: p.verdict,
      knownSince: p.since,
      // ssh2 connects only with the exact key that ssh1 verified: it never asks [S49].
      canAsk: this.message.session_id === "ssh1",
      firstUse: this.#context.firstUse,
    });
    if (decision.kind === "go") return undefined;
    if (decision.kind === "fail") {
      const known = [...pins, ...p.known].map(({ sha256 }) => sha256);
      this.#context.log("warn", "hostkey.mismatch", {
        target: `${host}:${port}`,
        code: decision.code,
        offered: key.sha256,
      });
      return {
        ...failure(decision.code, decision.reason),
        host_keys: { known: [...new Set(known)], offered: key.sha256, type: key.type },
      };
    }
    const { device, session_id } = this.message;
    const bits = hostKeyBits(key);
    const question = {
      stage: "ask" as const,
      hop: 0,
      host,
      port,
      host_key: key,
      ...(bits === undefined ? {} : { bits }),
      ...(decision.knownSince === undefined ? {} : { known_since: decision.knownSince }),
    };
    const reply = await this.questions.ask((id) => sessionFrame(device, session_id, "host_key", question, { id }));
    if (reply === undefined) return failure("host_key_unknown", undefined, "nobody answered");
    return (reply as Up<"host_key_reply">["payload"]).trust ? undefined : failure("host_key_unknown", "refused");
  }

  async #learn(key: HostKey): Promise<void> {
    const { host, port } = this.message.payload.target;
    try {
      await this.#context.knownHosts.learn(host, port, key, new Date());
    } catch (error) {
      this.#context.log("error", "hostkey.not_stored", { error: error instanceof Error ? error.message : "unknown" });
    }
  }

  readonly #ask: AskAuth = async (question) => {
    const { device, session_id, payload } = this.message;
    const { host, user } = payload.target;
    const asked = { ...question, hop: 0, host, user };
    const reply = await this.questions.ask((id) => sessionFrame(device, session_id, "auth_prompt", asked, { id }));
    if (reply === undefined) return this.#abort.signal.aborted ? "cancelled" : "nobody";
    const { answers, cancelled } = reply as Up<"auth_reply">["payload"];
    return cancelled === true ? "cancelled" : { answers };
  };

  async #open(connection: SshConnection): Promise<Outcome<Result>> {
    const { device, session_id, payload } = this.message;
    const terminal = session_id === "ssh1";
    const { ring_terminal_bytes, ring_telemetry_bytes } = this.#context.limits;
    const token = random256();
    const sid = `${this.#context.node}.${random128()}`;
    const session = new Session(
      {
        sid,
        user: this.user,
        clientId: this.clientId,
        tokenHash: tokenHash(token),
        device,
        session_id,
        label: visibleText(payload.label, LABEL_MAX_CHARS),
        target: payload.target,
        address: this.#address,
        since: Date.now(),
        former: [],
      },
      {
        sid,
        session_id,
        ringBytes: terminal ? ring_terminal_bytes : ring_telemetry_bytes,
        overflow: payload.options.overflow,
        ...(payload.pty ?? DEFAULT_SIZE),
        graceMs: payload.grace_s * 1_000,
        tailBytes: terminal ? TERMINAL_TAIL_BYTES : 0,
      },
      {
        connection,
        transport: payload.transport,
        term: payload.pty?.term ?? DEFAULT_TERM,
        links: this.#context.links,
        limits: this.#context.limits,
        trail: this.#context.trail,
        log: this.#context.log,
      },
    );
    const problem = await session.open();
    if (problem === undefined && !this.#abort.signal.aborted) return succeeded({ session, token });
    connection.end();
    return { ok: false, failure: problem ?? failure("auth_failed", "cancelled") };
  }
}

function demoStream(demo: DemoDevice | undefined, host: string): Outcome<Duplex> {
  return demo === undefined
    ? failed("unreachable", "name", `there is no simulated device "${host}"`)
    : succeeded(demo.sock());
}

/** The key of a simulated device is pinned by the process that made it; the verifier still runs [S42]. */
function verifyDemo(demo: DemoDevice, key: HostKey): Failure | undefined {
  return demoPin(demo).key === key.key ? undefined : failure("host_key_changed");
}
