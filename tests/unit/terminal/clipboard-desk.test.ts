import { describe, expect, it } from "vitest";
import { ClipboardDesk, type ClipboardOffer, OFFER_MAX_BYTES } from "#terminal/clipboard-desk.ts";

const coded = (text: string) => Buffer.from(text).toString("base64");

function make(asks = true) {
  const offers: (ClipboardOffer | undefined)[] = [];
  const notices: string[] = [];
  const desk = new ClipboardDesk({
    asks: () => asks,
    changed: (offer) => offers.push(offer),
    notice: (text) => notices.push(text),
  });
  return { desk, offers, notices };
}

describe("[S85] the clipboard and the device", () => {
  it("writing is ignored unless the person lets the device ask", () => {
    const { desk, offers, notices } = make(false);
    desk.take(`c;${coded("hi")}`);
    expect([offers, notices]).toEqual([[], []]);
    expect(desk.answer("copy")).toBeUndefined();
  });
  it("reading is never answered", () => {
    const { desk, offers } = make();
    for (const data of ["c;?", ";?", "p;?", "?"]) desk.take(data);
    expect(offers).toEqual([]);
  });
  it("size and plain text are shown before anything is copied, and each time", () => {
    const { desk, offers } = make();
    desk.take(`c;${coded("Zürich\r\nline")}`);
    expect(offers).toEqual([{ bytes: 13, preview: "Zürich\nline", more: 0, removed: 0 }]);
    expect(desk.answer("copy")).toBe("Zürich\nline");
    expect(desk.answer("copy")).toBeUndefined();
    desk.take(`c;${coded("again")}`);
    expect(desk.answer("ignore")).toBeUndefined();
    expect(offers.at(-1)).toBeUndefined();
  });
  it("what is looked at is what is copied: nothing takes its place meanwhile", () => {
    const { desk, offers } = make();
    desk.take(`c;${coded("harmless")}`);
    desk.take(`c;${coded("reload")}`);
    expect(offers).toHaveLength(1);
    expect(desk.answer("copy")).toBe("harmless");
  });
  it("controls are taken out and counted", () => {
    const { desk, offers } = make();
    desk.take(`c;${coded("a\x1b[31mb\x07\u009b")}`);
    expect(offers[0]).toMatchObject({ removed: 3 });
    expect(desk.answer("copy")).toBe("a[31mb");
  });
  it("64 KiB is taken, more is refused with a sentence, and so is what is no text", () => {
    const { desk, offers, notices } = make();
    desk.take(`c;${coded("x".repeat(OFFER_MAX_BYTES + 1))}`);
    desk.take(`c;${coded("x".repeat(10_000_000))}`);
    desk.take("c;not base64!");
    expect(offers).toEqual([]);
    expect(notices).toHaveLength(3);
    desk.take(`c;${coded("x".repeat(OFFER_MAX_BYTES))}`);
    expect(offers[0]).toMatchObject({ bytes: OFFER_MAX_BYTES, more: OFFER_MAX_BYTES - 400 });
  });
});
