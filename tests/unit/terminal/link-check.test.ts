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
    "https://@evil.test/",
    "https:@evil.test/",
    "https://:@evil.test/",
    "https:\\\\cisco.com@evil.test/",
    "view-source:https://a.test/",
    "blob:https://a.test/x",
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
  it.each([
    ["an IPv4 address with short numbers", "http://10.0.0.1/"],
    ["a name without a dot", "https://router/"],
    ["a name before an @", "https://cisco.com@evil.test/"],
    ["a second name", "evil.test, that is cisco.com"],
    ["a zero-width character inside", "cis\u200bco.com"],
    ["a full-width dot", "cisco\u3002com"],
    ["an IPv6 address", "[2001:db8::1]"],
    ["letters that look alike", "https://evi\u04cf.test/"],
  ])("text with %s is an address too", (_, shown) =>
    expect(checkLink("https://evil.test/", shown)?.looksLikeOther).toBe(true),
  );
  it.each([
    ["https://a.test:8443/x.html", "https://a.test:8443/x.html"],
    ["https://a.test/x?u=me@b.test", "https://a.test/x?u=me@b.test"],
    ["https://a.test/@me", "profile"],
    ["http://[2001:db8::1]/", "http://[2001:db8::1]/"],
    ["https://router/", "https://router/ui"],
    ["https://a.test/", "read a.test/guide.html first"],
  ])("%s shown as %s is itself", (address, shown) =>
    expect(checkLink(address, shown)).toMatchObject({ looksLikeOther: false }),
  );
});
