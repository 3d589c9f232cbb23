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
    held.accepted(D, "password", 0);
    expect(ssh2(held, INTERACTIVE)).toBeUndefined();
    expect(ssh2(held)).toEqual(["secret"]);
    expect(ssh2(held, { round: 2 })).toBeUndefined();
  });

  test("[S59] the form's password given to a prompt is not reused: nobody said that it is the same each time", () => {
    const held = new Credentials();
    held.offer(D, "secret");
    expect(ssh1(held, INTERACTIVE)).toEqual(["secret"]);
    held.accepted(D, "keyboard-interactive", 0);
    expect(ssh2(held, INTERACTIVE)).toBeUndefined();
    expect(ssh2(held)).toBeUndefined();
  });

  test("[S59] an answer to one hidden prompt is reused only when the person marked it", () => {
    const marked = new Credentials();
    marked.answered(D, prompt(INTERACTIVE), ["123"], true);
    marked.accepted(D, "keyboard-interactive", 0);
    expect(marked.provedByPrompt(D)).toBe(true);
    expect(ssh2(marked, INTERACTIVE)).toEqual(["123"]);
    const once = new Credentials();
    once.answered(D, prompt(INTERACTIVE), ["123"], false);
    once.accepted(D, "keyboard-interactive", 0);
    expect(ssh2(once, INTERACTIVE)).toBeUndefined();
  });

  test("[S59] a one-time answer given after a password makes neither fit for ssh2", () => {
    const held = new Credentials();
    held.answered(D, prompt(), ["secret"], false);
    held.answered(D, prompt(INTERACTIVE), ["000111"], false);
    held.accepted(D, "keyboard-interactive", 0);
    expect(ssh2(held)).toBeUndefined();
    expect(ssh2(held, INTERACTIVE)).toBeUndefined();
  });

  test("what was typed for a method that was not the one that let us in is not kept", () => {
    const held = new Credentials();
    held.answered(D, prompt(), ["wrong one"], false);
    held.accepted(D, "publickey", 0);
    expect(ssh2(held)).toBeUndefined();
  });

  test("[T60] a refused attempt leaves nothing; a refused second use is not offered again", () => {
    const held = new Credentials();
    held.offer(D, "wrong");
    ssh1(held);
    held.refused(D);
    held.accepted(D, "password", 0);
    expect(ssh2(held)).toBeUndefined();
    held.answered(D, prompt(), ["secret"], false);
    held.accepted(D, "password", 0);
    held.refusedReuse(D);
    expect(ssh2(held)).toBeUndefined();
  });

  test("[T60] [S59] what telemetry is asked for again was wrong, even when the attempt then ends by the person", () => {
    const held = new Credentials();
    held.offer(D, "of before");
    ssh1(held);
    held.accepted(D, "password", 0);
    // Another prompt was refused, answered by the person: this was not given yet.
    expect(ssh2(held, { round: 2 })).toBeUndefined();
    expect(ssh2(held)).toEqual(["of before"]);
    held.dropHops(D, "ssh2");
    expect(ssh2(held, { round: 2 })).toBeUndefined();
    expect(ssh2(held)).toEqual(["of before"]);
    expect(ssh2(held, { round: 2, ...INTERACTIVE })).toBeUndefined();
    expect(ssh2(held, { round: 2 })).toBeUndefined();
    held.dropHops(D, "ssh2");
    held.offerStored(D, 0, "stored");
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

  const HOPS = [0, 1, 2, 3];
  const KINDS: Record<string, Changes> = {
    password: { kind: "password", prompts: [{ prompt: "Password: ", echo: false }] },
    prompt: INTERACTIVE,
  };
  const METHODS = ["none", "publickey", "password", "keyboard-interactive", "hostbased"];
  const ways = HOPS.flatMap((target) =>
    HOPS.slice(0, target).flatMap((from) =>
      Object.keys(KINDS).flatMap((kind) => METHODS.map((method) => ({ target, from, kind, method }))),
    ),
  );
  test.each(ways)(
    "[S59] [S67] [S39] what jump host $from of $target got by $kind answers no other host, whatever let us in: $method",
    ({ target, from, kind, method }) => {
      const held = new Credentials();
      held.answered(D, prompt({ hop: from, ...KINDS[kind] }), ["of the jump host"], true, true);
      held.accepted(D, method, target);
      expect(held.takeToSave(D)).toBeUndefined();
      expect(held.provedByPrompt(D)).toBe(false);
      for (const hop of HOPS.slice(0, target + 1)) {
        for (const asked of Object.values(KINDS)) {
          for (const session of ["ssh1", "ssh2"] as const) {
            expect(held.answersFor(D, session, prompt({ hop, ...asked }), target)).toBeUndefined();
          }
        }
      }
    },
  );

  const both = HOPS.slice(1).flatMap((target) => Object.keys(KINDS).map((kind) => ({ target, kind })));
  test.each(both)(
    "[S59] [S67] the device behind $target jump hosts goes on with its own $kind, never with one of theirs",
    ({ target, kind }) => {
      const held = new Credentials();
      const asked = KINDS[kind];
      for (const hop of HOPS.slice(0, target)) held.answered(D, prompt({ hop, ...asked }), [`of ${hop}`], true, true);
      held.answered(D, prompt({ hop: target, ...asked }), ["of the device"], true, true);
      held.accepted(D, kind === "password" ? "password" : "keyboard-interactive", target);
      const given = HOPS.slice(0, target + 1).map((hop) =>
        held.answersFor(D, "ssh2", prompt({ hop, ...asked }), target),
      );
      expect(given).toEqual([...HOPS.slice(0, target).map(() => undefined), ["of the device"]]);
      expect(held.takeToSave(D)).toBe("of the device");
      expect(held.takeToSave(D)).toBeUndefined();
    },
  );

  test.each(["none", "publickey", "hostbased"])(
    "[S59] a login by %s was answered with nothing: what was typed on the way is not kept",
    (method) => {
      for (const asked of Object.values(KINDS)) {
        const held = new Credentials();
        held.answered(D, prompt(asked), ["typed"], true, true);
        held.accepted(D, method, 0);
        for (const again of Object.values(KINDS)) expect(ssh2(held, again)).toBeUndefined();
        expect(held.takeToSave(D)).toBeUndefined();
      }
    },
  );

  test("[S59] [T60] the vault's password serves ssh2 once an attempt, for a password alone, and never after a refusal", () => {
    const held = new Credentials();
    held.offerStored(D, 0, "stored");
    expect(ssh1(held)).toBeUndefined();
    expect(ssh2(held, INTERACTIVE)).toBeUndefined();
    expect(ssh2(held)).toEqual(["stored"]);
    // The device asks again: it was wrong, and neither this attempt nor a later one gives it once more.
    expect(ssh2(held, { round: 2 })).toBeUndefined();
    held.dropHops(D, "ssh2");
    held.offerStored(D, 0, "stored");
    expect(ssh2(held)).toBeUndefined();
    // A terminal connects anew: until telemetry is refused, it may be right.
    held.beginHops(D);
    held.offerStored(D, 0, "stored");
    expect(ssh2(held)).toEqual(["stored"]);
    held.dropHops(D, "ssh2");
    held.refusedReuse(D);
    held.offerStored(D, 0, "stored");
    expect(ssh2(held)).toBeUndefined();
  });

  test("[S59] what the terminal logged in with goes before the vault's password; a lock leaves neither", () => {
    const held = new Credentials();
    held.offer(D, "typed");
    ssh1(held);
    held.accepted(D, "password", 0);
    held.offerStored(D, 0, "stored");
    expect(ssh2(held)).toEqual(["typed"]);
    held.refusedReuse(D);
    held.offerStored(D, 0, "stored");
    expect(ssh2(held)).toBeUndefined();
    const other = new Credentials();
    other.offerStored(D, 0, "stored");
    other.forgetAll();
    expect(ssh2(other)).toBeUndefined();
  });

  test("devices are kept apart, and closing forgets", () => {
    const held = new Credentials();
    held.offer(D, "secret");
    ssh1(held);
    held.accepted(D, "password", 0);
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
