import { afterAll, afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import { linkFrame } from "#protocol/builders.ts";
import { CLOSE } from "#protocol/close-codes.ts";
import { encodeControl } from "#protocol/control.ts";
import { encodeAck, encodeIn, encodePing, KIND } from "#protocol/frames.ts";
import { IN_WINDOW_BYTES, MAX_CONTROL_BYTES, MAX_MESSAGE_BYTES } from "#protocol/limits.ts";
import {
  type Acked,
  ackedBy,
  earned,
  NOTHING_ACKED,
  newInput,
  nextFrame,
  type Standing,
} from "#support/fuzzed-frames.ts";
import { hostileCount } from "#support/hostile-count.ts";
import { ACTIONS, AttackedLink, helloText, SENT_BYTES } from "#support/link-attack.ts";
import { chosenSeed, seededRandom } from "#support/seeded-random.ts";

const seed = chosenSeed();
const random = seededRandom(seed);
const failures: string[] = [];
const MIB = 1024 * 1024;
/** More than garbage between two collections, less than anything that grows with each frame. */
const RSS_BUDGET_BYTES = 512 * MIB;
console.log(`hostile frames: seed ${seed}`);
/** A link that is closed lets go of what it has after this long. */
const LET_GO_MS = 2_000;
beforeEach(() => void vi.useFakeTimers({ toFake: ["setTimeout", "clearTimeout", "setInterval", "clearInterval"] }));
afterEach(() => {
  vi.useRealTimers();
});
afterAll(() => expect(failures, "exceptions while a message was handled").toEqual([]));

/** How things stand for the attacked link: its whole input window is open, and it was sent {@link SENT_BYTES}. */
const at = (chan: number, next: number, acked: Acked): Standing => ({
  chan,
  next,
  grant: IN_WINDOW_BYTES,
  sent: SENT_BYTES,
  acked,
});

describe("[HC1] frames of a hostile page", () => {
  test("whatever they are, the link goes on or ends with the stated code, and the device gets a prefix of the input", async () => {
    const count = hostileCount("HC1 fuzzed frames", 100_000, 1_000_000);
    const witness = new AttackedLink(failures);
    const before = process.memoryUsage().rss;
    const ends = new Map<number | string, number>();
    let link = new AttackedLink(failures);
    let expected: number[] = [];
    let acked: Acked = NOTHING_ACKED;
    for (let n = 0; n < count; n++) {
      if (n % 1_000 === 0) {
        witness.binary(encodePing(n));
        await vi.advanceTimersByTimeAsync(LET_GO_MS);
      }
      const frame =
        n % 20_000 === 0
          ? new Uint8Array(MAX_MESSAGE_BYTES + 1)
          : nextFrame(random, at(link.chan, expected.length, acked));
      const verdict = earned(frame, at(link.chan, expected.length, acked));
      link.binary(frame);
      const seen = link.closed?.code ?? "goes on";
      if (seen !== verdict)
        expect.fail(`seed ${seed}, frame ${n}: ${Buffer.from(frame).toString("hex")}: ${seen}, not ${verdict}`);
      ends.set(seen, (ends.get(seen) ?? 0) + 1);
      if (verdict === "goes on") {
        expected.push(...newInput(frame, expected.length));
        acked = ackedBy(frame) ?? acked;
        continue;
      }
      // Nothing that comes after the closing has an effect. Compared by hand, which is faster.
      link.binary(encodeIn(1, expected.length, Uint8Array.of(1)));
      const same = link.input.length === expected.length && link.input.every((byte, at) => byte === expected[at]);
      if (!same) expect.fail(`seed ${seed}, frame ${n}: the device got another input than was accepted`);
      link = new AttackedLink(failures);
      expected = [];
      acked = NOTHING_ACKED;
    }
    console.log(`hostile: HC1: ${[...ends].map(([end, times]) => `${end}: ${times}`).join(", ")}`);
    expect(new Set(ends.keys())).toEqual(new Set([CLOSE.protocol, CLOSE.tooLarge, "goes on"]));
    const grown = process.memoryUsage().rss - before;
    console.log(`hostile: HC1: memory grew by ${Math.round(grown / MIB)} MiB`);
    expect(grown).toBeLessThan(RSS_BUDGET_BYTES);
    const sent = witness.socket.sent;
    witness.binary(encodePing(1));
    expect([witness.closed, witness.socket.sent]).toEqual([undefined, sent + 1]);
  });

  test("[WP16] a million small frames change nothing beyond the grant", () => {
    const count = hostileCount("HC1 small frames", 100_000, 1_000_000);
    const link = new AttackedLink(failures);
    for (let n = 0; n < count; n++)
      link.binary(encodeIn(link.chan, Math.min(n, IN_WINDOW_BYTES - 1), Uint8Array.of(n & 255)));
    expect(link.closed).toBeUndefined();
    expect(link.input).toHaveLength(IN_WINDOW_BYTES);
    link.binary(encodeIn(link.chan, IN_WINDOW_BYTES, Uint8Array.of(0)));
    expect([link.closed?.code, link.closed?.reason]).toEqual([CLOSE.protocol, "input_over_grant"]);
  });

  test.each([
    [
      "an ack beyond what was sent",
      (l: AttackedLink) => l.binary(encodeAck(l.chan, SENT_BYTES + 1, 0)),
      CLOSE.protocol,
      "ack_beyond_sent",
    ],
    [
      "saved beyond applied",
      (l: AttackedLink) => l.binary(encodeAck(l.chan, 5, 0, 6)),
      CLOSE.protocol,
      "saved_beyond_applied",
    ],
    [
      "a gap in the input",
      (l: AttackedLink) => l.binary(encodeIn(l.chan, 1, Uint8Array.of(1))),
      CLOSE.protocol,
      "input_gap",
    ],
    [
      "a foreign channel",
      (l: AttackedLink) => l.binary(encodeIn(l.chan + 1, 0, Uint8Array.of(1))),
      CLOSE.protocol,
      "foreign_channel",
    ],
    [
      "output from a page",
      (l: AttackedLink) => l.binary(Uint8Array.of(KIND.out, 0, 0, 1, ...new Uint8Array(9))),
      CLOSE.protocol,
      "wrong_direction",
    ],
    [
      "the largest JSON",
      (l: AttackedLink) => l.text(`"${"x".repeat(MAX_CONTROL_BYTES - 2)}"`),
      CLOSE.protocol,
      "bad_envelope",
    ],
    [
      "a larger one",
      (l: AttackedLink) => l.text(`"${"x".repeat(MAX_CONTROL_BYTES - 1)}"`),
      CLOSE.tooLarge,
      "control_too_large",
    ],
    ["JSON of depth 17", (l: AttackedLink) => l.text("[".repeat(17) + "]".repeat(17)), CLOSE.protocol, undefined],
    ["no JSON", (l: AttackedLink) => l.text("{"), CLOSE.protocol, undefined],
    ["a second hello", (l: AttackedLink) => l.text(helloText()), CLOSE.protocol, "second_hello"],
    ["another version", (l: AttackedLink) => l.text(helloText().replace('"v":1', '"v":99')), CLOSE.version, undefined],
  ] as const)("%s", (_what, attack, code, reason) => {
    const link = new AttackedLink(failures);
    attack(link);
    expect(link.closed?.code).toBe(code);
    if (reason !== undefined) expect(link.closed?.reason).toBe(reason);
    expect([link.input, link.acted]).toEqual([[], []]);
  });

  test("more control messages than 200 at once: 4004", () => {
    const link = new AttackedLink(failures);
    const ask = encodeControl(linkFrame("list_sessions", {}));
    for (let n = 0; n < 300; n++) link.text(ask);
    expect(link.closed).toEqual({ code: CLOSE.overloaded, reason: "control_rate" });
    expect(link.acted.length).toBeLessThanOrEqual(200);
  });

  test("[S19] before the hello everything else is 4501 and nothing is there to attack", () => {
    for (let n = 0; n < 500; n++) {
      const link = new AttackedLink(failures, { hello: false });
      if (random.next() < 0.5) link.binary(nextFrame(random, at(1, 0, NOTHING_ACKED)));
      else link.text(random.pick(["", "{}", "null", '{"v":1}', helloText().slice(0, random.between(1, 200))]));
      expect(link.closed).toEqual({ code: CLOSE.auth, reason: "hello_expected" });
      expect(link.chan).toBe(0);
    }
  });
});

describe("[HC1] [S26] control messages of a hostile page", () => {
  const values: readonly [string, ...string[]] = [
    "null",
    "-1",
    "1e308",
    "1e999",
    "true",
    '""',
    '"\\u0000"',
    '"../../x"',
    "[]",
    "{}",
    '{"__proto__":{"polluted":1}}',
    '"link"',
    '"ssh1"',
    "0.5",
    "9007199254740993",
  ];
  /** JSON text whose values are not what the schema wants; keys that reach for prototypes are there too. */
  function controlText(): string {
    const action = random.pick([...ACTIONS, "constructor", "toString", "__proto__"]);
    const keys: [string, ...string[]] = [
      "device",
      "session_id",
      "type",
      "id",
      "payload",
      "__proto__",
      "constructor",
      "prototype",
      "x",
    ];
    const parts = [`"v":${random.next() < 0.9 ? 1 : random.pick(values)}`, `"action":"${action}"`];
    for (let n = random.between(0, 6); n > 0; n--) {
      const inner = `{"${random.pick(keys)}":${random.pick(values)},"cols":${random.pick(values)},"sid":${random.pick(values)}}`;
      parts.push(`"${random.pick(keys)}":${random.next() < 0.5 ? random.pick(values) : inner}`);
    }
    const text = `{${parts.join(",")}}`;
    return random.next() < 0.2 ? text.slice(0, random.between(0, text.length)) : text;
  }
  test("are acted on by schema, refused, or end the link with 4500 or 4502; no prototype is touched", async () => {
    const count = hostileCount("HC1 control messages", 10_000, 200_000);
    const limits = { control_per_s: 10_000, control_burst: 100_000 };
    let link = new AttackedLink(failures, { limits });
    const ends = new Set<number>();
    for (let n = 0; n < count; n++) {
      link.text(controlText());
      if (link.closed === undefined && n % 500 !== 0) continue;
      if (link.closed !== undefined) ends.add(link.closed.code);
      if (link.input.length > 0) expect.fail("a control message typed at the device");
      if (n % 500 === 0) await vi.advanceTimersByTimeAsync(LET_GO_MS);
      link = new AttackedLink(failures, { limits });
    }
    for (const code of ends) expect([CLOSE.protocol, CLOSE.version]).toContain(code);
    expect(({} as { polluted?: number }).polluted).toBeUndefined();
  });
});
