import { describe, expect, it } from "vitest";
import { checkLink } from "#terminal/link-check.ts";

describe("[S87] links of the device", () => {
  it.each([
    "javascript:alert(1)",
    "file:///etc/passwd",
    "ssh://r1",
    "data:text/html,x",
    "not a link",
    "http://user:pw@host/",
    "http://a b/",
  ])("%s is never offered", (address) => expect(checkLink(address, address)).toBeUndefined());
  it("the host is shown in Punycode", () => {
    const link = checkLink("https://ex\u0430mple.com/login", "https://ex\u0430mple.com/login");
    expect(link).toMatchObject({ host: "xn--exmple-4nf.com", punycode: true, looksLikeOther: false });
  });
  it("text that shows another address is flagged", () => {
    expect(checkLink("https://evil.test/", "https://cisco.com/support")?.looksLikeOther).toBe(true);
    expect(checkLink("https://evil.test/", "cisco.com")?.looksLikeOther).toBe(true);
    expect(checkLink("https://cisco.com/x", "see cisco.com for more")?.looksLikeOther).toBe(false);
    expect(checkLink("https://cisco.com/x", "manual")?.looksLikeOther).toBe(false);
  });
  it("hidden characters and endless addresses are refused", () => {
    expect(checkLink("https://a.test/\u202e", "x")).toBeUndefined();
    expect(checkLink(`https://a.test/${"x".repeat(3_000)}`, "x")).toBeUndefined();
  });
});
