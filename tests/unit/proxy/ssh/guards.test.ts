/** Timers and guards around ssh2, on a connection inside this process and a clock of the test's own. */
import { generateKeyPairSync } from "node:crypto";
import { createRequire } from "node:module";
import type { Duplex } from "node:stream";
import type { AuthContext, Connection, Server as ServerType } from "ssh2";
import { parse } from "valibot";
import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import { duplexPair } from "#demo/ssh/duplex-pair.ts";
import { AUTH_STEP_TIMEOUT_MS, KEX_TIMEOUT_MS } from "#protocol/limits.ts";
import { Limits } from "#proxy/config/limits-schema.ts";
import type { Failure, Outcome } from "#proxy/failure.ts";
import { type ConnectionOptions, openConnection, type SshConnection } from "#proxy/ssh/connection.ts";
import type { HostProof } from "#proxy/ssh/host-proof.ts";

const BOUNDS = parse(Limits, {});
const ssh2 = createRequire(import.meta.url)("ssh2") as typeof import("ssh2");
const HOST_KEY = generateKeyPairSync("ec", { namedCurve: "P-256" })
  .privateKey.export({ type: "sec1", format: "pem" })
  .toString();

let server: ServerType | undefined;

beforeEach(() => {
  vi.useFakeTimers({ toFake: ["setTimeout", "clearTimeout"] });
});
afterEach(() => {
  vi.useRealTimers();
  server = undefined;
});

function device(auth: (context: AuthContext) => void): Duplex {
  const [near, far] = duplexPair();
  server = new ssh2.Server({ hostKeys: [HOST_KEY] }, (connection: Connection) => {
    connection.on("error", () => {});
    connection.on("authentication", auth);
  });
  server.injectSocket(far as Parameters<ServerType["injectSocket"]>[0]);
  return near;
}

type Seen = { steps: string[]; proofs: HostProof[] };

function start(stream: Duplex, changes: Partial<ConnectionOptions> = {}) {
  const seen: Seen = { steps: [], proofs: [] };
  const outcome = openConnection({
    stream,
    user: "op",
    set: "modern",
    pinnedTypes: [],
    keepalive: "off",
    authOrder: [],
    verifyHostKey: () => Promise.resolve(undefined),
    proved: () => seen.steps.push("proved"),
    release: (proof) => {
      seen.proofs.push(proof);
      return Promise.resolve(undefined);
    },
    keys: () => Promise.resolve([]),
    ask: () => Promise.resolve("nobody"),
    banner: () => {},
    bounds: BOUNDS,
    refusedChannels: () => {},
    announced: () => {},
    step: (step) => seen.steps.push(step),
    signal: new AbortController().signal,
    ...changes,
  });
  return { outcome, seen };
}

/** Lets the in-process handshake run until `holds`; it takes turns of the event loop, not time. */
async function until(holds: () => boolean): Promise<void> {
  for (let turn = 0; turn < 100_000 && !holds(); turn += 1) await new Promise((resolve) => setImmediate(resolve));
  if (!holds()) throw new Error("not reached");
}

async function failureOf(outcome: Promise<Outcome<SshConnection>>): Promise<Failure> {
  const settled = await outcome;
  if (settled.ok) throw new Error("it connected");
  return settled.failure;
}

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
    for (let turn = 0; turn < 100; turn += 1) await new Promise((resolve) => setImmediate(resolve));
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
