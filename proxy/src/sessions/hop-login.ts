/** One host of a path: its key, its proof, its login, each with the page as the one to be asked [S39] [S44] [S47] [S58]. */
import type { Duplex } from "node:stream";
import { sessionFrame } from "#protocol/builders.ts";
import type { Down } from "#protocol/down.ts";
import type { HostKey } from "#protocol/messages/target.ts";
import type { Up } from "#protocol/up.ts";
import type { AuditWho } from "../audit/audit-events.ts";
import { type DemoDevice, demoPin } from "../demo-devices.ts";
import { type Failure, failure, type Outcome } from "../failure.ts";
import { hostName } from "../policy/host-name.ts";
import type { SetName } from "../ssh/algorithms.ts";
import type { AskAuth } from "../ssh/authenticator.ts";
import { openConnection, type SshConnection } from "../ssh/connection.ts";
import { type AgentKey, agentKeys } from "../ssh/host-agent.ts";
import { fingerprintOf, hostKeyBits } from "../ssh/host-key.ts";
import { decideHostKey, pinVerdict } from "../ssh/host-key-decision.ts";
import type { HostProof } from "../ssh/host-proof.ts";
import type { HostPlace, KnownHostsVerdict } from "../ssh/known-hosts.ts";
import type { Outflow } from "../ssh/outflow.ts";
import type { ChannelKind } from "../ssh/refused-channels.ts";
import { hasSignatureShape, isKeyType, type SignAnswer, type SigningKey } from "../ssh/signing-key.ts";
import type { ConnectMessage } from "./connect-attempt.ts";
import type { DialLimits, DialPass } from "./dial-limits.ts";
import type { Questions } from "./questions.ts";
import type { SessionContext } from "./session-context.ts";

export type Step = "resolve" | "tcp" | "key_exchange" | "host_key" | "auth" | "channel" | "banner";
/** The connect that the hops belong to. */
export type AttemptVoice = {
  message: ConnectMessage;
  user: string;
  who: () => AuditWho;
  questions: Questions;
  signal: AbortSignal;
  /** What dialling and failed logins are counted with [S39]. */
  dials: DialLimits;
  progress(step: Step, hop: number | undefined, text?: string): void;
};
export type HopSpec = {
  /** 0..n; the last one is the device. */
  index: number;
  host: string;
  port: number;
  user: string;
  pins: readonly HostKey[];
  /** A device's old algorithms say nothing about the hosts before it: each hop has its own set [S39] [S61]. */
  set: SetName;
  /** The jump path before it, as its known keys are named. */
  behind: string | undefined;
  isDevice: boolean;
};

type ReplyAction = "host_key_reply" | "auth_reply" | "sign_reply" | "agent_reply";
type Reply<A extends ReplyAction> = Up<A>["payload"];

export class HopLogin {
  readonly #context: SessionContext;
  readonly #voice: AttemptVoice;
  readonly #hop: HopSpec;
  readonly #demo: DemoDevice | undefined;
  readonly #pass: DialPass;
  #refusals = 0;

  constructor(
    context: SessionContext,
    voice: AttemptVoice,
    hop: HopSpec,
    pass: DialPass,
    demo: DemoDevice | undefined,
  ) {
    this.#context = context;
    this.#voice = voice;
    this.#hop = hop;
    this.#pass = pass;
    this.#demo = demo;
  }

  get #place(): HostPlace {
    const { host, port, behind } = this.#hop;
    return { host, port, behind };
  }

  get #target(): string {
    const { host, port } = this.#hop;
    return `${hostName(host)}:${port}`;
  }

  /** `beneath`: of the jump host whose channel the stream is. */
  async run(stream: Duplex, beneath?: Outflow): Promise<Outcome<SshConnection>> {
    // What is in the way of reading it stops the verifier; here it is only about the order of what is asked for.
    await this.#context.knownHosts.refresh();
    const { options } = this.#voice.message.payload;
    const { index, user, pins, set } = this.#hop;
    // What this client trusts comes first: a key that only the proxy knows must not be asked for in its place [S50].
    const mine = pins.length > 0 ? pins : this.#context.knownHosts.keysOf(this.#place);
    const known = this.#demo === undefined ? mine : [demoPin(this.#demo)];
    const hop = this.#voice.message.payload.target.via.length === 0 ? undefined : index;
    const outcome = await openConnection({
      stream,
      beneath,
      user,
      set,
      pinnedTypes: known.map(({ type }) => type),
      keepalive: options.keepalive,
      authOrder: options.auth_order,
      verifyHostKey: (key) => this.#verify(key),
      proved: (key) => void this.#learn(key),
      release: (proof) => this.#release(proof),
      keys: () => this.#keys(),
      ask: this.#ask,
      refused: () => this.#refused(),
      banner: (text) => this.#voice.progress("banner", hop, text),
      bounds: this.#context.limits,
      refusedChannels: (kind, more) => this.#refusedChannel(kind, more),
      announced: (keys) => void this.#announced(keys),
      step: (step) => this.#voice.progress(step, hop),
      signal: this.#voice.signal,
    });
    if (outcome.ok) this.#pass.loggedIn();
    // Keys that were refused one after the other are one failed login.
    else if (outcome.failure.reason === "rejected" && this.#refusals === 0) this.#refused();
    return outcome;
  }

  #refused(): void {
    this.#refusals += 1;
    this.#pass.loginRefused();
  }

  /** Asks the page; undefined when nobody answered, or something else than was asked. */
  async #question<A extends ReplyAction>(
    make: (id: string) => Down,
    field: keyof Reply<A> & string,
  ): Promise<Reply<A> | undefined> {
    const reply = (await this.#voice.questions.ask(make)) as Reply<A> | undefined;
    return typeof reply === "object" && reply !== null && field in reply ? reply : undefined;
  }

  /** The decision table, with the page as the one to be asked [S44] [S45]. */
  async #verify(key: HostKey): Promise<Failure | undefined> {
    // The key of a simulated device is pinned by the process that made it; the verifier still runs [S42].
    if (this.#demo !== undefined) {
      return demoPin(this.#demo).key === key.key ? undefined : failure("host_key_changed");
    }
    const { pins } = this.#hop;
    const { replacements, knownHosts, firstUse } = this.#context;
    const unreadable = await knownHosts.refresh();
    if (unreadable !== undefined) {
      this.#context.log("error", "known_hosts.unreadable", { error: unreadable });
      return failure("host_key_unknown", "store", unreadable);
    }
    const p = knownHosts.look(this.#place, key);
    const replaced = p.verdict === "other" && replacements.isAccepted(this.#voice.user, this.#place, key);
    const decision = decideHostKey({
      b: pinVerdict(pins, key),
      p: replaced ? "none" : p.verdict,
      knownSince: p.since,
      // ssh2 connects only with the exact key that ssh1 verified: it never asks [S49].
      canAsk: this.#voice.message.session_id === "ssh1",
      firstUse: firstUse || replaced,
    });
    if (decision.kind === "go") return undefined;
    if (decision.kind === "fail") return this.#stopped(failure(decision.code, decision.reason), key, p);
    const { device, session_id } = this.#voice.message;
    const bits = hostKeyBits(key);
    const payload = {
      stage: "ask" as const,
      ...this.#where(),
      host_key: key,
      ...(bits === undefined ? {} : { bits }),
      ...(decision.knownSince === undefined ? {} : { known_since: decision.knownSince }),
    };
    const make = (id: string) => sessionFrame(device, session_id, "host_key", payload, { id });
    const reply = await this.#question<"host_key_reply">(make, "trust");
    if (reply === undefined) return failure("host_key_unknown", undefined, "nobody answered");
    if (!reply.trust) return failure("host_key_unknown", "refused");
    const store = p.verdict === "same" ? ("browser" as const) : ("both" as const);
    this.#audit({ event: "hostkey.first_use", outcome: "ok", target: this.#target, new: key.sha256, store });
    return undefined;
  }

  #where(): { hop: number; host: string; port: number } {
    const { index: hop, host, port } = this.#hop;
    return { hop, host, port };
  }

  /** A hard stop: what was known, with its dates, and what came [S48]. */
  #stopped(problem: Failure, key: HostKey, p: KnownHostsVerdict): Failure {
    const { pins } = this.#hop;
    const mine = pins.map(({ type, sha256 }) => ({ type, sha256, store: "client" as const }));
    const proxys = p.known.map(({ key: { type, sha256 }, since }) => ({
      type,
      sha256,
      store: "proxy" as const,
      ...(since === undefined ? {} : { since }),
    }));
    const pinned = [...mine, ...proxys];
    const old = pinned[0]?.sha256;
    if (problem.code === "host_key_changed") {
      if (problem.reason === undefined) this.#context.replacements.met(this.#voice.user, this.#place, key);
      const store = mine.length > 0 ? (proxys.length > 0 ? "both" : "browser") : "proxy";
      this.#audit({ event: "hostkey.mismatch", outcome: "refused", target: this.#target, old, new: key.sha256, store });
    }
    this.#context.log("warn", "hostkey.mismatch", { target: this.#target, code: problem.code, offered: key.sha256 });
    const known = [...new Set(pinned.map(({ sha256 }) => sha256))];
    return { ...problem, host_keys: { known, offered: key.sha256, type: key.type, pinned } };
  }

  /** The handshake proved the key [S46]: it is stored, or takes the place of the one that was replaced [S48]. */
  async #learn(key: HostKey): Promise<void> {
    if (this.#demo !== undefined) return;
    const { knownHosts, replacements, log } = this.#context;
    const { user } = this.#voice;
    try {
      await knownHosts.refresh();
      const p = knownHosts.look(this.#place, key);
      if (p.verdict === "other" && replacements.isAccepted(user, this.#place, key)) {
        await knownHosts.replace(this.#place, key, new Date());
        replacements.done(user, this.#place, key);
        const old = p.known[0]?.key.sha256;
        this.#audit({
          event: "hostkey.replaced",
          outcome: "ok",
          target: this.#target,
          old,
          new: key.sha256,
          store: "proxy",
        });
      } else await knownHosts.learn(this.#place, key, new Date());
    } catch (error) {
      log("error", "hostkey.not_stored", { error: error instanceof Error ? error.message : "unknown" });
    }
  }

  /** Further keys of a host that this proxy knows: stored beside the one it has, never in its place [S50]. */
  async #announced(keys: readonly HostKey[]): Promise<void> {
    if (this.#demo !== undefined) return;
    const { knownHosts, log } = this.#context;
    try {
      for (const key of keys) {
        if (!(await knownHosts.add(this.#place, key, new Date()))) continue;
        this.#audit({ event: "hostkey.added", outcome: "ok", target: this.#target, new: key.sha256, store: "proxy" });
      }
    } catch (error) {
      log("error", "hostkey.not_stored", { error: error instanceof Error ? error.message : "unknown" });
    }
  }

  #refusedChannel(kind: ChannelKind, more: number): void {
    const suppressed = more === 0 ? undefined : more;
    this.#audit({ event: "channel.refused", outcome: "refused", target: this.#target, kind, suppressed });
  }

  /** The page checks the host's signature itself, before anything is authenticated [S47]. */
  async #release({ hostKey, signature, sessionId, algorithm }: HostProof): Promise<Failure | undefined> {
    // The process that made a simulated device pinned its key, and logs nobody in there [S42].
    if (this.#demo !== undefined) return undefined;
    const { device, session_id } = this.#voice.message;
    const proof = {
      stage: "proof" as const,
      ...this.#where(),
      host_key: hostKey,
      signature: signature.toString("base64"),
      ssh_session_id: sessionId.toString("base64"),
      algorithm,
    };
    const make = (id: string) => sessionFrame(device, session_id, "host_key", proof, { id });
    const reply = await this.#question<"host_key_reply">(make, "trust");
    if (reply === undefined) return failure("host_key_unknown", undefined, "the page did not check the host's proof");
    if (reply.trust) return undefined;
    const reason = reply.failed ?? "unnamed";
    this.#audit({
      event: "hostkey.mismatch",
      outcome: "refused",
      target: this.#target,
      new: hostKey.sha256,
      store: "browser",
      reason,
    });
    const text = `refused by the page: ${reason}`;
    // Of telemetry, whose host the page is not asked about [S49]; neither is the device's misbehaviour.
    if (reason === "not_verified") return failure("host_key_unknown", "not_verified", text);
    if (reason === "other_key") return failure("host_key_changed", undefined, text);
    return failure("device_misbehaved", "bad_signature", text);
  }

  /** The page's keys for this hop, then those of the proxy's agent that the person consents to [S52] [S60]. */
  async #keys(): Promise<readonly SigningKey[]> {
    const { auth } = this.#voice.message.payload;
    const own = (auth?.keys ?? []).filter(({ hop, algorithm }) => hop === this.#hop.index && isKeyType(algorithm));
    const pageKeys = own.map((key): SigningKey => {
      const publicKey = Buffer.from(key.public_key, "base64");
      const { id, algorithm: type } = key;
      return { id, type, publicKey, sign: (blob, algorithm) => this.#sign(key.id, type, publicKey, algorithm, blob) };
    });
    return [...pageKeys, ...(await this.#agentKeys(auth?.agent ?? []))];
  }

  async #sign(id: string, type: string, publicKey: Buffer, algorithm: string, blob: Buffer): Promise<SignAnswer> {
    const { device, session_id } = this.#voice.message;
    const key = fingerprintOf(publicKey);
    const request = {
      hop: this.#hop.index,
      key: id,
      public_key: publicKey.toString("base64"),
      algorithm,
      blob: blob.toString("base64"),
    };
    const reply = await this.#voice.questions.ask((re) =>
      sessionFrame(device, session_id, "sign", request, { id: re }),
    );
    const { signature, refused } = (reply ?? {}) as Reply<"sign_reply">;
    const bytes = signature === undefined ? undefined : Buffer.from(signature, "base64");
    if (bytes === undefined || !hasSignatureShape(type, bytes)) {
      const check = bytes === undefined ? (refused ?? "unanswered") : "malformed";
      this.#audit({ event: "sign.refused", outcome: "refused", target: this.#target, key, check });
      return { refused: check };
    }
    this.#audit({ event: "sign.granted", outcome: "ok", target: this.#target, key });
    return { signature: bytes };
  }

  async #agentKeys(hops: readonly number[]): Promise<readonly SigningKey[]> {
    const { agentSocket } = this.#context;
    if (agentSocket === undefined || !hops.includes(this.#hop.index)) return [];
    const found = await agentKeys(agentSocket);
    if (found.length === 0) return [];
    const { device, session_id } = this.#voice.message;
    const { index: hop, host, user } = this.#hop;
    const keys = found.map(({ type, sha256, comment }) => ({ type, sha256, comment }));
    const make = (id: string) => sessionFrame(device, session_id, "agent_consent", { hop, host, user, keys }, { id });
    const reply = await this.#question<"agent_reply">(make, "keys");
    const granted = found.filter(({ sha256 }) => reply?.keys.includes(sha256) === true);
    for (const { sha256 } of granted) {
      this.#audit({ event: "sign.granted", outcome: "ok", target: this.#target, key: sha256, check: "agent_consent" });
    }
    return granted.map((key) => ({ ...key, sign: (blob, algorithm) => this.#agentSign(key, blob, algorithm) }));
  }

  /** The proxy asks its own agent, so it sees each signature [S60] [S93]. */
  async #agentSign(key: AgentKey, blob: Buffer, algorithm: string): Promise<SignAnswer> {
    const answer = await key.sign(blob, algorithm);
    const fields = { target: this.#target, key: key.sha256 };
    if ("refused" in answer)
      this.#audit({ event: "sign.refused", outcome: "refused", ...fields, check: answer.refused });
    else this.#audit({ event: "sign.granted", outcome: "ok", ...fields, check: "agent" });
    return answer;
  }

  readonly #ask: AskAuth = async (question) => {
    const paused = this.#pass.pause();
    // Whoever has just been refused hears of that, and when to come again.
    if (paused !== undefined) return { failure: this.#refusals > 0 ? { ...paused, reason: "rejected" } : paused };
    const { device, session_id } = this.#voice.message;
    const { index: hop, host, user } = this.#hop;
    const asked = { ...question, hop, host, user };
    const make = (id: string) => sessionFrame(device, session_id, "auth_prompt", asked, { id });
    const reply = await this.#question<"auth_reply">(make, "answers");
    if (reply === undefined) return this.#voice.signal.aborted ? "cancelled" : "nobody";
    if (reply.cancelled === true) return "cancelled";
    // Another connect may have used up the tries meanwhile: this answer would be one more.
    const late = this.#pass.pause();
    return late === undefined ? { answers: reply.answers } : { failure: late };
  };

  #audit(entry: Parameters<SessionContext["audit"]["write"]>[0]): void {
    this.#context.audit.write({ ...this.#voice.who(), ...entry });
  }
}
