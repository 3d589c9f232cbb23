import * as v from "valibot";
import { describe, expect, test } from "vitest";
import { ConfigFile } from "#proxy/config/config-schema.ts";
import { failure, payloadOf, visibleText } from "#proxy/failure.ts";
import { logLine } from "#proxy/log.ts";
import { RateLimit } from "#proxy/rate-limit.ts";
import { DialLimits, type DialledHost, type DialPass } from "#proxy/sessions/dial-limits.ts";

const LIMITS = v.parse(ConfigFile, {}).limits;
const HOST: DialledHost = { targets: ["10.0.0.1"], user: "op", isDevice: true };

describe("rates", () => {
  test("a burst is allowed, then the wait is told; tokens come back", () => {
    let now = 0;
    const rate = new RateLimit(60, 3, () => now);
    expect([rate.take("a"), rate.take("a"), rate.take("a"), rate.take("a")]).toEqual([0, 0, 0, 1]);
    expect(rate.take("b")).toBe(0);
    now = 1_000;
    expect([rate.take("a"), rate.take("a")]).toEqual([0, 1]);
  });

  test("[S23] a sweep of keys does not grow it, and the busy key stays limited", () => {
    const rate = new RateLimit(1, 1, () => 0);
    rate.take("busy");
    for (let i = 0; i < 3_000; i += 1) rate.take(`sweep ${i}`);
    expect(rate.take("busy")).toBeGreaterThan(0);
  });
});

describe("connects", () => {
  const enter = (limits: DialLimits, changes: Partial<DialledHost> = {}): DialPass => {
    const pass = limits.enter({ ...HOST, ...changes });
    if (!pass.ok) throw new Error(JSON.stringify(pass.failure));
    return pass.value;
  };
  const refusal = (limits: DialLimits, changes: Partial<DialledHost> = {}) => {
    const pass = limits.enter({ ...HOST, ...changes });
    return pass.ok ? undefined : pass.failure;
  };

  test("three refused logins in five minutes pause target and user for a minute, and nobody else", () => {
    let now = 0;
    const limits = new DialLimits(LIMITS, () => now);
    const pass = enter(limits);
    for (let i = 0; i < 2; i += 1) pass.loginRefused();
    expect(pass.pause()).toBeUndefined();
    pass.loginRefused();
    // Whoever is being asked is paused as well as whoever comes next.
    const paused = { code: "auth_failed", reason: "rate_limited", retry_after_s: 60 };
    expect([pass.pause(), refusal(limits)]).toMatchObject([paused, paused]);
    pass.leave();
    expect(refusal(limits, { user: "other" })).toBeUndefined();
    now = 60_000;
    expect(refusal(limits)).toBeUndefined();
  });

  test("refusals that are far apart, or ended by a success, pause nothing", () => {
    let now = 0;
    const limits = new DialLimits(LIMITS, () => now);
    const pass = enter(limits);
    for (let i = 0; i < 3; i += 1) {
      pass.loginRefused();
      now += 200_000;
    }
    expect(pass.pause()).toBeUndefined();
    pass.loggedIn();
    pass.loginRefused();
    expect(pass.pause()).toBeUndefined();
  });

  test("a name with several addresses counts for all of them until one has answered, then for that one", () => {
    const limits = new DialLimits({ ...LIMITS, dials_per_target_per_min: 1 }, () => 0);
    const pass = enter(limits, { targets: ["a", "b"] });
    for (const target of ["a", "b"]) expect(refusal(limits, { targets: [target] })).toMatchObject({ reason: "rate" });
    pass.answeredAt("b");
    for (let i = 0; i < 3; i += 1) pass.loginRefused();
    expect(refusal(limits, { targets: ["c", "b"] })).toMatchObject({ reason: "rate_limited" });
    expect(refusal(limits, { targets: ["a"] })).toMatchObject({ reason: "rate" });
  });

  test("connecting at once: 2 per target, 4 per user", () => {
    const limits = new DialLimits(LIMITS, () => 0);
    const first = enter(limits);
    enter(limits);
    expect(refusal(limits)).toMatchObject({ code: "limit", reason: "connecting" });
    expect(refusal(limits, { isDevice: false })).toBeUndefined();
    first.leave();
    first.leave();
    enter(limits);
    expect(refusal(limits)).toMatchObject({ code: "limit", reason: "connecting" });
    for (let i = 0; i < 4; i += 1) limits.started("owner");
    expect(limits.refusal("owner")).toMatchObject({ code: "limit", reason: "connecting" });
    limits.finished("owner");
    expect(limits.refusal("owner")).toBeUndefined();
  });

  test("dials: 6 a minute per target, with the time to wait", () => {
    const limits = new DialLimits(LIMITS, () => 0);
    for (let i = 0; i < 6; i += 1) enter(limits).leave();
    expect(refusal(limits)).toMatchObject({ code: "limit", reason: "rate", retry_after_s: 10 });
  });

  test("[S39] a jump host that lets one in is not used up by the devices behind it; one that does not is", () => {
    const limits = new DialLimits(LIMITS, () => 0);
    for (let i = 0; i < 20; i += 1) {
      const pass = enter(limits, { isDevice: false });
      pass.loggedIn();
      pass.leave();
    }
    for (let i = 0; i < 6; i += 1) enter(limits, { isDevice: false }).leave();
    expect(refusal(limits, { isDevice: false })).toMatchObject({ code: "limit", reason: "rate" });
  });
});

describe("[S72] [S94] the log", () => {
  test("secrets by name and by form never reach a line", () => {
    const line = logLine(new Date(0), "info", "x", {
      password: "hunter2",
      token: "t",
      detail: `a ${"A".repeat(43)} b`,
      target: "r1:22",
    });
    expect(JSON.parse(line)).toEqual({
      ts: "1970-01-01T00:00:00.000Z",
      level: "info",
      event: "x",
      password: "[redacted]",
      token: "[redacted]",
      detail: "a [redacted] b",
      target: "r1:22",
    });
  });
});

describe("failures", () => {
  test("the retry class follows from the code", () => {
    expect(payloadOf(failure("overloaded", "memory"))).toEqual({ code: "overloaded", reason: "memory", retry: "yes" });
    expect(payloadOf(failure("unsupported"))).toEqual({ code: "unsupported", retry: "no" });
  });

  test("[S86] device text shows control, bidirectional and zero-width characters", () => {
    expect(visibleText("a\u001b[31mb\u202ec\u200bd\r\ne")).toBe("a\\u{1b}[31mb\\u{202e}c\\u{200b}d e");
    expect(visibleText("x".repeat(1_000), 10)).toBe(`${"x".repeat(10)}…`);
  });
});
