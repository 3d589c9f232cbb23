import { describe, expect, test } from "vitest";
import { authOrder } from "#workers/auth-order.ts";
import { Credentials } from "#workers/credentials.ts";

const PROMPT = {
  kind: "keyboard_interactive" as const,
  hop: 0,
  host: "192.0.2.1",
  user: "netops",
  round: 1,
  name: "",
  instruction: "",
  prompts: [{ prompt: "Password: ", echo: false }],
};

describe("[S59] telemetry logs in the way the terminal did", () => {
  test("a prompt's answer marked as the same each time answers the prompt of ssh2, which is asked for first", () => {
    const credentials = new Credentials();
    credentials.answered("d", PROMPT, ["secret"], true);
    credentials.accepted("d", "keyboard-interactive", 0);
    expect(credentials.provedByPrompt("d")).toBe(true);
    expect(authOrder("prompt").indexOf("keyboard-interactive")).toBeLessThan(authOrder("prompt").indexOf("password"));
    expect(credentials.answersFor("d", "ssh2", PROMPT, 0)).toEqual(["secret"]);
    expect(credentials.answersFor("d", "ssh2", { ...PROMPT, kind: "password" }, 0)).toBeUndefined();
  });

  test("an answer that was not marked is never used again", () => {
    const credentials = new Credentials();
    credentials.answered("d", PROMPT, ["123456"], false);
    credentials.accepted("d", "keyboard-interactive", 0);
    expect(credentials.provedByPrompt("d")).toBe(false);
    expect(credentials.answersFor("d", "ssh2", PROMPT, 0)).toBeUndefined();
  });

  test("a held password goes to the method password first", () => {
    expect(authOrder("password").indexOf("password")).toBeLessThan(
      authOrder("password").indexOf("keyboard-interactive"),
    );
    expect(authOrder("nothing")).toEqual(["none", "publickey", "keyboard-interactive", "password"]);
  });
});
