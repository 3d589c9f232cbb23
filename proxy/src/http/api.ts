/** The few requests beside the socket: who am I, pair, sign out [S7] [S8] [S11] [S21]. */
import type { IncomingMessage, ServerResponse } from "node:http";
import * as v from "valibot";
import { Base64Url, ClientId } from "#protocol/ids.ts";
import type { LimitValues } from "../config/limits-schema.ts";
import { RateLimit } from "../rate-limit.ts";
import { clearCookie, readCookie, setCookie } from "../sign-in/cookie.ts";
import type { SignIn } from "../sign-in/sign-in.ts";
import { fieldOf } from "../state-file.ts";
import { readJsonBody } from "./read-body.ts";
import { sendJson } from "./responses.ts";
import { originOf, type Site } from "./served-names.ts";

const PairBody = v.object({
  code: v.pipe(v.string(), v.minLength(1), v.maxLength(64)),
  public_key: v.pipe(Base64Url(512), v.minLength(1)),
  label: v.pipe(v.string(), v.trim(), v.minLength(1), v.maxLength(128), v.regex(/^[^\p{Cc}\p{Cf}]*$/u)),
  client_id: ClientId,
  sig: Base64Url(128),
});

type Request = { req: IncomingMessage; res: ServerResponse; site: Site; address: string };

const PAIR_TEXTS = {
  pair_invalid: "The code is wrong. Check it, or ask for a new one on the proxy's console: rackside pair",
  pair_used: "This code was used already. Ask for a new one on the proxy's console: rackside pair",
  pair_expired: "This code has expired. Ask for a new one on the proxy's console: rackside pair",
} as const;

export class Api {
  readonly #signIn: SignIn;
  readonly #perAddress: RateLimit;
  readonly #inAll: RateLimit;

  constructor(signIn: SignIn, limits: LimitValues) {
    this.#signIn = signIn;
    this.#perAddress = new RateLimit(limits.pairings_per_address_per_min, limits.pairings_per_address_per_min);
    this.#inAll = new RateLimit(limits.pairings_per_min, limits.pairings_per_min);
  }

  async handle(path: string, request: Request): Promise<void> {
    const { req, res, site } = request;
    const route = `${req.method} ${path}`;
    if (route === "GET /api/me") await this.#me(request);
    else if (route === "POST /api/pair") await this.#pair(request);
    else if (route === "POST /api/sign-out") await this.#signOut(request);
    else sendJson(res, site, 404, { code: "not_found" });
  }

  async #me({ req, res, site, address }: Request): Promise<void> {
    const verdict = this.#signIn.whois(readCookie(req.headers.cookie, site.scheme));
    if (!verdict.ok) return sendJson(res, site, 401, { reason: verdict.reason });
    const { client } = verdict;
    const renewed = await this.#signIn.seen(client, address);
    const headers: Record<string, string> =
      renewed === undefined ? {} : { "Set-Cookie": setCookie(renewed, site.scheme) };
    return sendJson(res, site, 200, { user: client.user, label: client.label, client_id: client.client_id }, headers);
  }

  async #pair({ req, res, site, address }: Request): Promise<void> {
    const wait = this.#perAddress.take(address) || this.#inAll.take("all");
    if (wait > 0) {
      return sendJson(
        res,
        site,
        429,
        { code: "limit", reason: "rate", retry_after_s: wait },
        { "Retry-After": `${wait}` },
      );
    }
    const body = await readJsonBody(req);
    if (!body.ok) return sendJson(res, site, body.status, { code: "invalid" }, { Connection: "close" });
    const parsed = v.safeParse(PairBody, body.value);
    if (!parsed.success) {
      const field = fieldOf(parsed.issues[0]) || "body";
      return sendJson(res, site, 400, { code: "invalid", field });
    }
    const answer = await this.#signIn.pair(parsed.output, originOf(site), address);
    if (!answer.ok) {
      const { ok: _, ...rest } = answer;
      return sendJson(res, site, 403, { ...rest, text: PAIR_TEXTS[answer.code] });
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

  async #signOut({ req, res, site }: Request): Promise<void> {
    const verdict = this.#signIn.whois(readCookie(req.headers.cookie, site.scheme));
    if (verdict.ok) await this.#signIn.revoke(verdict.client.client_id);
    sendJson(res, site, 200, {}, { "Set-Cookie": clearCookie(site.scheme) });
  }
}
