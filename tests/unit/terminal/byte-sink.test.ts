import { describe, expect, it } from "vitest";
import { ByteSink, IN_FLIGHT_MAX_BYTES, type SinkTerminal } from "#terminal/byte-sink.ts";

type Message = Parameters<ByteSink["take"]>[0];

/** A terminal that parses only when told to, as a slow tablet would. */
class SlowTerminal implements SinkTerminal {
  readonly log: string[] = [];
  readonly writes: { data: Uint8Array; parsed: () => void }[] = [];
  cols = 40;
  cursorColumn = 0;
  alternateScreen = false;
  write(data: Uint8Array, parsed: () => void): void {
    this.writes.push({ data, parsed });
  }
  resize(cols: number, rows: number): void {
    this.log.push(`resize ${cols}x${rows}`);
  }
  reset(): void {
    this.log.push("reset");
  }
  parse(count = Number.POSITIVE_INFINITY): void {
    for (let n = 0; n < count; n++) {
      const next = this.writes.shift();
      if (next === undefined) return;
      this.log.push(new TextDecoder().decode(next.data));
      next.parsed();
    }
  }
}

const bytes = (text: string) => new TextEncoder().encode(text).buffer;
const out = (pos: number, text: string, replay = false): Message => ({ t: "out", pos, body: bytes(text), replay });

function make() {
  const terminal = new SlowTerminal();
  const facts: string[] = [];
  const applied: number[] = [];
  const sink = new ByteSink({
    terminal,
    applied: (pos) => applied.push(pos),
    replaying: (on) => terminal.log.push(`replaying ${on}`),
    restoring: (progress) => facts.push(progress === undefined ? "restored" : `${progress.done}/${progress.total}`),
    begun: () => facts.push("begun"),
    sized: (cols, rows, replay) => facts.push(`sized ${cols}x${rows} ${replay}`),
    now: () => new Date(2026, 0, 2, 3, 4, 5),
  });
  return { terminal, facts, applied, sink };
}

describe("byte sink: credit", () => {
  it("[WP9] gives credit exactly for what is parsed, never for what is only queued", () => {
    const { terminal, applied, sink } = make();
    sink.take(out(100, "abc"));
    sink.take(out(103, "de"));
    sink.take(out(105, "f"));
    expect(applied).toEqual([]);
    terminal.parse(1);
    expect(applied).toEqual([103]);
    terminal.parse(2);
    expect(applied).toEqual([103, 105, 106]);
  });
  it("keeps many writes in flight, but a bounded amount", () => {
    const { terminal, applied, sink } = make();
    const chunk = "x".repeat(32 * 1024);
    for (let n = 0; n < 20; n++) sink.take(out(n * chunk.length, chunk));
    const queued = terminal.writes.reduce((sum, write) => sum + write.data.byteLength, 0);
    expect(queued).toBeGreaterThan(chunk.length);
    expect(queued).toBeLessThan(IN_FLIGHT_MAX_BYTES + chunk.length);
    terminal.parse();
    expect(applied.at(-1)).toBe(20 * chunk.length);
    expect(applied).toHaveLength(20);
  });
  it("hands bytes over undecoded and in order, split characters included [U37]", () => {
    const { terminal, sink } = make();
    const euro = new Uint8Array([0xe2, 0x82, 0xac]);
    sink.take({ t: "out", pos: 0, body: euro.slice(0, 1).buffer, replay: false });
    sink.take({ t: "out", pos: 1, body: euro.slice(1).buffer, replay: false });
    expect(terminal.writes.map((write) => [...write.data])).toEqual([[0xe2], [0x82, 0xac]]);
  });
  it("after close nothing is written and no late callback gives credit", () => {
    const { terminal, applied, sink } = make();
    sink.take(out(0, "abc"));
    sink.close();
    sink.take(out(3, "d"));
    terminal.parse();
    expect(applied).toEqual([]);
    expect(terminal.writes).toEqual([]);
  });
});

describe("byte sink: what is not output", () => {
  it("[S82] replay begins and ends between the bytes, when nothing is in flight", () => {
    const { terminal, sink } = make();
    sink.take(out(0, "old1", true));
    sink.take(out(4, "old2", true));
    sink.take(out(8, "live"));
    expect(terminal.log).toEqual(["replaying true"]);
    terminal.parse();
    expect(terminal.log).toEqual(["replaying true", "old1", "old2", "replaying false", "live"]);
  });
  it("[U35] a recorded size takes force at its place in the stream", () => {
    const { terminal, facts, sink } = make();
    sink.take(out(0, "wide", true));
    sink.take({ t: "size", cols: 60, rows: 20, replay: true });
    sink.take(out(4, "narrow", true));
    terminal.parse();
    expect(terminal.log).toEqual(["replaying true", "wide", "resize 60x20", "narrow"]);
    expect(facts).toEqual(["sized 60x20 true"]);
  });
  it("[U69] restoring is told, and its end ends the replay", () => {
    const { terminal, facts, sink } = make();
    sink.take({ t: "restoring", done: 0, total: 8 });
    sink.take(out(0, "12345678", true));
    sink.take({ t: "restoring", done: 8, total: 8 });
    terminal.parse();
    expect(facts).toEqual(["0/8", "restored"]);
    expect(terminal.log).toEqual(["replaying true", "12345678", "replaying false"]);
  });
  it("a gap is a ruled line with its size, and its end is credited so that the stream goes on", () => {
    const { terminal, applied, sink } = make();
    sink.take(out(0, "abc"));
    sink.take({ t: "gap", from: 3, to: 3 + 5_000 });
    sink.take(out(5_003, "d"));
    terminal.parse();
    expect(terminal.log[1]).toMatch(/KiB \(\d+ bytes\) not received/);
    expect(terminal.log[1]).toMatch(/─{3,}/);
    expect(applied).toEqual([3, 5_003, 5_004]);
  });
  it("a note is dated, ends unfinished sequences, and begins on a line of its own", () => {
    const { terminal, sink } = make();
    terminal.cursorColumn = 7;
    sink.take({ t: "note", text: "Session ended: exit 0" });
    terminal.parse();
    expect(terminal.log[0]).toContain("2026-01-02 03:04:05 Session ended: exit 0");
    expect(terminal.log[0]?.startsWith("\x18")).toBe(true);
    expect(terminal.log[0]).toContain("\r\n\x1b[2m");
  });
  it("a session that begins clears the screen, or only what the last one had switched on", () => {
    const { terminal, facts, sink } = make();
    sink.take({ t: "begin", stream: "a", pos: 0, clear: true });
    sink.take(out(0, "x"));
    sink.take({ t: "begin", stream: "b", pos: 0, clear: false });
    terminal.parse();
    expect(terminal.log.slice(0, 2)).toEqual(["reset", "x"]);
    expect(terminal.log[2]).toContain("?1;66;2004;2026l");
    expect(facts).toEqual(["begun", "begun"]);
  });
});
