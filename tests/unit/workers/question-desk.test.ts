import { describe, expect, test } from "vitest";
import type { Up } from "#protocol/up.ts";
import { authPrompt, DEVICE } from "#support/wire-messages.ts";
import { Credentials } from "#workers/credentials.ts";
import type { LinkHub } from "#workers/link-hub.ts";
import { QuestionDesk } from "#workers/question-desk.ts";

function setUp(online: boolean, hops = 0) {
  const sent: Up[] = [];
  const hub = { online, send: (message: Up) => hub.online && sent.push(message) > 0 };
  const credentials = new Credentials();
  credentials.offer(DEVICE, "secret");
  const proved = { hosts: true, refusals: 0 };
  const gate = { mayAnswer: () => proved.hosts, refused: () => void proved.refusals++ };
  return {
    hub,
    sent,
    credentials,
    desk: new QuestionDesk(credentials, hub as unknown as LinkHub, () => hops, gate),
    proved,
  };
}

describe("question desk", () => {
  test("[S59] the form's password answers the first prompt without the person", () => {
    const { desk, sent, credentials } = setUp(true);
    expect(desk.ask(authPrompt("ssh1"))).toBe(true);
    expect(sent).toMatchObject([{ action: "auth_reply", payload: { answers: ["secret"] } }]);
    expect(credentials.hasForm(DEVICE)).toBe(false);
  });

  test("[S47] a host that has proved nothing gets no answer, and the person is not asked on its behalf", () => {
    const { desk, sent, credentials, proved } = setUp(true);
    proved.hosts = false;
    expect(desk.ask(authPrompt("ssh1"))).toBe(true);
    expect(sent).toMatchObject([{ action: "auth_reply", payload: { answers: [], cancelled: true } }]);
    expect(credentials.hasForm(DEVICE)).toBe(true);
    expect(proved.refusals).toBe(1);
  });

  test("[WP7] a prompt without a link does not use the form's password up: it answers when the proxy asks again", () => {
    const { desk, sent, hub, credentials } = setUp(false);
    expect(desk.ask(authPrompt("ssh1"))).toBe(false);
    expect(credentials.hasForm(DEVICE)).toBe(true);
    hub.online = true;
    expect(desk.ask(authPrompt("ssh1"))).toBe(true);
    expect(sent).toMatchObject([{ action: "auth_reply", payload: { answers: ["secret"] } }]);
  });

  test("[S39] [S59] what the person answers to a jump host is no login of the device: neither reused nor kept", () => {
    const { desk, credentials } = setUp(true, 1);
    credentials.offer(DEVICE, undefined);
    const asked = authPrompt("ssh1", {
      hop: 0,
      kind: "keyboard_interactive",
      prompts: [{ prompt: "Password: ", echo: false }],
    });
    expect(desk.ask(asked)).toBe(false);
    const { id = "" } = asked;
    const payload = { answers: ["of the jump host"], reuse: true, save: true };
    desk.answer({ ...asked, type: "terminal", action: "auth_reply", re: id, payload });
    // The device itself let us in by a key.
    credentials.accepted(DEVICE, "publickey", 1);
    expect(credentials.takeToSave(DEVICE)).toBeUndefined();
    expect(credentials.answersFor(DEVICE, "ssh2", { ...asked.payload, hop: 1 }, 1)).toBeUndefined();
  });
});
