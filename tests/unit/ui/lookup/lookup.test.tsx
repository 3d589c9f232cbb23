import { renderToStaticMarkup } from "react-dom/server";
import { describe, expect, test, vi } from "vitest";
import type { LoadView, LookupAnswer, PanelReading } from "#bridge/types.ts";
import { AnswerBlock } from "#ui/lookup/answer-block.tsx";
import { isUnderWay, loadShare, loadWords } from "#ui/lookup/load-words.ts";
import { askedBefore, keepAsked } from "#ui/lookup/lookup-history.ts";
import { lookupPlan, seenVrfs } from "#ui/lookup/lookup-plan.ts";
import { outcomeWords } from "#ui/lookup/outcome-words.ts";

vi.mock("#bridge/hooks.ts", () => ({ useView: () => undefined, useDispatch: () => () => undefined }));
vi.mock("#ui/status/use-now.ts", () => ({ useNow: () => 10_000 }));

const answer = (more: Partial<LookupAnswer>): LookupAnswer => ({ command: "lookup4", outcome: "ok", ...more });
const drawn = (what: "route" | "address" | "mac", more: Partial<LookupAnswer>): string =>
  renderToStaticMarkup(<AnswerBlock answer={answer(more)} device="d1" what={what} />);

describe("[T63] what can be asked about a word", () => {
  test("follows from what it is", () => {
    const offers = (text: string): unknown => lookupPlan(text)?.offers.map(({ what }) => what);
    expect(offers("10.0.0.1")).toEqual(["route", "address"]);
    expect(offers("2001:db8::1")).toEqual(["route", "address"]);
    expect(offers("10.0.0.0/8")).toEqual(["route"]);
    expect(offers("0011.2233.4455")).toEqual(["mac"]);
    expect(offers("; reboot")).toBeUndefined();
  });

  test("VRFs are those that readings named, the default one first", () => {
    const reading = (data: object): PanelReading => ({ data }) as PanelReading;
    expect(
      seenVrfs({
        routing: reading({ rows: [{ vrf: "default" }, { vrf: "blue" }] }),
        arp: reading({ by_vrf: [{ vrf: "red" }] }),
        ifstate: reading({ rows: [{ vrf: "blue" }, {}] }),
      }),
    ).toEqual(["default", "blue", "red"]);
    expect(seenVrfs({ routing: undefined, arp: undefined, ifstate: undefined })).toEqual(["default"]);
  });
});

describe("answers", () => {
  test("[T66] 'no route' only where the device said so; silence is not an answer", () => {
    expect(drawn("route", { data: { route_lookup: { query: "10.0.0.1", matches: [] } } })).toContain("no route");
    const silent = drawn("route", { data: { route_lookup: { query: "10.0.0.1" } } });
    expect(silent).not.toContain("no route");
    expect(silent).toContain("says nothing");
    for (const outcome of ["timeout", "parse", "gap", "unsupported"])
      expect(drawn("route", { outcome })).not.toContain("no route");
  });

  test("a match is shown with its next hop, and text of the device as text", () => {
    const html = drawn("route", {
      data: {
        route_lookup: {
          matches: [{ prefix: "10.0.0.0/8", proto: "<b>bgp", nexthops: [{ ip: "192.0.2.1", if: "Gi0/1" }] }],
        },
      },
    });
    expect(html).toContain("10.0.0.0/8");
    expect(html).toContain("192.0.2.1");
    expect(html).not.toContain("<b>bgp");
  });

  test("what cannot be asked, and what went wrong, say so with the way on", () => {
    expect(drawn("mac", { outcome: "unsupported" })).toContain("not offered");
    const refusal = { code: "unseen", why: "VRF: not known on this device" } as const;
    expect(outcomeWords(answer({ outcome: "refused", refusal }))).toBe(
      "It was not sent. VRF: not known on this device.",
    );
    expect(outcomeWords(answer({ outcome: "timeout", hint: "A daemon does not answer." }))).toContain("A daemon");
    expect(outcomeWords(answer({ outcome: "surprise" }))).toContain("surprise");
  });
});

describe("questions of before", () => {
  test("stay per device in memory, newest first, each question once, and not without end", () => {
    for (let n = 0; n < 20; n++) keepAsked("d1", { at: n, what: "route", query: `10.0.0.${n}` });
    keepAsked("d1", { at: 99, what: "route", query: "10.0.0.15" });
    const kept = askedBefore("d1");
    expect(kept).toHaveLength(12);
    expect(kept[0]).toMatchObject({ at: 99 });
    expect(kept.filter(({ query }) => query === "10.0.0.15")).toHaveLength(1);
    expect(askedBefore("d2")).toEqual([]);
  });
});

describe("[T77] progress of a whole table", () => {
  const load = (more: Partial<LoadView>): LoadView => ({
    ticket: "t",
    what: "routes",
    phase: "running",
    bytes: 1_048_576,
    rows: 0,
    started_at: 0,
    ...more,
  });
  test("is told in bytes of the estimate, then in rows", () => {
    expect(loadWords(load({ estimate_bytes: 14_200_000 }))).toBe("Arriving: 1.00 MiB of about 13.5 MiB");
    expect(loadWords(load({}))).toBe("Arriving: 1.00 MiB");
    expect(loadWords(load({ phase: "parsing", rows: 1 }))).toBe("Reading: 1 row so far");
  });

  test("without an estimate there is no share, and a wrong estimate is never passed", () => {
    expect(loadShare(load({}))).toBeUndefined();
    expect(loadShare(load({ estimate_bytes: 2_097_152 }))).toBe(0.5);
    expect(loadShare(load({ estimate_bytes: 10 }))).toBe(1);
  });

  test("what waits for a person, is done or was cancelled is not under way", () => {
    const phases = ["waiting", "running", "parsing", "confirm", "done", "cancelled", "failed"] as const;
    expect(phases.filter((phase) => isUnderWay(load({ phase })))).toEqual(["waiting", "running", "parsing"]);
  });
});
