import { describe, expect, test } from "vitest";
import { EchoWatch } from "#workers/echo-watch.ts";

describe("echo watch", () => {
  test("[U11] what the proxy has taken and the device has not answered, since when", () => {
    const echo = new EchoWatch();
    expect(echo.figures(null)).toEqual({});
    echo.startOver(100);
    echo.typed(1_000);
    expect(echo.figures(100)).toEqual({ typed_at: 1_000 });
    echo.accepted(105, 1_050);
    echo.accepted(108, 1_400);
    expect(echo.figures(108)).toEqual({ typed_at: 1_000, unechoed: { bytes: 8, since: 1_050 } });
    expect(echo.output(108, 3_000)).toBe(2_000);
    expect(echo.figures(108)).toEqual({ typed_at: 1_000 });
    // Output without anything typed is no answer.
    expect(echo.output(108, 4_000)).toBeUndefined();
  });

  test("[T53] echo times are smoothed; a new session begins without any of them unanswered", () => {
    const echo = new EchoWatch();
    echo.startOver(0);
    echo.typed(0);
    echo.typed(50);
    echo.accepted(2, 60);
    expect(echo.output(2, 100)).toBe(100);
    echo.typed(1_000);
    expect(echo.output(3, 1_200)).toBeCloseTo(130);
    echo.typed(2_000);
    echo.accepted(4, 2_010);
    echo.forget();
    expect(echo.figures(0)).toEqual({});
    echo.startOver(0);
    expect(echo.output(0, 9_000)).toBeUndefined();
  });

  test("an echo that overtakes the proxy's word answers what it echoes", () => {
    const echo = new EchoWatch();
    echo.startOver(10);
    echo.typed(0);
    echo.output(13, 20);
    echo.accepted(13, 30);
    expect(echo.figures(13).unechoed).toBeUndefined();
    echo.accepted(15, 40);
    expect(echo.figures(15).unechoed).toEqual({ bytes: 2, since: 40 });
  });

  test("[WP18] positions of another attachment count from there", () => {
    const echo = new EchoWatch();
    echo.startOver(10);
    echo.accepted(20, 500);
    echo.startOver(4_000);
    expect(echo.figures(4_000)).toEqual({});
    echo.accepted(4_003, 900);
    expect(echo.figures(4_003)).toEqual({ unechoed: { bytes: 3, since: 900 } });
  });
});
