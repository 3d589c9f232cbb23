import * as fc from "fast-check";
import { describe, expect, test } from "vitest";
import { cliDevice, type ShellDevice } from "#support/telemetry-devices.ts";
import { TelemetryDriver } from "#support/telemetry-driver.ts";
import { pagers } from "#telemetry/knowledge/pagers.ts";
import { allowList, DETECTION } from "#telemetry/packs/build-command.ts";
import { packs } from "#telemetry/platforms/packs.ts";
import { Normaliser } from "#telemetry/transcript/normaliser.ts";
import { tailKind } from "#telemetry/transcript/tail.ts";

const encoder = new TextEncoder();
const decoder = new TextDecoder();
const PROMPT = "sw1#";
const KEYS = new Set(pagers.map(({ quit }) => quit));
const TEXTS = new Set([
  ...Object.values(DETECTION),
  ...Object.values(packs).flatMap((pack) => [...allowList(pack), ...pack.session.setup]),
]);
const MARKER = /^[!#:] rs-a1b2c3d4\d+$/;

/** Everything that may happen instead of an answer. */
const REPLIES = [
  "\r\n sw1#",
  "\r\nsome text\r\nsw1#",
  " --More-- ",
  "\u001b[7m--More--\u001b[27m",
  "(END)",
  ":",
  "lines 1-23",
  "Press any key to continue",
  "\r\nPassword: ",
  "\r\nProceed? [confirm]",
  "\r\nsw2#",
  "\r\n#",
  "\r\n>",
  "sw1#",
  "\r\nGi0/1 is up # sw1#\r\n",
  "",
  "\r\n*Mar  1 00:00:31.003: %SYS-5-CONFIG_I: Configured\r\nsw1#",
  "\u001b[2J\u001b[H",
  "\r\nCisco IOS Software, Version 15.2(4)E\r\nsw1#",
  "x".repeat(600),
];

/** A device that mostly behaves, and sometimes does one of the above instead; at a pager it eats what it gets. */
function moody(choices: number[]): ShellDevice {
  const device = cliDevice({
    prompt: PROMPT,
    page: 24,
    answers: {
      "show version": "Cisco IOS Software, Example (EX-M), Version 15.2(4)E, RELEASE SOFTWARE\nsw1 uptime is 1 day\n",
    },
  });
  const input = device.input.bind(device);
  let at = 0;
  device.input = (bytes) => {
    const choice = choices[at++ % Math.max(1, choices.length)] ?? 0;
    return choice < REPLIES.length ? encoder.encode(REPLIES[choice] ?? "") : input(bytes);
  };
  return device;
}

/** Runs a session and says for each write what stood on the last line when it was made. */
function writesOf(
  device: ShellDevice,
  chunk: number,
): { text: string; purpose: string; bytes: string; tail: string }[] {
  const screen = new Normaliser();
  const writes: { text: string; purpose: string; bytes: string; tail: string }[] = [];
  const driver = new TelemetryDriver({ shell: () => device });
  driver.chunk = (bytes) =>
    Array.from({ length: Math.ceil(bytes.length / chunk) }, (_each, index) =>
      bytes.subarray(index * chunk, (index + 1) * chunk),
    );
  const handle = driver.collector.handle.bind(driver.collector);
  driver.collector.handle = (event) => {
    if (event.type === "opened" || event.type === "transport_changed") screen.push(encoder.encode("\n"));
    if (event.type === "bytes") screen.push(event.bytes);
    const tail = screen.tail();
    const effects = handle(event);
    for (const effect of effects)
      if (effect.type === "write")
        writes.push({ text: effect.text, purpose: effect.purpose, bytes: decoder.decode(effect.bytes), tail });
    return effects;
  };
  driver.send({ type: "subscribe", panels: ["device_info", "cpu", "ifstate", "bgp", "log"], at: driver.now });
  driver.open("shell_pty");
  driver.run(90_000);
  return writes;
}

describe("the write side", () => {
  test("[T1] [T34] every byte is allow-listed, and none but LF and quit keys goes to a line that is no prompt", () => {
    fc.assert(
      fc.property(
        fc.array(fc.nat(REPLIES.length * 3), { minLength: 1, maxLength: 25 }),
        fc.integer({ min: 1, max: 400 }),
        (choices, chunk) => {
          const writes = writesOf(moody(choices), chunk);
          const prompts = new Set<string>();
          for (const [index, { text, purpose, bytes, tail }] of writes.entries()) {
            if (purpose === "lf") expect(bytes).toBe("\n");
            else if (purpose === "pager") {
              expect(KEYS.has(bytes)).toBe(true);
              expect(tailKind(tail, { pagers: [], dialogs: [] }).kind).toBe("pager");
            } else {
              expect(["command", "setup", "marker"]).toContain(purpose);
              expect(TEXTS.has(text) || MARKER.test(text)).toBe(true);
              const [first, second, rest] = bytes.split("\n");
              expect([first, second === "" || MARKER.test(second ?? ""), rest ?? ""]).toEqual([text, true, ""]);
              // The line ended with a prompt that two line feeds in a row had shown.
              expect(tailKind(tail, { pagers: [], dialogs: [] }).kind).toBe("other");
              expect([
                index,
                prompts.has(tail) || writes.slice(0, index).filter((each) => each.purpose === "lf").length >= 2,
              ]).toEqual([index, true]);
              expect(tail.trim()).not.toBe("");
            }
            if (purpose !== "lf") prompts.add(tail);
          }
        },
      ),
      { numRuns: 150 },
    );
  });

  test("[T62] at most three questions of detection, whatever is answered", () => {
    fc.assert(
      fc.property(fc.array(fc.nat(REPLIES.length * 3), { minLength: 1, maxLength: 25 }), (choices) => {
        const texts = writesOf(moody(choices), 64)
          .filter(({ purpose }) => purpose === "command")
          .map(({ text }) => text);
        const questions = new Set(Object.values(DETECTION) as string[]);
        const firstOther = texts.findIndex((text) => !questions.has(text));
        expect(
          (firstOther < 0 ? texts : texts.slice(0, firstOther)).filter((text) => text !== "show version").length,
        ).toBeLessThanOrEqual(3);
      }),
      { numRuns: 60 },
    );
  });

  test.each(pagers.map(({ id }) => id))("[T33] a banner that waits in a pager gets quit keys only: %s", (id) => {
    const tails: Record<string, string> = {
      more: "--More--",
      "more-dashes": "-- MORE --, next page: Space",
      "less-end": "(END)",
      less: ":",
      "less-lines": "lines 1-23/80 30%",
      "press-any-key": "Press any key to continue",
      "press-enter": "Press RETURN to get started",
    };
    const tail = tails[id] ?? "";
    expect(tailKind(tail, { pagers: [], dialogs: [] }).kind).toBe("pager");
    const device: ShellDevice = {
      ran: [],
      open: () => encoder.encode(`\r\nbanner\r\n${tail}`),
      input: () => encoder.encode(""),
    };
    const writes = writesOf(device, 1_000);
    expect(writes.length).toBeGreaterThan(0);
    for (const { bytes } of writes) expect([id, KEYS.has(bytes)]).toEqual([id, true]);
  });

  test("[T36] a bare # or > is no prompt when the text above was one too", () => {
    const device = cliDevice({ prompt: "#", answers: {} });
    expect(
      writesOf(device, 100)
        .filter(({ purpose }) => purpose === "command")
        .every(({ tail }) => tail === "#"),
    ).toBe(true);
  });
});
