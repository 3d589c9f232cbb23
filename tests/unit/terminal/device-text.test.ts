import { describe, expect, it } from "vitest";
import { deviceTitle, escapeHidden } from "#terminal/device-text.ts";

describe("[S86] titles of the device", () => {
  it("control, bidirectional and zero-width characters become visible", () => {
    expect(escapeHidden("a\x1b[0m\u202eb\u200bc\x07", 64)).toBe("a^[[0m\\u{202e}b\\u{200b}c^G");
  });
  it("are cut to 64 characters, never inside one", () => {
    const cut = escapeHidden("😀".repeat(100), 64);
    expect(Array.from(cut)).toHaveLength(64);
    expect(cut.endsWith("…")).toBe(true);
  });
  it("ordinary text of any language stays", () => {
    expect(escapeHidden("r1 — Zürich 東京", 64)).toBe("r1 — Zürich 東京");
  });
  it("megabytes of title cost no more than a short one", () => {
    const cut = deviceTitle("\u202e".repeat(5_000_000));
    expect(Array.from(cut)).toHaveLength(64);
    expect(cut.startsWith("\\u{202e}")).toBe(true);
    expect(deviceTitle("😀".repeat(64))).toBe("😀".repeat(64));
  });
});
