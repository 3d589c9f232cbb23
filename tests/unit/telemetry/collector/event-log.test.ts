import { describe, expect, test } from "vitest";
import { fixtures, parseAs } from "#support/telemetry-fixtures.ts";
import { EventLog } from "#telemetry/collector/event-log.ts";
import type { LogEntry } from "#telemetry/knowledge/panel-data.ts";

function entriesOf(text: string, parser = "ios.logging"): LogEntry[] {
  const platform = parser === "ios.logging" ? "cisco_ios" : "linux";
  const result = parseAs({ platform, parser }, text);
  if (!result.ok) throw new Error(result.why);
  return result.data.log?.entries ?? [];
}
const line = (second: number, text = "Interface Gi1/0/1, changed state to up"): string =>
  `*Nov 22 10:${String(Math.floor(second / 60)).padStart(2, "0")}:${String(second % 60).padStart(2, "0")}.101: %LINK-3-UPDOWN: ${text}\n`;

describe("[T78] log entries, each once", () => {
  test("golden: a whole buffer, then what came since, then the buffer again", () => {
    const log = new EventLog();
    const lines = [line(1), line(2), line(2, "Interface Gi1/0/2, changed state to up"), line(3)];
    const first = log.addFetched(entriesOf(`Log Buffer (8192 bytes):\n\n${lines.slice(0, 3).join("")}`));
    const second = log.addFetched(entriesOf(lines.slice(1).join("")));
    const third = log.addFetched(entriesOf(`Log Buffer (8192 bytes):\n\n${lines.join("")}`));
    expect([first, second, third].map((added) => added.map(({ at_text, text }) => `${at_text} ${text}`))).toEqual([
      [
        "Nov 22 10:00:01.101 Interface Gi1/0/1, changed state to up",
        "Nov 22 10:00:02.101 Interface Gi1/0/1, changed state to up",
        "Nov 22 10:00:02.101 Interface Gi1/0/2, changed state to up",
      ],
      ["Nov 22 10:00:03.101 Interface Gi1/0/1, changed state to up"],
      [],
    ]);
    expect(log.list()).toEqual(entriesOf(lines.join("")));
  });

  test("golden: one line twice in one answer, unasked and printed, and every fixture twice", () => {
    const log = new EventLog();
    expect(log.addLines([line(5).trim()])).toHaveLength(1);
    expect(log.addFetched(entriesOf(line(5) + line(5) + line(6)))).toHaveLength(1);
    expect(log.list().map(({ source }) => source)).toEqual(["async", undefined]);
    for (const { meta, text } of fixtures().filter(({ meta: each }) => /logging|journal/.test(each.parser))) {
      const entries = entriesOf(text, meta.parser);
      const kept = new EventLog();
      expect([meta.command, kept.addFetched(entries)]).toEqual([meta.command, entries]);
      expect([meta.command, kept.addFetched(entries)]).toEqual([meta.command, []]);
    }
  });

  test("a buffer longer than what is kept brings nothing old back", () => {
    const log = new EventLog();
    const buffer = (from: number, to: number): LogEntry[] =>
      entriesOf(Array.from({ length: to - from }, (_each, index) => line(from + index)).join(""));
    log.addFetched(buffer(0, 900));
    expect(log.list()).toEqual(buffer(400, 900));
    expect(log.addFetched(buffer(10, 910))).toEqual(buffer(900, 910));
    expect(log.list()).toEqual(buffer(410, 910));
  });

  test("what came unasked is no place to go on from: lines before it may not have been printed", () => {
    const log = new EventLog();
    log.addLines([line(9).trim()]);
    expect(log.last).toBeUndefined();
    log.addFetched(entriesOf(line(3)));
    log.addLines([line(10).trim()]);
    expect(log.last?.at_text).toBe("Nov 22 10:00:03.101");
    log.forgetPlace();
    expect(log.last).toBeUndefined();
    expect(log.list()).toHaveLength(3);
  });
});
