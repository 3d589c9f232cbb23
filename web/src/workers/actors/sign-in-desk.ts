import type { PairOutcome, WhoAmI } from "#machines/sign-in.machine.ts";
import type { Result } from "#protocol/local-messages.ts";
import type { ErrorPayload } from "#protocol/messages/error.ts";
import type { HostEnv } from "../host-env.ts";
import type { ClientIdentity } from "../storage/client-identity.ts";
import type { TabletLeaving } from "../tablet-leaving.ts";

/** Asks the proxy over HTTP who this client is, pairs it and signs it out [S7] [S21]. */
export class SignInDesk {
  readonly #env: HostEnv;
  readonly #identity: ClientIdentity;
  readonly #leaving: Pick<TabletLeaving, "leave" | "forgotten">;
  #keepSecrets = false;
  /** Waits here, outside of all machines, for the attempt that uses it [S72]. */
  #code: { code: string; label: string } | null = null;

  /** `leaving` empties the tablet's storage after a sign-out. */
  constructor(env: HostEnv, identity: ClientIdentity, leaving: Pick<TabletLeaving, "leave" | "forgotten">) {
    this.#env = env;
    this.#leaving = leaving;
    this.#identity = identity;
  }

  offer(code: string, label: string): void {
    this.#code = { code, label };
  }

  /** The cookie and the key belong together: a cookie for another client is worth nothing here [S9]. */
  async whoAmI(): Promise<WhoAmI> {
    const { client } = this.#identity;
    const known = client === undefined ? null : { user: client.user, label: client.label };
    const answer = await this.#ask("/api/me");
    // Only 200 and 401 say who this client is; what stands in between says nothing about its pairing.
    if (answer === undefined || (answer.status !== 200 && answer.status !== 401)) return { who: "unreachable", known };
    if (answer.status === 200) {
      const { user, label, client_id } = answer.body;
      const own = client !== undefined && client_id === client.client_id;
      if (own && answer.body.renew === true) await this.#renew(text(answer.body.nonce));
      return own ? { who: "paired", user: text(user), label: text(label) } : { who: "unpaired" };
    }
    return client !== undefined && answer.body.reason === "client_revoked" ? { who: "revoked" } : { who: "unpaired" };
  }

  /** The browser takes the new cookie from the answer. One that fails is due again the next time: the old one counts. */
  async #renew(nonce: string): Promise<void> {
    await this.#ask("/api/renew", { sig: await this.#identity.signRenewal(nonce) });
  }

  async pair(): Promise<PairOutcome> {
    const offered = this.#code;
    this.#code = null;
    if (offered === null) return { ok: false, error: { code: "invalid", reason: "no_code", retry: "user" } };
    const draft = await this.#identity.draft(offered.code, offered.label);
    const answer = await this.#ask("/api/pair", draft.body);
    if (answer === undefined) return { ok: false, error: { code: "offline", retry: "yes" } };
    if (answer.status !== 200) return { ok: false, error: refusal(answer) };
    const user = text(answer.body.user);
    await draft.keep(user);
    return { ok: true, user, label: text(answer.body.label) };
  }

  /** Said with the wish to sign out: vault, keys and logins stay on the tablet. */
  keepsSecrets(keep: boolean): void {
    this.#keepSecrets = keep;
  }

  async signOut(): Promise<Result> {
    const answer = await this.#sayGoodbye();
    if (answer === undefined) return { ok: false, error: { code: "offline", retry: "yes" } };
    if (answer.status !== 200 && answer.status !== 401) return { ok: false, error: refusal(answer) };
    await this.#leaving.leave(this.#keepSecrets);
    return { ok: true };
  }

  /** The passphrase of the vault is forgotten: the tablet is left, even if the proxy cannot be told [S70]. */
  forgotten(): Promise<void> {
    return this.#leaving.forgotten(() => this.#sayGoodbye());
  }

  /** Undefined: the proxy cannot be reached. */
  async #sayGoodbye(): Promise<Answer | undefined> {
    const me = await this.#ask("/api/me");
    // A proxy that does not know this client (any more) has nothing left to sign out of.
    const known = me?.status !== 200 || me.body.client_id === this.#identity.client?.client_id;
    if (!known) return { status: 401, body: {} };
    return me?.status === 200 ? this.#signOutBy(text(me.body.nonce)) : me;
  }

  /** The request is signed: a cookie alone is worth nothing [S9]. */
  async #signOutBy(nonce: string): Promise<Answer | undefined> {
    return this.#ask("/api/sign-out", { sig: await this.#identity.signSignOut(nonce) });
  }

  /** Undefined: the proxy cannot be reached. */
  async #ask(path: string, body?: unknown): Promise<Answer | undefined> {
    try {
      const init: RequestInit = { credentials: "same-origin", cache: "no-store" };
      const response = await this.#env.fetch(
        `${this.#env.origin}${path}`,
        body === undefined
          ? init
          : {
              ...init,
              method: "POST",
              headers: { "Content-Type": "application/json" },
              body: JSON.stringify(body),
            },
      );
      const parsed: unknown = await response.json().catch(() => ({}));
      const fields = typeof parsed === "object" && parsed !== null ? (parsed as Fields) : {};
      return { status: response.status, body: fields };
    } catch {
      return undefined;
    }
  }
}

/** Fields of the proxy's answers; each is checked where it is used. */
type Fields = Partial<
  Readonly<
    Record<"user" | "label" | "client_id" | "reason" | "code" | "text" | "retry_after_s" | "nonce" | "renew", unknown>
  >
>;
type Answer = { status: number; body: Fields };

/** The proxy's refusal as a session error; its own code is the reason that texts are looked up by. */
function refusal({ status, body }: Answer): ErrorPayload {
  const code = text(body.code) || `http_${status}`;
  const retryAfter = body.retry_after_s;
  return {
    code: code === "limit" ? "limit" : "auth_failed",
    reason: code === "limit" ? "rate" : code,
    retry: "user",
    ...(typeof body.text === "string" ? { detail: body.text } : {}),
    ...(typeof retryAfter === "number" ? { retry_after_s: retryAfter } : {}),
  };
}

function text(value: unknown): string {
  return typeof value === "string" ? value : "";
}
