import { appendFile, mkdir, mkdtemp, readdir, readFile, rm, stat, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it, onTestFinished, vi } from "vitest";
import { auditRefusal, hashedSid } from "#proxy/audit/audit.ts";
import { AuditLog, type AuditOptions } from "#proxy/audit/audit-log.ts";
import { LeftOutLines } from "#proxy/audit/left-out.ts";
import { random256 } from "#proxy/random.ts";

let dir: string;
beforeEach(async () => {
  dir = await mkdtemp(join(tmpdir(), "rackside-audit-"));
});
afterEach(() => rm(dir, { recursive: true, force: true }));

const file = () => join(dir, "audit", "audit.jsonl");
const open = (more: Partial<AuditOptions> = {}) =>
  AuditLog.open({ dataDir: dir, required: false, max_mb: 10, keep: 3, log: () => {}, ...more });
const linesOf = async (path = file()) =>
  (await readFile(path, "utf8"))
    .trimEnd()
    .split("\n")
    .map((line) => JSON.parse(line) as Record<string, unknown>);

describe("audit log [S93]", () => {
  it("[S93] writes v, ts, seq, event, user, client, addr, outcome, reason and the event's fields, mode 0600", async () => {
    const audit = await open({ now: () => new Date("2026-01-02T03:04:05.678Z") });
    audit.write({
      event: "pair.refused",
      user: "ada",
      client: "c",
      addr: "192.0.2.1",
      outcome: "refused",
      reason: "pair_used",
      label: "iPad",
    });
    await audit.close();
    expect(await linesOf()).toEqual([
      {
        v: 1,
        ts: "2026-01-02T03:04:05.678Z",
        seq: 1,
        event: "pair.refused",
        user: "ada",
        client: "c",
        addr: "192.0.2.1",
        outcome: "refused",
        reason: "pair_used",
        label: "iPad",
      },
    ]);
    expect((await stat(file())).mode & 0o777).toBe(0o600);
    expect((await stat(join(dir, "audit"))).mode & 0o777).toBe(0o700);
  });

  it("[S93] appends and counts on over a restart, and ends a line that a crash cut short", async () => {
    const first = await open();
    first.write({ event: "user.disabled", outcome: "ok" });
    await first.close();
    await appendFile(file(), '{"v":1,"ts":"x","seq":7,"ev');
    const second = await open();
    second.write({ event: "user.enabled", outcome: "ok" });
    await second.close();
    const text = await readFile(file(), "utf8");
    expect(text.split("\n")).toHaveLength(4);
    expect(JSON.parse(text.split("\n")[2] ?? "")).toMatchObject({ seq: 2, event: "user.enabled" });
  });

  it("[S93] keeps the order of events that come while it writes, and loses none", async () => {
    const audit = await open();
    for (let i = 0; i < 50; i++) {
      audit.write({ event: "link.closed", outcome: "ok", close: i });
      if (i % 7 === 0) await audit.ready();
      else await Promise.resolve();
    }
    await audit.ready();
    expect((await linesOf()).map(({ close }) => close)).toEqual([...Array(50).keys()]);
    await audit.close();
  });

  it("[S93] rotates by size and keeps as many files as it is told", async () => {
    const audit = await open({ max_mb: 0.001, keep: 2 });
    for (let i = 0; i < 40; i++) {
      audit.write({ event: "link.accepted", outcome: "ok", origin: `https://a.example:${i}` });
      await audit.ready();
    }
    await audit.close();
    expect((await readdir(join(dir, "audit"))).toSorted()).toEqual(["audit.jsonl", "audit.jsonl.1", "audit.jsonl.2"]);
    for (const name of await readdir(join(dir, "audit"))) {
      expect((await stat(join(dir, "audit", name))).size).toBeLessThan(1_100);
    }
    // Pages go over the files, newest first.
    const page = await audit.page({ user: "ada", nobodys: true, limit: 1_000 });
    expect(page.entries[0]?.seq).toBe(40);
    expect(page.entries.map(({ seq }) => seq)).toEqual(page.entries.map((_, index) => 40 - index));
    expect(page.entries.length).toBeGreaterThan(10);
  });

  it("[S94] a user sees own events only, newest first, in pages, by kind", async () => {
    const audit = await open();
    for (let i = 1; i <= 9; i++) {
      const user = i % 3 === 0 ? "bob" : "ada";
      audit.write({ event: i % 2 === 0 ? "link.closed" : "pair.used", user, outcome: "ok" });
    }
    audit.write({ event: "pair.refused", outcome: "refused" });
    const first = await audit.page({ user: "ada", nobodys: false, limit: 4 });
    expect(first.entries.map(({ seq }) => seq)).toEqual([8, 7, 5, 4]);
    const rest = await audit.page({ user: "ada", nobodys: false, limit: 4, before: first.next });
    expect(rest.entries.map(({ seq }) => seq)).toEqual([2, 1]);
    expect(rest.next).toBeUndefined();
    const links = await audit.page({ user: "ada", nobodys: false, limit: 9, prefix: "link." });
    expect(links.entries.map(({ seq }) => seq)).toEqual([8, 4, 2]);
    const all = await audit.page({ user: "ada", nobodys: true, limit: 1 });
    expect(all.entries.map(({ event }) => event)).toEqual(["pair.refused"]);
    await audit.close();
  });

  it("[S94] [S72] a token in any field never reaches the file", async () => {
    const audit = await open();
    const canary = random256();
    audit.write({ event: "link.refused", outcome: "refused", reason: canary, origin: `https://x/?${canary}` });
    audit.write({
      event: "session.opened",
      outcome: "ok",
      sid: hashedSid(`n1.${canary}`),
      session_id: "ssh1",
      target: canary,
      auth: "password",
      host_key: `SHA256:${"a".repeat(43)}`,
    });
    await audit.close();
    const text = await readFile(file(), "utf8");
    expect(text).not.toContain(canary);
    expect(text).toContain(`SHA256:${"a".repeat(43)}`);
    expect(text).toContain('"auth":"password"');
  });

  it("[S94] tells when it cannot be written, refuses where it is required, and says what was lost", async () => {
    const audit = await open({ required: true });
    const states: boolean[] = [];
    audit.onState((failing) => states.push(failing));
    // A folder in the file's place fails for every user, root too.
    await writeFile(join(dir, "audit", "keep"), "");
    await rm(file(), { force: true });
    await mkdir(file());
    expect(await audit.ready()).toBe(false);
    expect(auditRefusal(audit)).toMatchObject({ code: "limit", reason: "audit" });
    await audit.ready();
    audit.write({ event: "user.enabled", outcome: "ok" });
    for (let i = 0; i < 6_000; i++) audit.write({ event: "link.closed", outcome: "ok", origin: "x ".repeat(200) });
    await rm(file(), { recursive: true });
    expect(await audit.ready()).toBe(true);
    expect(auditRefusal(audit)).toBeUndefined();
    expect(states).toEqual([true, false]);
    const lines = await linesOf();
    expect(lines[0]).toMatchObject({ event: "user.enabled", seq: 1 });
    const lost = lines.find(({ event }) => event === "audit.lost");
    expect(Number(lost?.lines) + lines.length - 1).toBe(6_001);
    await audit.close();
  });

  it("[S23] whoever is refused over and over cannot push the rest out; how many were left out is told", async () => {
    let now = 0;
    const audit = await open({ now: () => new Date(now) });
    const refuse = (addr: string) => audit.write({ event: "link.refused", outcome: "refused", addr });
    for (let i = 0; i < 1_000; i++) refuse("192.0.2.1");
    refuse("192.0.2.2");
    // Addresses of one IPv6 network are one machine's.
    for (let i = 0; i < 100; i++) refuse(`2001:db8::${i.toString(16)}`);
    audit.write({ event: "pair.used", outcome: "ok", user: "ada" });
    for (let i = 0; i < 2_000; i++) refuse(`10.0.${i >> 8}.${i & 255}`);
    now = 3_600_000;
    refuse("192.0.2.1");
    await audit.close();
    const lines = await linesOf();
    expect(lines.filter(({ addr }) => addr === "192.0.2.1")).toHaveLength(31);
    // Each has its own count, on its own next line or, where none came, on one that names it.
    expect(lines.filter(({ addr }) => addr === "192.0.2.1").at(-1)?.suppressed).toBe(970);
    expect(lines.find(({ addr }) => addr === "192.0.2.2")).not.toHaveProperty("suppressed");
    expect(lines.find(({ event }) => event === "pair.used")).not.toHaveProperty("suppressed");
    const damped = lines.filter(({ event }) => event === "audit.damped");
    expect(damped.map(({ of, addr, suppressed }) => [of, addr, suppressed])).toEqual([
      ["link.refused", "2001:db8::1e", 70],
      // Of a sweep, one number.
      ["link.refused", undefined, 2_000 - (300 - 30 - 1 - 30)],
    ]);
    expect(lines.length).toBeLessThan(310);
    const told = lines.reduce((sum, { suppressed }) => sum + Number(suppressed ?? 0), 0);
    expect(told + lines.length - damped.length).toBe(1_000 + 1 + 100 + 1 + 2_000 + 1);
  });

  it("[S23] [S93] a paired client cannot push the rest out with anything; its other acts, and others', are still there", async () => {
    let now = 0;
    const audit = await open({ now: () => new Date(now), max_mb: 3, keep: 3 });
    const by = (client: string) => ({ user: "ada", client, outcome: "ok" as const });
    audit.write({ event: "policy.changed", ...by("b"), before: "1", after: "2" });
    const floods = [
      () => audit.write({ event: "client.renamed", ...by("a"), label: "x ".repeat(30) }),
      () => audit.write({ event: "link.closed", ...by("a"), close: 1_000 }),
      () =>
        audit.write({
          event: "exec.done",
          ...by("a"),
          outcome: "failed",
          sid: "s",
          target: "t",
          command: "c ".repeat(200),
        }),
    ];
    // An hour of 50 messages a second: four times what is kept.
    for (let minute = 0; minute < 60; minute++, now += 60_000) {
      for (let i = 0; i < 3_000; i++) floods[i % 3]?.();
      await audit.ready();
    }
    audit.write({ event: "policy.changed", ...by("b"), before: "2", after: "3" });
    // From the console, which is nobody's client.
    for (let i = 0; i < 500; i++) audit.write({ event: "user.enabled", outcome: "ok", user: "bob", by: "console" });
    floods[0]?.();
    await audit.close();
    const names = await readdir(join(dir, "audit"));
    const lines = (await Promise.all(names.map((name) => linesOf(join(dir, "audit", name))))).flat();
    const count = (event: string) => lines.filter((line) => line.event === event).length;
    expect([count("policy.changed"), count("user.enabled")]).toEqual([2, 500]);
    expect(count("exec.done")).toBeGreaterThan(count("link.closed"));
    expect(lines.length).toBeLessThan(12_500);
    const told = lines.reduce((sum, { suppressed }) => sum + Number(suppressed ?? 0), 0);
    const own = lines.filter(({ event }) => event !== "audit.damped").length;
    expect(told + own).toBe(1 + 180_000 + 1 + 500 + 1);
  });

  it("[S93] [S94] no flood of a client hides what it does besides", async () => {
    const audit = await open();
    const by = { user: "ada", client: "a", outcome: "ok" as const };
    const session = { sid: "s", target: "t" };
    for (let i = 0; i < 1_000; i++) {
      audit.write({ event: "link.closed", ...by, close: 1_000 });
      audit.write({ event: "sign.granted", ...by, ...session } as never);
      audit.write({ event: "session.attached", ...by, ...session } as never);
    }
    const acts = [
      "session.opened",
      "session.ended",
      "client.revoked",
      "policy.changed",
      "hostkey.replaced",
      "pair.created",
    ];
    for (const event of acts) for (let i = 0; i < 200; i++) audit.write({ event, ...by, ...session } as never);
    audit.write({ event: "session.adopted", ...by, ...session } as never);
    await audit.close();
    const lines = await linesOf();
    const count = (event: string) => lines.filter((line) => line.event === event).length;
    for (const event of acts) expect([event, count(event)]).toEqual([event, 200]);
    expect(count("session.adopted")).toBe(1);
    expect(count("sign.granted")).toBeLessThan(400);
  });

  it("[S93] what was left out is told on a line of the same client and event, and on nobody else's", async () => {
    let now = 0;
    const audit = await open({ now: () => new Date(now) });
    const by = (user: string, client: string) => ({ user, client, outcome: "ok" as const });
    const rename = (user: string, client: string) =>
      audit.write({ event: "client.renamed", ...by(user, client), label: "x" });
    for (let i = 0; i < 125; i++) rename("ada", "a");
    for (let i = 0; i < 122; i++) rename("bob", "b");
    for (let i = 0; i < 303; i++) audit.write({ event: "link.closed", ...by("ada", "a"), close: 1_000 });
    audit.write({ event: "policy.changed", ...by("ada", "a"), before: "1", after: "2" });
    audit.write({ event: "user.enabled", outcome: "ok", user: "ada", by: "console" });
    rename("ada", "c");
    now = 60_000;
    rename("bob", "b");
    rename("ada", "a");
    rename("ada", "a");
    // Nobody comes back: told for the client all the same, by the next line of anybody's, once.
    now = 11 * 60_000;
    audit.write({ event: "user.enabled", outcome: "ok", user: "ada", by: "console" });
    audit.write({ event: "user.enabled", outcome: "ok", user: "ada", by: "console" });
    await audit.close();
    const lines = (await linesOf()).filter(({ suppressed }) => suppressed !== undefined);
    expect(lines.map(({ event, user, client, of, suppressed }) => [event, user, client, of, suppressed])).toEqual([
      ["client.renamed", "bob", "b", undefined, 2],
      ["client.renamed", "ada", "a", undefined, 5],
      ["audit.damped", "ada", "a", "link.closed", 3],
    ]);
    // Whose it was sees it, and nobody else does.
    const seen = async (user: string) =>
      (await audit.page({ user, nobodys: false, limit: 100, prefix: "audit." })).entries;
    expect([(await seen("ada")).length, (await seen("bob")).length]).toEqual([1, 0]);
  });

  it("[S93] what an event counts for itself is added to what was left out of it", async () => {
    let now = 0;
    const audit = await open({ now: () => new Date(now) });
    const refused = (suppressed?: number) =>
      audit.write({ event: "channel.refused", outcome: "refused", client: "a", target: "t", kind: "x11", suppressed });
    for (let i = 0; i < 40; i++) refused();
    now = 60_000;
    refused(5);
    await audit.close();
    expect((await linesOf()).at(-1)).toMatchObject({ event: "channel.refused", suppressed: 15 });
  });

  it("[S93] an idle proxy tells what was left out 10 minutes later, without another line", async () => {
    vi.useFakeTimers({ toFake: ["setTimeout", "clearTimeout"] });
    onTestFinished(() => void vi.useRealTimers());
    let now = 0;
    const pass = (ms: number) => {
      now += ms;
      vi.advanceTimersByTime(ms);
    };
    const audit = await open({ now: () => new Date(now) });
    const refused = (client: string) => {
      for (let i = 0; i < 40; i++) {
        audit.write({ event: "channel.refused", outcome: "refused", client, target: "t", kind: "x11" });
      }
    };
    const damped = async () => {
      await audit.ready();
      return (await linesOf())
        .filter(({ event }) => event === "audit.damped")
        .map(({ of, client, suppressed }) => [of, client, suppressed]);
    };
    refused("a");
    pass(60_000);
    refused("b");
    pass(9 * 60_000 - 1);
    expect(await damped()).toEqual([]);
    pass(1);
    expect(await damped()).toEqual([["channel.refused", "a", 10]]);
    pass(60_000);
    expect(await damped()).toEqual([
      ["channel.refused", "a", 10],
      ["channel.refused", "b", 10],
    ]);
    expect(vi.getTimerCount()).toBe(0);
    refused("a");
    expect(vi.getTimerCount()).toBe(1);
    await audit.close();
    expect(vi.getTimerCount()).toBe(0);
    expect((await damped()).at(-1)).toEqual(["channel.refused", "a", 10]);
  });

  it("[S23] counts of more clients and addresses than are kept one by one are kept by event: none is lost", () => {
    let now = 0;
    const leftOut = new LeftOutLines(() => now);
    const refusal = (addr: string) => ({ event: "link.refused" as const, outcome: "refused" as const, addr });
    for (let i = 0; i < 1_000; i++) leftOut.add(refusal(`10.0.${i >> 8}.${i & 255}`), `${i}`);
    leftOut.add(refusal("10.0.0.0"), "0");
    expect(leftOut.take("link.refused", "0")).toBe(2);
    expect(leftOut.take("link.refused", "0")).toBe(0);
    expect(leftOut.take("link.refused", "999")).toBe(0);
    expect(leftOut.due()).toEqual([]);
    now = -1;
    const due = leftOut.due();
    expect(due).toHaveLength(256);
    expect(due.at(-1)).toEqual({ of: "link.refused", suppressed: 1_000 - 256 });
    expect(leftOut.due(true)).toEqual([]);
  });

  it("[S94] required and unusable stops the start; else it starts and says so", async () => {
    await writeFile(join(dir, "audit"), "not a folder");
    await expect(open({ required: true })).rejects.toThrow(/audit\.required/);
    const audit = await open();
    expect(audit.failing).toBe(true);
    expect(auditRefusal(audit)).toBeUndefined();
    await audit.close();
  });
});
