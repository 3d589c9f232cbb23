import { describe, expect, test } from "vitest";
import { counterText, groupDigits, withIec, withSi } from "#ui/format/numbers.ts";

const plain = (text: string): string => text.replaceAll("\u202f", " ");

describe("numbers", () => {
  test.each([
    [0, "0 b/s"],
    [999, "999 b/s"],
    [1_240_000, "1.24 Mb/s"],
    [12_840_000, "12.8 Mb/s"],
    [999_600, "1.00 Mb/s"],
    [482_300_000, "482 Mb/s"],
    [1e11, "100 Gb/s"],
    [0.5, "0.50 b/s"],
    [-2_000, "-2.00 kb/s"],
  ])("%d b/s is shown as %s", (value, shown) => {
    expect(withSi(value, "b/s")).toBe(shown);
  });

  test.each([
    [0, "0 B"],
    [1_023, "1023 B"],
    [1_024, "1.00 KiB"],
    [1_734_210_560, "1.62 GiB"],
    [1_048_550, "1.00 MiB"],
  ])("%d bytes are shown as %s", (value, shown) => {
    expect(withIec(value)).toBe(shown);
  });

  test("[T13] counters keep every digit while short and are never turned into a number", () => {
    expect(plain(counterText("0"))).toBe("0");
    expect(plain(counterText("999999"))).toBe("999 999");
    expect(counterText("1234567")).toBe("1.23 M");
    expect(counterText("12345678")).toBe("12.3 M");
    expect(counterText("123456789")).toBe("123 M");
    expect(counterText("184467440737095516")).toBe("184 P");
    expect(counterText("99999999999999999999")).toBe("99.9 E");
    expect(counterText("1234567890123456789012")).toBe("1.23e21");
  });

  test("digits stand in groups of three; sign and fraction stay", () => {
    expect(plain(groupDigits("812453"))).toBe("812 453");
    expect(plain(groupDigits("-1234.5678"))).toBe("-1 234.5678");
  });
});
