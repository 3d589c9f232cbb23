import * as fc from "fast-check";
import { describe, expect, test } from "vitest";
import { extract } from "#telemetry/transcript/extract.ts";

const encoder = new TextEncoder();
const NONCE = "a1b2c3d4";
const MARKER = `! rs-${NONCE}7`;
const prompt = { text: "r1# " };
const logLine = /^\*[A-Z][a-z]{2} +\d+ [\d:.]+: %/;
const OUTPUT = "Interface  Status\r\nge1 #      up\r\nr1# is in a description\r\nge2        down\r\n";
const PLAIN = "Interface  Status\nge1 #      up\nr1# is in a description\nge2        down\n";

function cut(session: string, marker: string | undefined): ReturnType<typeof extract> {
  return extract({ raw: encoder.encode(session), prompt, command: "show interface", marker, nonce: NONCE, logLine });
}

describe("answers are cut out by position", () => {
  test("[T40] between the echoed command and the echoed marker", () => {
    const found = cut(`r1# show interface\r\n${OUTPUT}r1# ${MARKER}\r\nr1# `, MARKER);
    expect(found).toEqual({ text: PLAIN, log_lines: [], notes: [], damaged: false });
  });

  test("[T42] with a marker and without one the result is the same", () => {
    const marked = cut(`r1# show interface\r\n${OUTPUT}r1# ${MARKER}\r\nr1# `, MARKER);
    const plain = cut(`r1# show interface\r\n${OUTPUT}r1# `, undefined);
    expect(plain.text).toBe(marked.text);
  });

  test("[T41] an early echo is cut out wherever it falls", () => {
    fc.assert(
      fc.property(fc.nat(OUTPUT.length), (at) => {
        const early = `${OUTPUT.slice(0, at)}${MARKER}\r\n${OUTPUT.slice(at)}`;
        const found = cut(`r1# show interface\r\n${early}r1# ${MARKER}\r\nr1# `, MARKER);
        // Right behind a look-alike of the prompt the early echo cannot be told from the end: damaged, never data.
        const behindPrompt = OUTPUT.slice(0, at).endsWith("\nr1# ");
        if (behindPrompt) expect(found.damaged).toBe(true);
        else expect([found.text, found.damaged]).toEqual([PLAIN, false]);
      }),
    );
  });

  test("[T41] a rest of the marker inside the answer means damaged", () => {
    const found = cut(`r1# show interface\r\nge1 ${NONCE.slice(0, 6)} up\r\nr1# ${MARKER}\r\nr1# `, MARKER);
    expect(found.damaged).toBe(true);
  });

  test("[T49] an unsolicited line moves to the log at any line of the answer", () => {
    const lines = OUTPUT.split("\r\n").slice(0, -1);
    const log = "*Mar  1 00:00:31.003: %LINK-3-UPDOWN: Interface ge1, changed state to down";
    for (let at = 0; at <= lines.length; at++) {
      const body = [...lines.slice(0, at), log, ...lines.slice(at)].map((line) => `${line}\r\n`).join("");
      const found = cut(`r1# show interface\r\n${body}r1# ${MARKER}\r\nr1# `, MARKER);
      expect([found.text, found.log_lines, found.damaged]).toEqual([PLAIN, [log], false]);
    }
  });

  test("[T49] a log line that splits the typed command does not damage the capture", () => {
    const log = "*Mar  1 00:00:31.003: %SYS-5-CONFIG_I: Configured";
    const found = cut(`r1# show inter\r\u001b[K${log}\r\nr1# show interface\r\n${OUTPUT}r1# ${MARKER}\r\nr1# `, MARKER);
    expect([found.text, found.log_lines, found.damaged]).toEqual([PLAIN, [log], false]);
  });

  test("an answer without its echo is damaged, never data", () => {
    expect(cut(`${OUTPUT}r1# ${MARKER}\r\nr1# `, MARKER).damaged).toBe(true);
  });
});
