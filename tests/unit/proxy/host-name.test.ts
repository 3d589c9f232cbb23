import { describe, expect, test } from "vitest";
import { hostName } from "#proxy/policy/host-name.ts";

describe("[S36] one name for a host, however it is spelled", () => {
  test.each([
    "10.0.0.1",
    "[10.0.0.1]",
    "::ffff:10.0.0.1",
    "[::ffff:10.0.0.1]",
    "::FFFF:a00:1",
    "64:ff9b::a00:1",
    "2002:a00:1::",
    "2002:a00:1::77",
    "::10.0.0.1",
  ])("%s is 10.0.0.1", (spelling) => expect(hostName(spelling)).toBe("10.0.0.1"));

  test.each(["fd00::1", "[FD00::1]", "fd00:0:0:0:0:0:0:1", "fd00:0000::0.0.0.1"])("%s is fd00::1", (spelling) =>
    expect(hostName(spelling)).toBe("fd00::1"),
  );

  test.each([
    ["fe80::1%eth0", "fe80::1%eth0"],
    ["fd00:0:0:1::", "fd00:0:0:1::"],
    ["R1.Lab", "r1.lab"],
    ["r1.lab.", "r1.lab"],
    ["demo:R1", "demo:r1"],
  ])("%s is %s", (spelling, name) => expect(hostName(spelling)).toBe(name));
});
