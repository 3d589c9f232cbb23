import { describe, expect, test } from "vitest";
import { commands } from "#bridge/commands.ts";
import { errorFrame, linkFrame } from "#protocol/builders.ts";
import type { Up } from "#protocol/up.ts";
import { ProxyRequests } from "#workers/proxy-requests.ts";

function setUp(online = true) {
  const sent: Up[] = [];
  const timers = new Map<number, () => void>();
  const env = {
    crypto: globalThis.crypto,
    setTimeout: (run: () => void) => {
      timers.set(timers.size + 1, run);
      return timers.size;
    },
    clearTimeout: (id: number) => void timers.delete(id),
  };
  const hub = {
    send: (message: Up) => {
      if (online) sent.push(message);
      return online;
    },
  };
  return { requests: new ProxyRequests(env, hub), sent, timers };
}

describe("questions to the proxy", () => {
  test("[S72] the answer goes to the one who asked, and to nobody else", async () => {
    const { requests, sent, timers } = setUp();
    const answer = requests.ask(commands.createPairing());
    const payload = { url: "https://p/#pair=x", code: "ABCD-EFGH", expires_in_s: 600 };
    expect(requests.hears(linkFrame("pairing", payload, { re: sent[0]?.id }))).toBe(true);
    expect(await answer).toEqual({ ok: true, value: payload });
    expect(timers.size).toBe(0);
    // An answer that nobody waits for any more still reaches no machine and no view.
    expect(requests.hears(linkFrame("pairing", payload, { re: "late" }))).toBe(true);
    expect(requests.hears(linkFrame("pairing", payload))).toBe(true);
  });

  test("a refusal is the proxy's error; other messages are left alone", async () => {
    const { requests, sent } = setUp();
    const answer = requests.ask(commands.revokeClient("a".repeat(22), true));
    const error = { code: "gone", reason: "client", retry: "user" as const };
    expect(requests.hears(errorFrame("link", error, { re: "other" }))).toBe(false);
    expect(requests.hears(linkFrame("sessions", { sessions: [] }))).toBe(false);
    expect(requests.hears(errorFrame("link", error, { re: sent[0]?.id }))).toBe(true);
    expect(await answer).toEqual({ ok: false, error });
    expect(sent[0]).toMatchObject({ action: "revoke_client", payload: { end_sessions: true } });
  });

  test("without a link, or when it is lost, or after a while: offline, and nothing is sent again", async () => {
    expect(await setUp(false).requests.ask(commands.listClients())).toMatchObject({ error: { code: "offline" } });
    const lost = setUp();
    const answers = [lost.requests.ask(commands.listClients()), lost.requests.ask(commands.listAudit({ limit: 9 }))];
    lost.requests.linkLost();
    expect(await Promise.all(answers)).toMatchObject([{ error: { code: "offline" } }, { error: { code: "offline" } }]);
    const silent = setUp();
    const answer = silent.requests.ask(commands.listClients());
    for (const run of silent.timers.values()) run();
    expect(await answer).toMatchObject({ error: { code: "offline" } });
    expect([lost.sent.length, silent.sent.length]).toEqual([2, 1]);
  });
});
