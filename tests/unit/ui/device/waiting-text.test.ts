import { describe, expect, test } from "vitest";
import { waitingText } from "#ui/device/waiting-text.ts";

describe("what is said while the way to the proxy is lost", () => {
  const now = new Date(2025, 4, 6, 14, 2, 50).getTime();

  test("[S59] that the session is kept is never asserted: nobody here knows whether the proxy still runs", () => {
    expect(waitingText("suspended", new Date(2025, 4, 6, 14, 17, 30).getTime(), now)).toBe(
      "If the proxy still runs, it keeps the session for 14m 40s more, until 14:17",
    );
    expect(waitingText("suspended", undefined, now)).toMatch(/^If the proxy still runs/);
  });

  test("when the time is over nothing is promised any more", () => {
    expect(waitingText("suspended", now - 1, now)).toBe(
      "The proxy keeps the session no longer than 14:02; it may be over",
    );
  });

  test("a session that is being taken up again says so", () => {
    expect(waitingText("resuming", now + 60_000, now)).toBe("Resuming the session");
  });
});
