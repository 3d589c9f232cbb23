import { describe, expect, test } from "vitest";
import type { TerminalView } from "#bridge/types.ts";
import {
  overNote,
  refusedNote,
  shownWaiting,
  staleNote,
  unconfirmedNote,
  waitingNote,
} from "#ui/terminal/input-notes.ts";

const waiting = { text: "sh ip int br⏎", bytes: 13, unproven_bytes: 0, oldest_at: 1_000 };

describe("[U13] typed text that is not at the proxy", () => {
  test("[WP19] waits for the link, and after 10 s for an answer", () => {
    expect(waitingNote(waiting, 11_000)).toBe("Not sent yet: waits for the link.");
    expect(waitingNote(waiting, 11_001)).toBe("Not sent. When the link is back, you are asked.");
  });

  test("[S92] [U46] the question says how many lines wait, and asks only where somebody would take them", () => {
    expect(staleNote({ bytes: 5 }, 12, true)).toBe("Typed 12 s ago, not sent. Send it now?");
    expect(staleNote({ bytes: 5, lines: 1 }, 12, false)).toBe("Typed 12 s ago, not sent.");
    expect(staleNote({ bytes: 900, lines: 30 }, 12, true)).toBe(
      "30 lines (900 bytes) typed or pasted 12 s ago, not sent. Send them now?",
    );
  });

  test("[U100] what was on its way may have reached the device", () => {
    const both = waitingNote({ ...waiting, unproven_bytes: 1 }, 2_000);
    expect(both).toMatch(/^Not sent yet.*1 byte sent before the link went is not confirmed; the device may have it\.$/);
    expect(waitingNote({ ...waiting, text: "", bytes: 0, unproven_bytes: 4 }, 2_000)).toBe(
      "4 bytes sent before the link went are not confirmed; the device may have them.",
    );
  });

  test("[U100] keys that no session took are counted, with the reason", () => {
    expect(refusedNote("connecting", 1)).toBe("Not connected yet: 1 byte you typed was not sent and is not kept.");
    expect(refusedNote("ended", 3)).toBe("The session has ended: 3 bytes you typed were not sent and are not kept.");
    expect(refusedNote("taken_over", 2)).toContain("used elsewhere");
  });

  test("a secret is not shown", () => {
    expect(shownWaiting({ text: "hunter2⏎", bytes: 8 }, true)).toBe("(8 bytes, typed at a password prompt)");
    expect(shownWaiting({ text: "", bytes: 8, hidden: true }, false)).toBe("(8 bytes, typed at a password prompt)");
    expect(shownWaiting({ text: "show version⏎", bytes: 13 }, false)).toBe("show version⏎");
    expect(shownWaiting({ text: "", bytes: 0 }, true)).toBe("");
  });
});

test("[U13] what a link that looks open does not confirm is said where the typing is", () => {
  const live = { phase: "live", unacked_bytes: 5, unacked_since: 1_000 } as TerminalView;
  expect(unconfirmedNote(live, 2_500)).toBeUndefined();
  expect(unconfirmedNote(live, 5_000)).toBe(
    "5 bytes you typed have not been confirmed for 4s; kept here until the proxy confirms them.",
  );
  expect(unconfirmedNote({ ...live, phase: "suspended" }, 5_000)).toBeUndefined();
  const stale = { text: "x", bytes: 1, oldest_at: 0 };
  expect(unconfirmedNote({ ...live, stale_input: stale }, 5_000)).toBeUndefined();
  expect(unconfirmedNote({ phase: "live", unacked_bytes: 0 } as TerminalView, 5_000)).toBeUndefined();
});

test("[U100] input of a session that is over is counted as lost, or as possibly arrived", () => {
  const over = { text: "ab", bytes: 2, unproven_bytes: 3, oldest_at: 0 };
  expect(overNote(over)).toBe(
    "2 bytes you typed were not sent: the session is over. 3 bytes sent before the link went are not confirmed; the device may have them.",
  );
});
