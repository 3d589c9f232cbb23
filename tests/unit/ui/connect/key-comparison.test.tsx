import { renderToStaticMarkup } from "react-dom/server";
import { describe, expect, test } from "vitest";
import { datesOf } from "#ui/connect/changed-key.ts";
import { KeyComparison } from "#ui/connect/key-comparison.tsx";

const PLACE = { host: "10.0.0.1", port: 22, via: [], isDevice: true };
const DATES = { "[10.0.0.1]:22 SHA256:old": { first: Date.UTC(2026, 0, 2), last: Date.UTC(2026, 4, 6) } };
const keys = {
  known: ["SHA256:old"],
  offered: "SHA256:new",
  type: "ssh-ed25519",
  pinned: [
    { type: "ssh-rsa", sha256: "SHA256:old", store: "client" as const },
    { type: "ssh-rsa", sha256: "SHA256:older", store: "proxy" as const, since: "2025-12-01T00:00:00.000Z" },
  ],
};

describe("[S48] the stop at a changed key", () => {
  test("says when this tablet met the old key first and last, and since when the proxy knows one", () => {
    const shown = renderToStaticMarkup(<KeyComparison dates={(key) => datesOf(DATES, PLACE, key)} keys={keys} />);
    expect(shown).toContain("known to this tablet, met by this tablet first on 2026-01-02, last on 2026-05-06");
    expect(shown).toContain("known to this proxy since 2025-12-01");
    expect(shown.match(/met by this tablet/g)).toHaveLength(1);
  });

  test("the dates of another host, or of one behind another port, are none of this one's", () => {
    expect(datesOf(DATES, { ...PLACE, port: 2222 }, "SHA256:old")).toBeUndefined();
    expect(datesOf(undefined, PLACE, "SHA256:old")).toBeUndefined();
  });
});
