import * as v from "valibot";
import { describe, expect, test } from "vitest";
import { ConfigFile } from "#proxy/config/config-schema.ts";
import { failure, payloadOf, visibleText } from "#proxy/failure.ts";
import { logLine } from "#proxy/log.ts";
import { RateLimit } from "#proxy/rate-limit.ts";
import { DialLimits } from "#proxy/sessions/dial-limits.ts";

const LIMITS = v.parse(ConfigFile, {}).limits;
const KEY = { user: "owner", target: "10.0.0.1 22", login: "10.0.0.1 22 op" };

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
  test("three failed logins in five minutes pause target and user for a minute, and nobody else", () => {
    let now = 0;
    const limits = new DialLimits(LIMITS, () => now);
    for (let i = 0; i < 3; i += 1) limits.loginFailed(KEY);
    expect(limits.refusal(KEY)).toMatchObject({ code: "auth_failed", reason: "rate_limited", retry_after_s: 60 });
    expect(limits.refusal({ ...KEY, login: "10.0.0.1 22 other" })).toBeUndefined();
    now = 60_000;
    expect(limits.refusal(KEY)).toBeUndefined();
  });

  test("failures that are far apart, or ended by a success, pause nothing", () => {
    let now = 0;
    const limits = new DialLimits(LIMITS, () => now);
    for (let i = 0; i < 3; i += 1) {
      limits.loginFailed(KEY);
      now += 200_000;
    }
    expect(limits.refusal(KEY)).toBeUndefined();
    limits.loginFailed(KEY);
    limits.loginSucceeded(KEY);
    expect(limits.refusal(KEY)).toBeUndefined();
  });

  test("connecting at once: 2 per target, 4 per user", () => {
    const limits = new DialLimits(LIMITS, () => 0);
    limits.started(KEY);
    limits.started(KEY);
    expect(limits.refusal(KEY)).toMatchObject({ code: "limit", reason: "connecting" });
    const other = { ...KEY, target: "b" };
    limits.started(other);
    limits.started(other);
    expect(limits.refusal({ ...KEY, target: "c" })).toMatchObject({ code: "limit", reason: "connecting" });
    limits.finished(other);
    expect(limits.refusal({ ...KEY, target: "c" })).toBeUndefined();
  });

  test("dials: 6 a minute per target, with the time to wait", () => {
    const limits = new DialLimits(LIMITS, () => 0);
    const answers = Array.from({ length: 7 }, () => limits.refusal(KEY));
    expect(answers.slice(0, 6)).toEqual(Array(6).fill(undefined));
    expect(answers[6]).toMatchObject({ code: "limit", reason: "rate", retry_after_s: 10 });
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
