import { describe, expect, test } from "vitest";
import type { DeviceView, LinkView, TerminalView } from "#bridge/types.ts";
import { chipFigure, chipState } from "#ui/status/chip-state.ts";
import { slowCause } from "#ui/status/link-cause.ts";

const link: LinkView = { phase: "online", attempt: 0, resumes: 0, rtt_ms: 14, rtt_p50_ms: 12 };
const terminal: TerminalView = {
  phase: "live",
  since: 0,
  cols: 80,
  rows: 24,
  unacked_bytes: 0,
  held_bytes: 0,
  undrawn_bytes: 0,
  gaps: [],
};
const deviceWith = (ssh1: Partial<TerminalView>): DeviceView => ({
  id: "demo:r1",
  record: {
    id: "demo:r1",
    label: "r1",
    target: { host: "demo:r1", port: 22, user: "demo", via: [] },
    algorithms: "modern",
    keepalive: "tcp",
    grace_s: 900,
    telemetry: "ask",
    pins: [],
  },
  ssh1: { ...terminal, ...ssh1 },
  ssh2: { phase: "live", since: 0, activity: "running", profile: "normal" },
  badge: "ok",
});

describe("[U10] connection chip", () => {
  test.each([
    [{}, {}, "Connected"],
    [{ phase: "offline" }, {}, "Offline"],
    [{ phase: "refused" }, {}, "Refused"],
    [{ phase: "waiting", attempt: 3 }, {}, "Resuming (3)"],
    [{ phase: "dialling", attempt: 1 }, {}, "Connecting"],
    [{ phase: "probing" }, {}, "Slow"],
    [{ rtt_ms: 400 }, {}, "Slow"],
    [{ rtt_ms: 100 }, {}, "Connected"],
    [{}, { held_bytes: 70_000 }, "Held"],
    [{}, { phase: "resuming" }, "Resuming"],
    [{}, { phase: "ended" }, "Ended"],
    [{}, { phase: "busy" }, "In use elsewhere"],
    [{ phase: "waiting", attempt: 2 }, { stale_input: { text: "x", bytes: 1, oldest_at: 0 } }, "Asks"],
    [{ phase: "offline" }, { phase: "ended" }, "Offline"],
  ] as const)("%o with terminal %o says %s", (linkPart, terminalPart, words) => {
    expect(chipState({ ...link, ...linkPart }, deviceWith(terminalPart)).words).toBe(words);
  });

  test("at most three words", () => {
    expect(chipState(undefined, undefined).words.split(" ").length).toBeLessThanOrEqual(3);
  });
});

describe("[U11] the figure beside the chip", () => {
  test.each([
    [{}, {}, "14 ms"],
    [{}, { held_bytes: 70_000 }, "69 KiB"],
    [{ phase: "probing" }, { unacked_bytes: 7, unacked_since: 8_000 }, "7 B unconfirmed"],
    [{}, { unacked_bytes: 7, unacked_since: 9_000 }, "14 ms"],
    [{ phase: "waiting", attempt: 3 }, {}, undefined],
    [{}, { phase: "ended" }, undefined],
  ] as const)("%o with terminal %o: %s", (linkPart, terminalPart, figure) => {
    expect(chipFigure({ ...link, ...linkPart }, deviceWith(terminalPart), 10_000)).toBe(figure);
  });
});

describe("[U12] the cause is named by the first match", () => {
  test.each([
    [{ undrawn_bytes: 70_000, held_bytes: 90_000 }, {}, /^This tablet is busy/],
    [{ held_bytes: 90_000 }, { phase: "probing" }, /^The network is slow/],
    [{ unacked_since: 7_000, held_bytes: 90_000 }, {}, /not confirmed what you typed for 3s/],
    [{ held_bytes: 90_000, unsaved_bytes: 300_000 }, {}, /^Output is held, 88 KiB at the proxy/],
    [{ unsaved_bytes: 300_000, unechoed: { bytes: 3, since: 0 } }, {}, /^Storage is slow: 293/],
    [{ unechoed: { bytes: 3, since: 4_000 } }, {}, /^The device has not answered for 6s/],
  ] as const)("%o", (terminalPart, linkPart, cause) => {
    expect(slowCause({ ...link, ...linkPart }, deviceWith(terminalPart), 10_000)).toMatch(cause);
  });

  test("nothing is said when nothing is slow", () => {
    expect(slowCause(link, deviceWith({}), 10_000)).toBeUndefined();
    expect(slowCause(link, deviceWith({ unsaved_bytes: 200_000 }), 10_000)).toBeUndefined();
    expect(slowCause(link, deviceWith({ unechoed: { bytes: 3, since: 8_000 } }), 10_000)).toBeUndefined();
    expect(slowCause(link, deviceWith({ phase: "ended", unechoed: { bytes: 3, since: 0 } }), 10_000)).toBeUndefined();
  });
});
