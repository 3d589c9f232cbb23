import { sessionFrame } from "#protocol/builders.ts";
import type { Down } from "#protocol/down.ts";
import type { ShellSessionId } from "#protocol/ids.ts";
import { AUTH_KEYS_MAX } from "#protocol/limits.ts";
import { KEYS_PER_HOP_MAX, type LoginChoice } from "#protocol/local-secrets.ts";
import type { ConnectAuth } from "#protocol/messages/connect.ts";
import type { DeviceRecord } from "#protocol/messages/devices.ts";
import type { ErrorPayload } from "#protocol/messages/error.ts";
import type { HostKey } from "#protocol/messages/target.ts";
import type { Up } from "#protocol/up.ts";
import type { Credentials } from "../credentials.ts";
import type { HostEnv } from "../host-env.ts";
import type { LinkHub } from "../link-hub.ts";
import type { Vault } from "../vault/vault.ts";
import type { BoundTarget } from "../vault/vault-entry.ts";
import { AgentConsents, agentHops } from "./agent-consents.ts";
import { isSameWay, wayOf } from "./bound-way.ts";
import { base64 } from "./bytes.ts";
import { checkHostProof, isSameKey } from "./host-proof.ts";
import { signWith } from "./key-handles.ts";
import type { KeyRing } from "./key-ring.ts";
import { factsFor, hopsOf, type LoginAttempt, type Offered } from "./login-attempt.ts";
import type { LoginChoices } from "./login-choices.ts";
import { KEY_REFUSED, loginMoved, REFUSALS } from "./login-words.ts";
import { MetKeys } from "./met-keys.ts";
import { refusalOf } from "./proof-refusal.ts";
import { checkSignRequest, type SignRefusal } from "./sign-gate.ts";
import { placesOf } from "./tablet-pins.ts";

export type LoginDeps = {
  env: Pick<HostEnv, "crypto" | "now">;
  hub: Pick<LinkHub, "send">;
  secrets: { vault: Pick<Vault, "phase" | "use">; keys: Pick<KeyRing, "use">; choices: LoginChoices };
  credentials: Credentials;
  isVisible(): boolean;
  /** For the person: what was refused, and why [S53]. */
  note(device: string, error: ErrorPayload): void;
};

/** How the device's terminal logged in: telemetry goes the same way. */
export type TerminalLogin = {
  via_host_keys?: readonly HostKey[] | undefined;
  auth_key?: string | undefined;
  auth_method?: string | undefined;
  record?: DeviceRecord | undefined;
  login?: LoginChoice | undefined;
};

/** What a connect says about logging in; no secret is in it. */
export type LoginPlan = { auth: ConnectAuth; pins: HostKey[]; via_pins: HostKey[][]; passwordHeld: boolean };

/**
 * Logs in on behalf of the person: offers keys, checks what the handshake proved and signs, each only for a connect that
 * this page began, on the host it was meant for [S47] [S52] [S53] [S54].
 */
export class LoginDesk {
  readonly #deps: LoginDeps;
  readonly #attempts = new Map<string, LoginAttempt>();
  /** Questions about host keys that wait for the person, by id. */
  readonly #asked = new Map<string, { attempt: LoginAttempt; hop: number; host_key: HostKey }>();
  /** The key that opened the device's terminal, alone or with a further factor: telemetry logs in with that one [S59]. */
  readonly #opened = new Map<string, string>();
  /** The method that let the device's terminal in. */
  readonly #method = new Map<string, string>();
  readonly #met: MetKeys;
  /** Where the device's terminal is: not where the list says by now [S67]. */
  readonly #at = new Map<string, DeviceRecord>();
  readonly #agent: AgentConsents;

  constructor(deps: LoginDeps) {
    this.#deps = deps;
    this.#agent = new AgentConsents(deps.hub);
    this.#met = new MetKeys(deps.secrets.choices.pins);
  }

  /** A connect is about to be sent. `pin`: the one key that ssh2 may meet [S49]. */
  async begin(session_id: ShellSessionId, record: DeviceRecord, pin?: HostKey): Promise<LoginPlan> {
    const { env, secrets, credentials } = this.#deps;
    const { choice, moved } = secrets.choices.for(record.id, wayOf(record.target));
    if (moved !== undefined && session_id === "ssh1") this.#deps.note(record.id, loginMoved(moved, record));
    const held = await this.#met.ofTerminal(record);
    const known = session_id === "ssh1" ? held : await this.#met.ofTelemetry(record, pin);
    const hops = hopsOf(record, held, known, pin);
    const offered = this.#offers(session_id, record, choice.keys, choice.via_keys);
    const agent = isSimulated(record) ? [] : agentHops([...viaKeysOf(record, choice.via_keys), choice.keys]);
    if (session_id === "ssh1") this.#agent.begin(record.id);
    this.#attempts.set(nameOf(record.id, session_id), {
      device: record.id,
      session_id,
      started_at: env.now(),
      record,
      hops,
      offered,
      agent,
      sign_hidden: choice.sign_hidden,
    });
    if (session_id === "ssh1") {
      credentials.beginHops(record.id);
      await this.#offerPassword(record, choice.password);
    }
    await this.#offerHopPasswords(session_id, record, choice.via_passwords ?? []);
    if (session_id === "ssh2") await this.#offerStored(record, choice.password);
    const keys = offered.map(({ hop, id, type, key }) => ({ id, hop, algorithm: type, public_key: base64(key.blob) }));
    return {
      auth: { keys, proof: true, agent },
      // A simulated device is pinned by the proxy that runs it, and gets nothing [S42].
      pins: isSimulated(record) ? [...record.pins] : (known.at(-1) ?? []),
      via_pins: known.slice(0, -1),
      passwordHeld: credentials.hasForm(record.id),
    };
  }

  #offers(
    session_id: ShellSessionId,
    record: DeviceRecord,
    keys: readonly string[],
    viaKeys: readonly (readonly string[])[],
  ): Offered[] {
    const { host, port, user, via } = record.target;
    const own = session_id === "ssh2" ? this.#againWith(record.id, keys) : keys;
    const ofVia = viaKeysOf(record, viaKeys);
    const hops = [...via.map((hop, at) => ({ ...hop, ids: ofVia[at] ?? [] })), { host, port, user, ids: own }];
    const offered = hops.flatMap(({ ids, ...hop }, at) => {
      const device = at === via.length ? record.id : undefined;
      return ids.slice(0, KEYS_PER_HOP_MAX).flatMap((id) => {
        const key = this.#deps.secrets.keys.use(id, { device, ...hop });
        return key === undefined ? [] : [{ hop: at, id, type: key.type, key }];
      });
    });
    return offered.slice(0, AUTH_KEYS_MAX);
  }

  /** What opened the terminal, and nothing else: a key that fails counts as a failed login, after a password as well [S59]. */
  #againWith(device: string, keys: readonly string[]): readonly string[] {
    const opened = this.#opened.get(device);
    if (opened !== undefined) return keys.filter((id) => id === opened);
    const method = this.#method.get(device);
    return method === undefined || method === "publickey" ? keys : [];
  }

  /** The vault's password takes the form's place, where the person typed none. */
  async #offerPassword(record: DeviceRecord, entry: string | undefined): Promise<void> {
    const { credentials } = this.#deps;
    if (entry === undefined || credentials.hasForm(record.id)) return;
    const { host, port, user } = record.target;
    const password = await this.#passwordFor(entry, { device: record.id, host, port, user });
    if (password !== undefined) credentials.offer(record.id, password);
  }

  async #passwordFor(entry: string, target: BoundTarget): Promise<string | undefined> {
    const { vault } = this.#deps.secrets;
    const found = await vault.use(entry, target);
    // Locked while it was read: nothing of it is held [S70].
    return found?.kind === "password" && vault.phase === "unlocked" ? found.secret : undefined;
  }

  /** After a reload or a lock telemetry has the vault's password, if the terminal got in by one, at this very target [S59]. */
  async #offerStored({ id, target }: DeviceRecord, entry: string | undefined): Promise<void> {
    const at = this.#at.get(id);
    const isThere = at !== undefined && isSameWay(wayOf(at.target), wayOf(target));
    if (entry === undefined || !isThere || this.#method.get(id) !== "password") return;
    const { host, port, user, via } = target;
    const password = await this.#passwordFor(entry, { device: id, host, port, user });
    if (password !== undefined) this.#deps.credentials.offerStored(id, via.length, password);
  }

  /** The vault's passwords for the jump hosts: each may be used where the entry is bound to, and nowhere else [S67] [S39]. */
  async #offerHopPasswords(
    session_id: ShellSessionId,
    { id, target }: DeviceRecord,
    entries: readonly (string | null)[],
  ): Promise<void> {
    const { credentials } = this.#deps;
    credentials.dropHops(id, session_id);
    for (const [hop, { host, port, user }] of target.via.entries()) {
      const entry = entries[hop] ?? null;
      const password = entry === null ? undefined : await this.#passwordFor(entry, { host, port, user });
      if (password !== undefined) credentials.offerHop(id, session_id, hop, password);
    }
  }

  /** Takes what is for this desk; true when nobody else needs to hear of it. */
  hears(message: Down): boolean {
    switch (message.action) {
      case "host_key":
        if (message.payload.stage === "ask") return !this.#ask(message);
        void this.#prove(message);
        return true;
      case "sign":
        void this.#sign(message);
        return true;
      case "agent_consent": {
        const { device, session_id, payload } = message;
        const wanted = this.#attempts.get(nameOf(device, session_id))?.agent.includes(payload.hop) === true;
        return this.#agent.hears(message, wanted);
      }
      case "connected":
        this.#connected(message);
        return false;
      case "error":
        if (message.session_id === "ssh1" || message.session_id === "ssh2") {
          this.#over(message.device, message.session_id);
        }
        return false;
      default:
        return false;
    }
  }

  /**
   * A host key that the person is asked about; false: it is refused without them. A host with a key that this tablet trusts
   * is never asked about [S48], nor is telemetry about another key than the terminal's [S49], nor a host that is not on the way.
   */
  #ask({ device, session_id, id, payload }: Down<"host_key">): boolean {
    const attempt = this.#attempts.get(nameOf(device, session_id));
    const { host_key, host, port } = payload;
    const hop = attempt?.hops[payload.hop];
    if (id === undefined || attempt === undefined || hop === undefined) return true;
    const changed = hop.pins.length > 0 || (hop.only !== null && !isSameKey(hop.only, host_key));
    if (!changed && hop.host === host && hop.port === port) {
      this.#asked.set(id, { attempt, hop: payload.hop, host_key });
      return true;
    }
    this.#deps.hub.send(sessionFrame(device, session_id, "host_key_reply", { trust: false }, { re: id }));
    const shown = { known: hop.pins.map(({ sha256 }) => sha256), offered: host_key.sha256, type: host_key.type };
    this.#deps.note(device, {
      code: "host_key_changed",
      retry: "user",
      hop: payload.hop,
      host_keys: shown,
      detail: KEY_REFUSED,
    });
    return false;
  }

  /** The person's answer. */
  replied({ re, payload }: Pick<Up<"host_key_reply">, "re" | "payload">): void {
    const asked = re === undefined ? undefined : this.#asked.get(re);
    if (re === undefined || asked === undefined) return;
    this.#asked.delete(re);
    const hop = asked.attempt.hops[asked.hop];
    if (payload.trust && hop !== undefined) hop.trusted = asked.host_key;
  }

  /** The person's answer about the agent of the proxy's host [S60]. */
  agentReplied(reply: Pick<Up<"agent_reply">, "re" | "payload">): void {
    this.#agent.replied(reply);
  }

  /** Checks what the proxy shows of a handshake, and says so: before that it gets neither answers nor signatures [S47]. */
  async #prove({ device, session_id, id, payload }: Down<"host_key">): Promise<void> {
    const { env, hub } = this.#deps;
    const attempt = this.#attempts.get(nameOf(device, session_id));
    const hop = attempt?.hops[payload.hop];
    const known = [...(hop?.pins ?? []), ...(hop?.trusted ? [hop.trusted] : [])];
    const result = await checkHostProof(env.crypto.subtle, payload, known);
    const { failed, note } = refusalOf(session_id, hop, payload.host_key, result);
    if (hop !== undefined && result.ok) Object.assign(hop, { proved: result.session_id, proved_key: result.host_key });
    if (note !== undefined) this.#deps.note(device, { ...note, hop: payload.hop });
    const reply = { trust: failed === undefined, ...(failed === undefined ? {} : { failed }) };
    hub.send(sessionFrame(device, session_id, "host_key_reply", reply, { re: id }));
  }

  /** Whether answers may go to this host: its handshake was verified here [S47]. */
  mayAnswer(device: string, session_id: ShellSessionId, hop: number): boolean {
    const attempt = this.#attempts.get(nameOf(device, session_id));
    if (attempt === undefined) return false;
    return isSimulated(attempt.record) || (attempt.hops[hop]?.proved ?? null) !== null;
  }

  /** Signs, or says which check did not hold [S53]. */
  async #sign({ device, session_id, id, payload }: Down<"sign">): Promise<void> {
    const { env, hub, secrets } = this.#deps;
    const answer = (reply: Up<"sign_reply">["payload"]): void => {
      hub.send(sessionFrame(device, session_id, "sign_reply", reply, { re: id }));
    };
    const refuse = (failed: SignRefusal): void => {
      answer({ refused: failed });
      this.#deps.note(device, {
        code: "auth_failed",
        reason: "sign_refused",
        retry: "user",
        detail: REFUSALS[failed],
      });
    };
    const attempt = this.#attempts.get(nameOf(device, session_id));
    const now = { now: env.now(), visible: this.#deps.isVisible(), unlocked: secrets.vault.phase !== "locked" };
    const verdict = checkSignRequest(payload, factsFor(attempt, payload.hop, now));
    if (!verdict.ok) return refuse(verdict.failed);
    const hop = attempt?.hops[payload.hop];
    const offered = attempt?.offered.find((one) => one.hop === payload.hop && one.key.blob === verdict.key);
    if (hop === undefined || offered === undefined) return refuse("key");
    // Counted before the signature exists: a second request meanwhile is the next one.
    hop.signed++;
    const signature = await signWith(env.crypto.subtle, offered.key, payload.algorithm, verdict.data);
    if (signature === undefined) return refuse("algorithm");
    answer({ signature: base64(signature) });
  }

  /** The session is open: the attempt is over, and what was trusted and proved is remembered. */
  #connected({ device, session_id, payload }: Down<"connected">): void {
    const attempt = this.#over(device, session_id);
    if (attempt === undefined) return;
    if (session_id === "ssh1") {
      if (payload.auth_key === undefined) this.#opened.delete(device);
      else this.#opened.set(device, payload.auth_key);
      this.#method.set(device, payload.auth_method);
      this.#met.proved(device, attempt.hops);
      this.#at.set(device, attempt.record);
    }
    this.#noteDates(attempt);
    const places = placesOf(attempt.record.target);
    for (const [at, { trusted, proved_key }] of attempt.hops.entries()) {
      const place = places[at];
      const isProved = trusted !== null && proved_key !== null && isSameKey(trusted, proved_key);
      if (isProved && place !== undefined) void this.#deps.secrets.choices.pins.add(place, trusted);
    }
  }

  /** Of every host of the way whose handshake was verified here [S48]. */
  #noteDates({ hops }: LoginAttempt): void {
    for (const hop of hops) {
      if (hop.proved_key === null) continue;
      void this.#deps.secrets.choices.dates.met(hop, hop.proved_key.sha256, this.#deps.env.now());
    }
  }

  /** The connect that is on its way, as it was begun. */
  attemptOf(device: string, session_id: ShellSessionId): LoginAttempt | undefined {
    return this.#attempts.get(nameOf(device, session_id));
  }

  /** The record that the device's terminal was opened with; undefined where this tablet did not open it. */
  openedAs(device: string): DeviceRecord | undefined {
    return this.#at.get(device);
  }

  /** What an earlier page of this tablet learned of the terminal that is taken up again [S49] [S59]. */
  recall(device: string, { via_host_keys, auth_key, auth_method, record, login }: TerminalLogin): void {
    if (login !== undefined) this.#deps.secrets.choices.recallOnce(device, login, record && wayOf(record.target));
    if (via_host_keys !== undefined) this.#met.recalled(device, via_host_keys);
    if (record !== undefined) this.#at.set(device, record);
    if (auth_key !== undefined) this.#opened.set(device, auth_key);
    if (auth_method !== undefined) this.#method.set(device, auth_method);
  }

  /** The workspace is closed. */
  forget(device: string): void {
    this.#over(device, "ssh1");
    this.#over(device, "ssh2");
    this.#opened.delete(device);
    this.#method.delete(device);
    this.#met.forget(device);
    this.#at.delete(device);
    this.#agent.begin(device);
    this.#deps.secrets.choices.closed(device);
  }

  #over(device: string, session_id: ShellSessionId): LoginAttempt | undefined {
    const name = nameOf(device, session_id);
    const attempt = this.#attempts.get(name);
    this.#attempts.delete(name);
    this.#deps.credentials.dropHops(device, session_id);
    for (const [id, asked] of this.#asked) if (asked.attempt === attempt) this.#asked.delete(id);
    return attempt;
  }
}

/** Simulated devices are pinned by the proxy that runs them and log nobody in [S42]: there is nothing to prove. */
function isSimulated({ target }: DeviceRecord): boolean {
  return target.host.startsWith("demo:");
}

/** As many as there are jump hosts. */
function viaKeysOf({ target }: DeviceRecord, keys: readonly (readonly string[])[]): readonly (readonly string[])[] {
  return target.via.map((_, at) => keys[at] ?? []);
}

const nameOf = (device: string, session_id: ShellSessionId): string => `${device} ${session_id}`;
