import { renderToStaticMarkup } from "react-dom/server";
import { describe, expect, test } from "vitest";
import type { DeviceRecord, ErrorPayload } from "#bridge/types.ts";
import { RECORD } from "#support/wire-messages.ts";
import { formOf, recordOf } from "#ui/connect/device-form.ts";
import { allowanceOf } from "#ui/device/legacy-allowance.ts";
import { LegacyMark } from "#ui/status/legacy-mark.tsx";

const hop = (n: number) => ({ host: `10.9.9.${n}`, port: 22, user: "jumper" });
const behind: DeviceRecord = { ...RECORD, target: { ...RECORD.target, via: [hop(1), hop(2)] } };
const failed = (changes: Partial<ErrorPayload> = {}): ErrorPayload => ({
  code: "no_common_algorithm",
  retry: "user",
  diagnosis: { categories: [], fix: "compatible" },
  ...changes,
});

describe("[S64] [S61] the way on from algorithms that do not meet", () => {
  test("is the smallest set that would do, for the very host that needs it", () => {
    expect(allowanceOf(RECORD, failed())).toMatchObject({ set: "compatible", record: { algorithms: "compatible" } });
    for (const at of [0, 1]) {
      const found = allowanceOf(behind, failed({ hop: at }));
      expect(found?.record.algorithms).toBe("modern");
      expect(found?.record.target.via.map(({ algorithms }) => algorithms)).toEqual(
        [0, 1].map((one) => (one === at ? "compatible" : undefined)),
      );
    }
    expect(allowanceOf(behind, failed({ hop: 2 }))).toMatchObject({
      record: { algorithms: "compatible", target: behind.target },
    });
  });

  test("is none where no set would help, and for any other error", () => {
    expect(allowanceOf(RECORD, failed({ diagnosis: { categories: [] } }))).toBeUndefined();
    expect(allowanceOf(RECORD, undefined)).toBeUndefined();
  });

  test("the form of the device keeps what a jump host was allowed [S39]", () => {
    const allowed = allowanceOf(behind, failed({ hop: 1 }))?.record ?? behind;
    expect(recordOf({ ...formOf(allowed), label: "other" }, allowed.id, allowed).target).toEqual(allowed.target);
  });

  test("[S61] the badge shows the jump hosts' sets as well as the device's", () => {
    const mark = (record: DeviceRecord) => renderToStaticMarkup(<LegacyMark record={record} />);
    expect(mark(behind)).toBe("");
    expect(mark({ ...behind, algorithms: "legacy" })).toContain("Legacy 2");
    const jump = mark(allowanceOf(behind, failed({ hop: 1 }))?.record ?? behind);
    expect(jump).toContain("Legacy 1");
    expect(jump).toContain("jump host 2");
  });
});
