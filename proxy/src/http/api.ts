/** The few requests beside the socket: who am I, which certificates, pair, renew the cookie, sign out [S7] [S8] [S11] [S21]. */
import type { IncomingMessage, ServerResponse } from "node:http";
import * as v from "valibot";
import { Base64Url, ClientId } from "#protocol/ids.ts";
import { ClientLabel } from "#protocol/messages/clients.ts";
import type { LimitValues } from "../config/limits-schema.ts";
import type { Identity } from "../identity/identity.ts";
import { rateKey } from "../rate-key.ts";
import { RateLimit } from "../rate-limit.ts";
import { clearCookie, setCookie } from "../sign-in/cookie.ts";
import type { Admission, PairAnswer, SignIn } from "../sign-in/sign-in.ts";
import { fieldOf } from "../state-file.ts";
import type { TlsFacts } from "../tls/certificate-facts.ts";
import { readJsonBody } from "./read-body.ts";
import { sendJson } from "./responses.ts";
import { originOf, type Site } from "./served-names.ts";

const PairBody = v.object({
  code: v.pipe(v.string(), v.minLength(1), v.maxLength(64)),
  public_key: v.pipe(Base64Url(512), v.minLength(1)),
  label: ClientLabel,
  client_id: ClientId,
  sig: Base64Url(128),
});

/** A request that is signed over the nonce of `/api/me`. */
const SignedBody = v.object({ sig: Base64Url(128) });

export type ApiRequest = {
  req: IncomingMessage;
  res: ServerResponse;
  site: Site;
  /** Where it comes from, behind reverse proxies that are trusted. */
  address: string;
  who: Admission;
  cookie: string | undefined;
  /** Whom the reverse proxy named [S13]. */
  identity: Identity | undefined;
};

/** What the page does not know by the code alone [S6] [S10]; what to do next, it says itself. */
function pairText(answer: Exclude<PairAnswer, { ok: true }>): string {
  switch (answer.code) {
    case "pair_invalid":
      if (answer.tries_left === 0) return "No tries are left: the codes that were open are worth nothing any more.";
      return answer.tries_left === 1 ? "One try is left." : `${answer.tries_left} tries are left.`;
    case "pair_used":
      return `It was used by “${answer.label}” on ${new Date(answer.at).toISOString().slice(0, 16).replace("T", " ")} UTC.`;
    case "pair_expired":
      return "Codes live for a few minutes only.";
    default:
      return "Sign in at the reverse proxy in front of Rackside first, then pair.";
  }
}

export class Api {
  readonly #signIn: SignIn;
  readonly #bodyMax: number;
  readonly #tls: () => TlsFacts;
  readonly #perAddress: RateLimit;
  readonly #inAll: RateLimit;

  /** `tls` says what the certificates are now [S31]. */
  constructor(signIn: SignIn, limits: LimitValues, tls: () => TlsFacts) {
    this.#tls = tls;
    this.#signIn = signIn;
    this.#bodyMax = limits.http_body_bytes;
    this.#perAddress = new RateLimit(limits.pairings_per_address_per_min, limits.pairings_per_address_per_min);
    this.#inAll = new RateLimit(limits.pairings_per_min, limits.pairings_per_min);
  }

  async handle(path: string, request: ApiRequest): Promise<void> {
    const { req, res, site } = request;
    const route = `${req.method} ${path}`;
    if (route === "GET /api/me") this.#me(request);
    else if (route === "GET /api/tls") this.#certificates(request);
    else if (route === "POST /api/pair") await this.#pair(request);
    else if (route === "POST /api/renew") await this.#renew(request);
    else if (route === "POST /api/sign-out") await this.#signOut(request);
    else sendJson(res, site, 404, { code: "not_found" });
  }

  /** Who the caller is; changes nothing. `nonce` is what a sign-out or a renewal has to sign, `renew`: one is due [S9]. */
  #me({ res, site, who }: ApiRequest): void {
    if (!who.ok) {
      sendJson(res, site, 401, { reason: who.reason });
      return;
    }
    const { client, identity } = who;
    const { user, label, client_id } = client;
    const nonce = this.#signIn.nonceFor(client);
    const renew = this.#signIn.renewalDue(client);
    sendJson(res, site, 200, { user, label, client_id, roles: identity.roles, nonce, renew });
  }

  /** Fingerprints and expiry, for those who are signed in. */
  #certificates({ res, site, who }: ApiRequest): void {
    if (who.ok) sendJson(res, site, 200, this.#tls());
    else sendJson(res, site, 401, { reason: who.reason });
  }

  async #pair({ req, res, site, address, identity }: ApiRequest): Promise<void> {
    const wait = this.#perAddress.take(rateKey(address)) || this.#inAll.take("all");
    if (wait > 0) {
      return sendJson(
        res,
        site,
        429,
        { code: "limit", reason: "rate", retry_after_s: wait },
        { "Retry-After": `${wait}` },
      );
    }
    const body = await readJsonBody(req, this.#bodyMax);
    if (!body.ok) return sendJson(res, site, body.status, { code: "invalid" }, { Connection: "close" });
    const parsed = v.safeParse(PairBody, body.value);
    if (!parsed.success) {
      const field = fieldOf(parsed.issues[0]) || "body";
      return sendJson(res, site, 400, { code: "invalid", field });
    }
    const answer = await this.#signIn.pair(parsed.output, originOf(site), address, identity);
    if (!answer.ok) {
      const { ok: _, ...rest } = answer;
      return sendJson(res, site, answer.code === "auth_required" ? 401 : 403, {
        ...rest,
        text: pairText(answer),
      });
    }
    const { user, label, client_id } = answer.client;
    return sendJson(
      res,
      site,
      200,
      { user, label, client_id },
      { "Set-Cookie": setCookie(answer.cookie, site.scheme) },
    );
  }

  /** Gives this client another cookie, when one is due and the request is signed with the client's key [S8] [S9]. */
  async #renew(request: ApiRequest): Promise<void> {
    const { res, site, cookie, who } = request;
    if (!who.ok) return sendJson(res, site, 401, { reason: who.reason });
    const sig = await this.#signature(request);
    if (sig === undefined) return;
    const done = await this.#signIn.renew(who.client, sig, originOf(site), cookie);
    if (!done.ok) return sendJson(res, site, 403, { code: "bad_signature" });
    const headers: Record<string, string> =
      done.cookie === undefined ? {} : { "Set-Cookie": setCookie(done.cookie, site.scheme) };
    return sendJson(res, site, 200, { renewed: done.cookie !== undefined }, headers);
  }

  /** Signs this client out. A cookie alone is worth nothing: the request is signed with the client's key [S9]. */
  async #signOut(request: ApiRequest): Promise<void> {
    const { res, site, address, who } = request;
    if (!who.ok) {
      return sendJson(res, site, 401, { reason: who.reason }, { "Set-Cookie": clearCookie(site.scheme) });
    }
    const sig = await this.#signature(request);
    if (sig === undefined) return;
    const done = await this.#signIn.signOut(who.client, sig, originOf(site), address);
    if (!done) return sendJson(res, site, 403, { code: "bad_signature" });
    return sendJson(res, site, 200, {}, { "Set-Cookie": clearCookie(site.scheme) });
  }

  /** The signature of a request; undefined: it had none, and was answered. */
  async #signature({ req, res, site }: ApiRequest): Promise<string | undefined> {
    const body = await readJsonBody(req, this.#bodyMax);
    if (!body.ok) {
      sendJson(res, site, body.status, { code: "invalid" }, { Connection: "close" });
      return undefined;
    }
    const parsed = v.safeParse(SignedBody, body.value);
    if (!parsed.success) {
      sendJson(res, site, 400, { code: "invalid", field: "sig" });
      return undefined;
    }
    return parsed.output.sig;
  }
}
