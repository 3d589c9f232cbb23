import { describe, expect, test } from "vitest";
import type { Down } from "#protocol/down.ts";
import { authPrompt } from "#support/wire-messages.ts";
import { Credentials } from "#workers/credentials.ts";

const D = "device";
type Changes = Partial<Down<"auth_prompt">["payload"]>;
const prompt = (changes: Changes = {}) => authPrompt("ssh1", changes).payload;
const INTERACTIVE: Changes = { kind: "keyboard_interactive", prompts: [{ prompt: "Code: ", echo: false }] };
const ssh1 = (held: Credentials, changes: Changes = {}) => held.answersFor(D, "ssh1", prompt(changes), 0);
const ssh2 = (held: Credentials, changes: Changes = {}) => held.answersFor(D, "ssh2", prompt(changes), 0);

describe("credentials", () => {
  test("the form's password answers the first prompt of the target once, then the person is asked", () => {
    const held = new Credentials();
    held.offer(D, "secret");
    expect(held.hasForm(D)).toBe(true);
    expect(ssh1(held)).toEqual(["secret"]);
    expect(held.hasForm(D)).toBe(false);
    expect(ssh1(held)).toBeUndefined();
  });

  test("neither a later round, nor a jump host, nor several prompts, nor an echoed one, nor a change is answered", () => {
    for (const changes of [
      { round: 2 },
      { hop: 1 },
      { ...INTERACTIVE, prompts: [...(INTERACTIVE.prompts ?? []), { prompt: "Token: ", echo: false }] },
      { ...INTERACTIVE, prompts: [{ prompt: "Name: ", echo: true }] },
      { kind: "change_password" as const },
    ]) {
      const held = new Credentials();
      held.offer(D, "secret");
      expect(ssh1(held, changes)).toBeUndefined();
      expect(held.hasForm(D)).toBe(true);
    }
  });

  test("[S59] a password that ssh1 proved serves ssh2, once an attempt, for the same kind of question", () => {
    const held = new Credentials();
    held.offer(D, "secret");
    ssh1(held);
    expect(ssh2(held)).toBeUndefined();
    held.accepted(D, "password");
    expect(ssh2(held, INTERACTIVE)).toBeUndefined();
    expect(ssh2(held)).toEqual(["secret"]);
    expect(ssh2(held, { round: 2 })).toBeUndefined();
  });

  test("[S59] the form's password given to a prompt is not reused: nobody said that it is the same each time", () => {
    const held = new Credentials();
    held.offer(D, "secret");
    expect(ssh1(held, INTERACTIVE)).toEqual(["secret"]);
    held.accepted(D, "keyboard-interactive");
    expect(ssh2(held, INTERACTIVE)).toBeUndefined();
    expect(ssh2(held)).toBeUndefined();
  });

  test("[S59] an answer to one hidden prompt is reused only when the person marked it", () => {
    const marked = new Credentials();
    marked.answered(D, prompt(INTERACTIVE), ["123"], true);
    marked.accepted(D, "keyboard-interactive");
    expect(marked.provedByPrompt(D)).toBe(true);
    expect(ssh2(marked, INTERACTIVE)).toEqual(["123"]);
    const once = new Credentials();
    once.answered(D, prompt(INTERACTIVE), ["123"], false);
    once.accepted(D, "keyboard-interactive");
    expect(ssh2(once, INTERACTIVE)).toBeUndefined();
  });

  test("[S59] a one-time answer given after a password makes neither fit for ssh2", () => {
    const held = new Credentials();
    held.answered(D, prompt(), ["secret"], false);
    held.answered(D, prompt(INTERACTIVE), ["000111"], false);
    held.accepted(D, "keyboard-interactive");
    expect(ssh2(held)).toBeUndefined();
    expect(ssh2(held, INTERACTIVE)).toBeUndefined();
  });

  test("what was typed for a method that was not the one that let us in is not kept", () => {
    const held = new Credentials();
    held.answered(D, prompt(), ["wrong one"], false);
    held.accepted(D, "publickey");
    expect(ssh2(held)).toBeUndefined();
  });

  test("[T60] a refused attempt leaves nothing; a refused second use is not offered again", () => {
    const held = new Credentials();
    held.offer(D, "wrong");
    ssh1(held);
    held.refused(D);
    held.accepted(D, "password");
    expect(ssh2(held)).toBeUndefined();
    held.answered(D, prompt(), ["secret"], false);
    held.accepted(D, "password");
    held.refusedReuse(D);
    expect(ssh2(held)).toBeUndefined();
  });

  test("[S39] a jump host gets the vault's password once for each attempt of a session, and no other host gets it", () => {
    const held = new Credentials();
    const at = (session: "ssh1" | "ssh2", changes: Changes = {}) => held.answersFor(D, session, prompt(changes), 2);
    held.offerHop(D, "ssh1", 0, "first");
    held.offerHop(D, "ssh1", 1, "second");
    expect(at("ssh1", { hop: 2 })).toBeUndefined();
    expect(at("ssh2", { hop: 0 })).toBeUndefined();
    expect(at("ssh1", { hop: 1, ...INTERACTIVE })).toEqual(["second"]);
    expect(at("ssh1", { hop: 0 })).toEqual(["first"]);
    held.dropHops(D, "ssh1");
    expect(at("ssh1", { hop: 0 })).toBeUndefined();
    held.offerHop(D, "ssh2", 0, "first");
    expect(at("ssh2", { hop: 0 })).toEqual(["first"]);
  });

  test("[S39] [T60] a jump host that asks again did not take it: telemetry does not try it there, until a terminal connects anew", () => {
    const held = new Credentials();
    const of = (session: "ssh1" | "ssh2") => held.answersFor(D, session, prompt({ hop: 0 }), 1);
    held.offerHop(D, "ssh1", 0, "old one");
    expect(of("ssh1")).toEqual(["old one"]);
    expect(of("ssh1")).toBeUndefined();
    held.dropHops(D, "ssh1");
    held.offerHop(D, "ssh2", 0, "old one");
    expect(of("ssh2")).toBeUndefined();
    held.beginHops(D);
    held.offerHop(D, "ssh1", 0, "new one");
    expect(of("ssh1")).toEqual(["new one"]);
  });

  test("devices are kept apart, and closing forgets", () => {
    const held = new Credentials();
    held.offer(D, "secret");
    ssh1(held);
    held.accepted(D, "password");
    expect(held.answersFor("other", "ssh2", prompt(), 0)).toBeUndefined();
    held.forget(D);
    expect(ssh2(held)).toBeUndefined();
    held.forgetAll();
  });

  test("an empty password is none", () => {
    const held = new Credentials();
    held.offer(D, "");
    expect(held.hasForm(D)).toBe(false);
    held.offer(D, undefined);
    expect(ssh1(held)).toBeUndefined();
  });
});
