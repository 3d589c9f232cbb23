import { describe, expect, test, vi } from "vitest";
import { signOutClaim } from "#protocol/signing.ts";
import { SignInDesk } from "#workers/actors/sign-in-desk.ts";
import type { HostEnv } from "#workers/host-env.ts";
import { ClientIdentity } from "#workers/storage/client-identity.ts";
import { MemoryStore } from "#workers/storage/tablet-store.ts";

type Reply = { status: number; body: unknown } | "unreachable";

async function setUp(paired: boolean, reply: (path: string, body: unknown) => Reply) {
  const asked: { path: string; body: unknown }[] = [];
  const env = {
    origin: "https://proxy.test",
    crypto: globalThis.crypto,
    now: () => 1,
    fetch: async (url: string, init?: RequestInit) => {
      const path = url.slice("https://proxy.test".length);
      const body: unknown = init?.body === undefined ? undefined : JSON.parse(init.body as string);
      asked.push({ path, body });
      const answer = reply(path, body);
      if (answer === "unreachable") throw new TypeError("Failed to fetch");
      return { status: answer.status, json: async () => answer.body } as Response;
    },
  } as unknown as HostEnv;
  const identity = await ClientIdentity.load(env, new MemoryStore());
  if (paired) await (await identity.draft("c", "tablet")).keep("owner");
  let emptied = false;
  const kept: boolean[] = [];
  const desk = new SignInDesk(env, identity, {
    async leave(keepSecrets) {
      emptied = true;
      kept.push(keepSecrets);
      await identity.forget();
    },
    async forgotten(tell) {
      await tell();
      emptied = true;
      await identity.forget();
    },
  });
  return { desk, identity, asked, emptied: () => emptied, kept };
}
const known = { user: "owner", label: "tablet" };

describe("sign-in desk", () => {
  test("[S9] cookie and key have to belong to one client", async () => {
    const own = await setUp(true, () => ({
      status: 200,
      body: { ...known, client_id: own.identity.client?.client_id },
    }));
    expect(await own.desk.whoAmI()).toEqual({ who: "paired", ...known });
    const foreign = await setUp(true, () => ({ status: 200, body: { ...known, client_id: "someone" } }));
    expect(await foreign.desk.whoAmI()).toEqual({ who: "unpaired" });
    const lost = await setUp(false, () => ({ status: 200, body: { ...known, client_id: "x" } }));
    expect(await lost.desk.whoAmI()).toEqual({ who: "unpaired" });
  });

  test("[S8] [S9] a cookie that is due is renewed with a signature of the client's key; one that fails costs nothing", async () => {
    for (const status of [200, 403, 500]) {
      const { desk, asked, identity } = await setUp(true, (path) =>
        path === "/api/me"
          ? { status: 200, body: { ...known, client_id: identity.client?.client_id, nonce: "n", renew: true } }
          : { status, body: {} },
      );
      expect(await desk.whoAmI()).toEqual({ who: "paired", ...known });
      expect(asked.map(({ path }) => path)).toEqual(["/api/me", "/api/renew"]);
      expect(asked[1]?.body).toEqual({ sig: expect.stringMatching(/^[A-Za-z0-9_-]{86}$/) });
    }
    const foreign = await setUp(true, () => ({ status: 200, body: { client_id: "someone", nonce: "n", renew: true } }));
    await foreign.desk.whoAmI();
    expect(foreign.asked.map(({ path }) => path)).toEqual(["/api/me"]);
  });

  test("[S21] tells revoked, unpaired and unreachable apart", async () => {
    const answers: [boolean, Reply, object][] = [
      [true, { status: 401, body: { reason: "client_revoked" } }, { who: "revoked" }],
      [true, { status: 401, body: { reason: "auth_required" } }, { who: "unpaired" }],
      [false, { status: 401, body: { reason: "client_revoked" } }, { who: "unpaired" }],
      [true, "unreachable", { who: "unreachable", known }],
      [false, "unreachable", { who: "unreachable", known: null }],
      [true, { status: 502, body: null }, { who: "unreachable", known }],
      [true, { status: 429, body: {} }, { who: "unreachable", known }],
      [true, { status: 400, body: { code: "identity_untrusted" } }, { who: "unreachable", known }],
      [true, { status: 403, body: {} }, { who: "unreachable", known }],
    ];
    for (const [paired, reply, expected] of answers) {
      expect(await (await setUp(paired, () => reply)).desk.whoAmI()).toEqual(expected);
    }
  });

  test("[S7] pairs with the code that was offered, once, and keeps the new key only then", async () => {
    const { desk, identity, asked } = await setUp(false, () => ({ status: 200, body: known }));
    desk.offer("the-code", "tablet");
    expect(await desk.pair()).toEqual({ ok: true, ...known });
    expect(asked[0]).toMatchObject({ path: "/api/pair", body: { code: "the-code", label: "tablet" } });
    expect(identity.client).toMatchObject({ label: "tablet", user: "owner" });
    expect(await desk.pair()).toMatchObject({ ok: false, error: { reason: "no_code" } });
  });

  test("a refusal carries the proxy's code, text and waiting time", async () => {
    const used = await setUp(false, () => ({ status: 403, body: { code: "pair_used", text: "used already" } }));
    used.desk.offer("c", "l");
    expect(await used.desk.pair()).toEqual({
      ok: false,
      error: { code: "auth_failed", reason: "pair_used", retry: "user", detail: "used already" },
    });
    expect(used.identity.client).toBeUndefined();
    const limited = await setUp(false, () => ({ status: 429, body: { code: "limit", retry_after_s: 9 } }));
    limited.desk.offer("c", "l");
    expect(await limited.desk.pair()).toMatchObject({ error: { code: "limit", reason: "rate", retry_after_s: 9 } });
    const away = await setUp(false, () => "unreachable");
    away.desk.offer("c", "l");
    expect(await away.desk.pair()).toMatchObject({ error: { code: "offline" } });
    const odd = await setUp(false, () => ({ status: 500, body: "<html>" }));
    odd.desk.offer("c", "l");
    expect(await odd.desk.pair()).toMatchObject({ error: { reason: "http_500" } });
  });

  test("[S11] signing out empties the tablet, but only when the proxy agreed", async () => {
    const out = await setUp(true, (path) => ({
      status: 200,
      body: path === "/api/me" ? { client_id: out.identity.client?.client_id, nonce: "n" } : {},
    }));
    expect(await out.desk.signOut()).toEqual({ ok: true });
    expect(out.emptied()).toBe(true);
    const refused = await setUp(true, (path) =>
      path === "/api/me"
        ? { status: 200, body: { client_id: refused.identity.client?.client_id, nonce: "n" } }
        : { status: 403, body: { code: "bad_signature" } },
    );
    expect(await refused.desk.signOut()).toMatchObject({ ok: false, error: { reason: "bad_signature" } });
    expect(refused.emptied()).toBe(false);
    const away = await setUp(true, () => "unreachable");
    expect(await away.desk.signOut()).toMatchObject({ ok: false, error: { code: "offline" } });
    expect(away.emptied()).toBe(false);
  });

  test("[S9] a sign-out is signed over what the proxy gave, with the client's own key", async () => {
    const { desk, asked, identity } = await setUp(true, (path) => ({
      status: 200,
      body: path === "/api/me" ? { client_id: identity.client?.client_id, nonce: "the-nonce" } : {},
    }));
    const expected = signOutClaim({
      nonce: "the-nonce",
      origin: "https://proxy.test",
      client_id: identity.client?.client_id ?? "",
    });
    const signed: Uint8Array[] = [];
    const sign = crypto.subtle.sign.bind(crypto.subtle);
    const spy = vi.spyOn(crypto.subtle, "sign").mockImplementation((algorithm, key, data) => {
      signed.push(new Uint8Array(data as ArrayBuffer));
      return sign(algorithm, key, data);
    });
    await desk.signOut();
    spy.mockRestore();
    expect(signed.map((bytes) => Buffer.from(bytes).toString("hex"))).toEqual([Buffer.from(expected).toString("hex")]);
    expect(asked.map(({ path }) => path)).toEqual(["/api/me", "/api/sign-out"]);
    expect(asked[1]?.body).toEqual({ sig: expect.stringMatching(/^[A-Za-z0-9_-]{86}$/) });
  });

  test("[S11] vault and keys stay only when the person said so; [S70] a forgotten passphrase leaves without the proxy too", async () => {
    const fine = (path: string): Reply => ({ status: 200, body: path === "/api/me" ? { ...known, nonce: "n" } : {} });
    const out = await setUp(true, fine);
    await out.desk.signOut();
    expect(out.kept).toEqual([false]);
    const keeping = await setUp(true, fine);
    keeping.desk.keepsSecrets(true);
    await keeping.desk.signOut();
    expect(keeping.kept).toEqual([true]);
    const away = await setUp(true, () => "unreachable");
    await away.desk.forgotten();
    expect(away.emptied()).toBe(true);
    expect(away.identity.client).toBeUndefined();
  });

  test("[S11] a client that the proxy no longer knows, or whose cookie is another's, leaves nothing behind either", async () => {
    const revoked = await setUp(true, () => ({ status: 401, body: { reason: "client_revoked" } }));
    expect(await revoked.desk.signOut()).toEqual({ ok: true });
    const foreign = await setUp(true, () => ({ status: 200, body: { client_id: "someone", nonce: "n" } }));
    expect(await foreign.desk.signOut()).toEqual({ ok: true });
    expect(foreign.asked.map(({ path }) => path)).toEqual(["/api/me"]);
    expect([revoked.emptied(), foreign.emptied()]).toEqual([true, true]);
  });
});
