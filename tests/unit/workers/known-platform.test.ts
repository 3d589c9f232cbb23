import { describe, expect, test } from "vitest";
import { KEY, RECORD } from "#support/wire-messages.ts";
import { knownPlatform, platformKey } from "#workers/known-platform.ts";

describe("[T62] a platform that is known is shown although nothing is detected", () => {
  test("from what an earlier connection found, with its evidence", () => {
    expect(knownPlatform(RECORD, { platform: "frr", evidence: "show version: FRRouting 8.4.4" })).toEqual({
      id: "frr",
      title: "FRRouting (vtysh)",
      evidence: "show version: FRRouting 8.4.4",
      chosen: false,
    });
  });

  test("what the person chose beats what was found", () => {
    expect(knownPlatform({ ...RECORD, platform: "linux" }, { platform: "frr" })).toMatchObject({
      id: "linux",
      chosen: true,
    });
  });

  test("nothing known, or a platform of another version, is nothing to show", () => {
    expect(knownPlatform(RECORD, undefined)).toBeUndefined();
    expect(knownPlatform({ ...RECORD, platform: "junos" }, undefined)).toBeUndefined();
  });

  test("each login of a box has its own", () => {
    const other = { ...RECORD, target: { ...RECORD.target, user: "somebody" } };
    expect(platformKey(KEY, other)).not.toBe(platformKey(KEY, RECORD));
  });
});
