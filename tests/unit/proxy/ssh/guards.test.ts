/** Timers and guards around ssh2, on a connection inside this process and a clock of the test's own. */
import type { Duplex } from "node:stream";
import type { AuthContext } from "ssh2";
import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import { duplexPair } from "#demo/ssh/duplex-pair.ts";
import { AUTH_STEP_TIMEOUT_MS, KEX_TIMEOUT_MS } from "#protocol/limits.ts";
import type { Failure, Outcome } from "#proxy/failure.ts";
import type { SshConnection } from "#proxy/ssh/connection.ts";
import { insideDevice, startConnection as start, turns, turnsUntil as until } from "#support/inside-device.ts";

beforeEach(() => {
  vi.useFakeTimers({ toFake: ["setTimeout", "clearTimeout"] });
});
afterEach(() => {
  vi.useRealTimers();
});

function device(auth: (context: AuthContext) => void): Duplex {
  return insideDevice({ auth }).near;
}

async function failureOf(outcome: Promise<Outcome<SshConnection>>): Promise<Failure> {
  const settled = await outcome;
  if (settled.ok) throw new Error("it connected");
  return settled.failure;
}

describe("[S27] a fault of ours in a login ends that login, and nothing else", () => {
  const thrown = () => Promise.reject(new Error("thrown"));
  test.each([
    ["the question about the host key", { verifyHostKey: thrown }],
    ["its proof", { release: thrown }],
    ["a prompt", { ask: thrown }],
  ] as const)("%s", async (_what, changes) => {
    const wantsPassword = (context: AuthContext) =>
      context.method === "none" ? context.reject(["password"]) : context.accept();
    const { outcome } = start(device(wantsPassword), changes);
    expect(await failureOf(outcome)).toMatchObject({ code: "internal", detail: "thrown" });
  });
});

describe("section 9: own timers instead of the library's one", () => {
  test("a device that says nothing has 15 s for the key exchange", async () => {
    const [near] = duplexPair();
    const { outcome } = start(near);
    const over: unknown[] = [];
    void outcome.then((result) => over.push(result));
    await vi.advanceTimersByTimeAsync(KEX_TIMEOUT_MS - 1);
    expect(over).toEqual([]);
    await vi.advanceTimersByTimeAsync(1);
    expect(await failureOf(outcome)).toMatchObject({ code: "dial_timeout", reason: "kex" });
  });

  test("a person who looks at a fingerprint has no timer running", async () => {
    let decide: (problem: Failure | undefined) => void = () => {};
    const asked = new Promise<Failure | undefined>((resolve) => {
      decide = resolve;
    });
    const { outcome, seen } = start(
      device((context) => context.accept()),
      { verifyHostKey: () => asked },
    );
    await until(() => seen.steps.includes("host_key"));
    await vi.advanceTimersByTimeAsync(10 * KEX_TIMEOUT_MS);
    decide(undefined);
    expect((await outcome).ok).toBe(true);
  });

  test("a device that does not answer the login has 20 s; a prompt that is open has all the time it needs", async () => {
    const deaf = start(device(() => {}));
    await until(() => deaf.seen.steps.includes("auth"));
    await until(() => deaf.seen.proofs.length === 1);
    await vi.advanceTimersByTimeAsync(AUTH_STEP_TIMEOUT_MS);
    expect(await failureOf(deaf.outcome)).toMatchObject({ code: "dial_timeout", reason: "auth" });
    let answer: (given: { answers: string[] }) => void = () => {};
    let asked = false;
    const asking = start(
      device((context) => (context.method === "password" ? context.accept() : context.reject(["password"]))),
      {
        ask: () => {
          asked = true;
          return new Promise((resolve) => {
            answer = resolve;
          });
        },
      },
    );
    await until(() => asked);
    await vi.advanceTimersByTimeAsync(10 * AUTH_STEP_TIMEOUT_MS);
    answer({ answers: ["secret"] });
    expect((await asking.outcome).ok).toBe(true);
  });
});

describe("[S46] [S47] order of the host's proof", () => {
  test("asked, then proved, then released; nothing is authenticated before that", async () => {
    const order: string[] = [];
    let release: (problem: Failure | undefined) => void = () => {};
    const { outcome, seen } = start(
      device((context) => {
        order.push(`auth ${context.method}`);
        context.accept();
      }),
      {
        verifyHostKey: () => {
          order.push("asked");
          return Promise.resolve(undefined);
        },
        proved: () => order.push("proved"),
        release: (proof) => {
          order.push("proof");
          expect(proof.signature.readUInt32BE(0)).toBe(proof.algorithm.length);
          expect(proof.sessionId.length).toBeGreaterThanOrEqual(20);
          return new Promise((resolve) => {
            release = resolve;
          });
        },
      },
    );
    await until(() => order.includes("proof"));
    await turns(100);
    expect(order).toEqual(["asked", "proved", "proof"]);
    expect(seen.steps.filter((step) => step === "auth")).toHaveLength(1);
    release(undefined);
    expect((await outcome).ok).toBe(true);
    expect(order).toEqual(["asked", "proved", "proof", "auth none"]);
  });

  test("a refusal ends the connection with its own word", async () => {
    let requests = 0;
    const { outcome } = start(
      device((context) => {
        requests += 1;
        context.accept();
      }),
      { release: () => Promise.resolve({ code: "device_misbehaved", reason: "bad_signature" }) },
    );
    expect(await failureOf(outcome)).toMatchObject({ code: "device_misbehaved", reason: "bad_signature" });
    expect(requests).toBe(0);
  });
});

test("[S58] [S59] a prompt that nobody answers ends in auth_prompt_needed, and the device gets no answer", async () => {
  const answered: unknown[] = [];
  const { outcome } = start(
    device((context) => {
      if (context.method === "keyboard-interactive")
        context.prompt([{ prompt: "Code:", echo: false }], (a) => answered.push(a));
      else context.reject(["keyboard-interactive"]);
    }),
  );
  expect(await failureOf(outcome)).toMatchObject({ code: "auth_prompt_needed" });
  expect(answered).toEqual([]);
});

describe("which answers a device has refused", () => {
  type Answer = { answers: string[] } | "cancelled";
  /** Logs in with these answers; how often the device refused one, and how it ended. */
  async function refusals(auth: (context: AuthContext) => void, answers: readonly Answer[], closes = false) {
    let count = 0;
    const left = [...answers];
    const near = device((context) => {
      auth(context);
      if (closes && context.method === "password") near.destroy();
    });
    const { outcome } = start(near, {
      refused: () => {
        count += 1;
      },
      ask: () => Promise.resolve(left.shift() ?? "cancelled"),
    });
    const settled = await outcome;
    return { count, end: settled.ok ? "in" : `${settled.failure.code}/${settled.failure.reason ?? ""}` };
  }
  const wrong: Answer = { answers: ["wrong"] };
  const never = (context: AuthContext) => context.reject(["password"]);

  test("each one, also where the person gives up after it", async () => {
    expect(await refusals(never, [wrong, wrong, "cancelled"])).toEqual({ count: 2, end: "auth_failed/cancelled" });
    expect(await refusals(never, [wrong, wrong, wrong])).toEqual({ count: 3, end: "auth_failed/rejected" });
    expect(await refusals(never, ["cancelled"])).toEqual({ count: 0, end: "auth_failed/cancelled" });
  });

  test("one that it answers by closing", async () => {
    const deaf = (context: AuthContext) => (context.method === "password" ? undefined : context.reject(["password"]));
    expect(await refusals(deaf, [wrong], true)).toEqual({ count: 1, end: "device_closed/" });
  });

  test("the same prompt again within one exchange; a further question is none", async () => {
    const prompts = (texts: readonly string[]) => (context: AuthContext) => {
      if (context.method !== "keyboard-interactive") return context.reject(["keyboard-interactive"]);
      const next = (at: number) => {
        const prompt = texts[at];
        if (prompt === undefined) context.accept();
        else context.prompt([{ prompt, echo: false }], () => next(at + 1));
      };
      next(0);
    };
    const right = { answers: ["x"] };
    expect(await refusals(prompts(["Password:", "Password:"]), [wrong, right])).toEqual({ count: 1, end: "in" });
    expect(await refusals(prompts(["Password:", "Code:"]), [right, right])).toEqual({ count: 0, end: "in" });
  });

  test("one that was taken as a part of the login is not refused", async () => {
    const two = (context: AuthContext) => {
      if (context.method === "password") context.reject(["keyboard-interactive"], true);
      else if (context.method === "keyboard-interactive") context.prompt([{ prompt: "Code:" }], () => context.accept());
      else context.reject(["password"]);
    };
    const right = { answers: ["x"] };
    expect(await refusals(two, [right, right])).toEqual({ count: 0, end: "in" });
  });
});
