import * as fc from "fast-check";
import { describe, expect, test } from "vitest";
import { type CliScript, cliDevice, type ShellDevice } from "#support/telemetry-devices.ts";
import { TelemetryDriver } from "#support/telemetry-driver.ts";
import { fixtures } from "#support/telemetry-fixtures.ts";
import type { PanelId } from "#telemetry/knowledge/panel-data.ts";

const ANSWERS = Object.fromEntries(
  fixtures()
    .filter(({ meta, name }) => meta.platform === "cisco_ios" && /\/(?:ordinary|iosxe-switch|catalyst)$/.test(name))
    .map(({ meta, text }) => [meta.command, text]),
);
const PANELS: PanelId[] = ["device_info", "cpu", "ifstate", "neighbors", "bgp", "ospf", "routing_table"];
const LOG = "*Mar  1 00:00:31.003: %LINK-3-UPDOWN: Interface Gi1/0/3, changed state to down";
/** Lines that look like the end of an answer and are none. */
const LOOKALIKES = ["#", ">", "sw2#", "sw1# ", " sw1#", "description sw1#", "! rs-", "sw1", "--- More ---x"];

/** How one run of the same device goes: chunks, spacing, where log lines and look-alikes stand, how much is echoed early. */
type Course = { chunk: number; spacing: number; log: boolean; lookalike: number; markers: boolean };

function answersWith({ lookalike }: Course): CliScript["answers"] {
  const odd = LOOKALIKES[lookalike];
  if (odd === undefined) return ANSWERS;
  return Object.fromEntries(
    Object.entries(ANSWERS).map(([command, text]) => {
      const lines = text.replace(/\n$/, "").split("\n");
      const at = Math.floor(lines.length / 2);
      return [command, `${[...lines.slice(0, at), odd, ...lines.slice(at)].join("\n")}\n`];
    }),
  );
}

/** The same device, with a log line inside each long answer. */
function chatty(device: ShellDevice): ShellDevice {
  const decoder = new TextDecoder();
  const encoder = new TextEncoder();
  return {
    ran: device.ran,
    open: () => device.open(),
    input(bytes) {
      const text = decoder.decode(device.input(bytes));
      const lines = text.split("\r\n");
      if (lines.length < 8) return encoder.encode(text);
      return encoder.encode([...lines.slice(0, 4), LOG, ...lines.slice(4)].join("\r\n"));
    },
  };
}

function run(course: Course): { captures: string[]; data: unknown; driver: TelemetryDriver } {
  const device = cliDevice({ prompt: "sw1#", answers: answersWith(course) });
  const driver = new TelemetryDriver(
    { shell: () => (course.log ? chatty(device) : device) },
    { platform: "cisco_ios", markers: course.markers },
  );
  driver.chunk = (bytes) =>
    Array.from({ length: Math.ceil(bytes.length / course.chunk) }, (_each, index) =>
      bytes.subarray(index * course.chunk, (index + 1) * course.chunk),
    );
  driver.spacingMs = course.spacing;
  driver.send({ type: "subscribe", panels: PANELS, at: driver.now });
  driver.open("shell_pty");
  driver.run(90_000);
  const readings = PANELS.map((panel) => driver.readings.get(panel));
  const captures = readings
    .flatMap((reading) => reading?.sources ?? [])
    .map(({ command, capture }) => `${command}\n${driver.collector.capture(capture)?.text ?? ""}`);
  // When a sample was taken depends on how long the line took before; what it says does not.
  const data: unknown = JSON.parse(
    JSON.stringify(
      readings.map((reading) => reading?.data),
      (key, value: unknown) => (key === "t" ? undefined : value),
    ),
  );
  return { captures: [...new Set(captures)].toSorted(), data, driver };
}

const course = fc.record({
  chunk: fc.integer({ min: 1, max: 3_000 }),
  spacing: fc.constantFrom(0, 1, 5),
  log: fc.boolean(),
  lookalike: fc.integer({ min: -3, max: LOOKALIKES.length - 1 }),
});

describe("[T42] markers are a switch", () => {
  test("on or off, the same transcript gives the same captures and the same data", () => {
    fc.assert(
      fc.property(course, (each) => {
        // Long answers in small pieces take longer than the run.
        const paced = { ...each, spacing: each.chunk < 200 ? 0 : each.spacing };
        const [on, off] = [run({ ...paced, markers: true }), run({ ...paced, markers: false })];
        expect(off.captures).toEqual(on.captures);
        expect(off.data).toEqual(on.data);
        expect(on.captures.length).toBeGreaterThan(5);
        const markers = (driver: TelemetryDriver): number =>
          driver.effects.filter((effect) => effect.type === "write" && effect.purpose === "marker").length;
        expect(markers(on.driver)).toBeGreaterThan(0);
        expect(markers(off.driver)).toBe(0);
        const sent = off.driver.effects.flatMap((effect) =>
          effect.type === "write" ? [new TextDecoder().decode(effect.bytes)] : [],
        );
        expect(sent.join("")).not.toContain("rs-");
      }),
      { seed: 919, numRuns: 12 },
    );
  });

  test("without a marker a prompt's look-alike in the middle never ends an answer, nor does a pause at one", () => {
    const off = run({ chunk: 40, spacing: 0, log: false, lookalike: 0, markers: false });
    for (const text of off.captures.filter((each) => each.split("\n").length > 6)) expect(text).toContain("\n#\n");
  });
});
