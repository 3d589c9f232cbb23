/** Devices that abuse the login: keys, prompts, forced password changes [S54] [S58]. */
import type { KeyboardAuthContext } from "ssh2";
import { afterAll, afterEach, beforeAll, describe, expect, test } from "vitest";
import { SIGNATURES_PER_HOP } from "#protocol/limits.ts";
import { HostileBench } from "#support/hostile-bench.ts";
import { startLineServer } from "#support/line-server.ts";
import { WireSigner } from "#support/wire-signer.ts";

let bench: HostileBench;

beforeAll(async () => {
  bench = await HostileBench.start();
});
afterEach(() => bench.after());
afterAll(() => bench.stop());

describe("[S54] signatures", () => {
  test("a device that says yes to a key over and over gets three signatures, and its own failure", async () => {
    const signer = new WireSigner("ed25519");
    const device = await bench.device({
      auth: (context) => {
        if (context.method !== "publickey") return context.reject(["publickey"]);
        // The signed request is answered as the question before it was: sign again.
        (context as { signature: unknown }).signature = undefined;
        context.accept();
      },
    });
    const auth = { keys: [signer.offered()], proof: true, agent: [] };
    const problem = await bench.refusal(device.port, { auth }, { signers: [signer] });
    expect(problem).toMatchObject({
      code: "auth_failed",
      reason: "sign_refused",
      detail: expect.stringContaining("too_many"),
    });
    expect(signer.asked).toHaveLength(SIGNATURES_PER_HOP);
  });
});

describe("[HD3] prompts", () => {
  test("a thousand rounds within one method are the device's fault", async () => {
    let rounds = 0;
    const again = (context: KeyboardAuthContext) => {
      rounds += 1;
      context.prompt([{ prompt: "more? ", echo: true }], () => again(context));
    };
    const device = await bench.device({
      auth: (context) =>
        context.method === "keyboard-interactive" ? again(context) : context.reject(["keyboard-interactive"]),
    });
    const problem = await bench.refusal(device.port, {}, { password: "x" });
    expect(problem).toMatchObject({ code: "device_misbehaved", reason: "prompts" });
    expect(rounds).toBeLessThanOrEqual(10);
  });

  test("a device that takes each method as a part of the login for ever is cut", async () => {
    const device = await bench.device({
      auth: (context) => {
        if (context.method === "none") context.reject(["password"]);
        else if (context.method === "password") context.reject(["keyboard-interactive"], true);
        else if (context.method === "keyboard-interactive") {
          context.prompt([{ prompt: "code: ", echo: true }], () => context.reject(["password"], true));
        } else context.reject();
      },
    });
    expect(await bench.refusal(device.port, {}, { password: "x" })).toMatchObject({
      code: "device_misbehaved",
      reason: "prompts",
    });
  });

  test("new passwords that are refused again and again are not the device's fault", async () => {
    let asked = 0;
    const device = await bench.device({
      auth: (context) => {
        if (context.method !== "password") return context.reject(["password"]);
        const refuse = () => {
          asked += 1;
          context.requestChange("BAD PASSWORD: too simple", () => refuse());
        };
        refuse();
      },
    });
    const problem = await bench.refusal(device.port, {}, { password: "x" });
    expect(problem).toMatchObject({ code: "auth_failed", reason: "new_password" });
    expect(asked).toBeGreaterThan(3);
    const byPrompt = await bench.device({
      auth: (context) => {
        if (context.method !== "keyboard-interactive") return context.reject(["keyboard-interactive"]);
        const ask = () => context.prompt([{ prompt: "New password: ", echo: false }], () => ask());
        ask();
      },
    });
    expect(await bench.refusal(byPrompt.port, {}, { password: "x" })).toMatchObject({
      code: "auth_failed",
      reason: "new_password",
    });
  });
});

describe("[HD3] greetings", () => {
  test("one byte a second holds nothing up but itself: it ends with the time for the key exchange", async () => {
    const timers: NodeJS.Timeout[] = [];
    const slow = await startLineServer((socket) => {
      timers.push(setInterval(() => socket.write("x"), 1_000));
    });
    try {
      const problem = bench.refusal(slow.port);
      await bench.stillEchoes();
      expect(await problem).toMatchObject({ code: "unreachable", reason: "not_ssh" });
    } finally {
      for (const timer of timers) clearInterval(timer);
      await slow.stop();
    }
  });
});
