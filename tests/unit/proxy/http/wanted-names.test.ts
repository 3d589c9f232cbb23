import type { Socket } from "node:net";
import { describe, expect, test } from "vitest";
import { ownAddresses, ownHostNames } from "#proxy/http/own-names.ts";
import { peerAddress } from "#proxy/http/peer-address.ts";
import { shownNames, wantedNames } from "#proxy/http/wanted-names.ts";

const LOOPBACK = ["localhost", "127.0.0.1", "::1"];

describe("[S30] names that the certificate is made for", () => {
  test.each([
    ["127.0.0.1", []],
    ["localhost", []],
    ["::1", []],
    ["10.0.0.5", ["10.0.0.5"]],
    ["FD00:0::5", ["fd00::5"]],
    ["::", []],
    ["0.0.0.0", []],
  ])("host %s asks for %j", (host, configured) => {
    expect(wantedNames({ host, serve_as: [] }).configured).toEqual(configured);
  });

  test("configured names come without ports and brackets; an https origin has its certificate elsewhere", () => {
    const serve_as = ["box.example", "box.example:8443", "[fd00::9]:1", "https://door.example"];
    expect(wantedNames({ host: "::", serve_as }).configured).toEqual(["box.example", "fd00::9"]);
  });

  test("every address of the machine only where every one is listened on, and loopback always", () => {
    expect(wantedNames({ host: "10.0.0.5", serve_as: [] }).own()).toEqual(LOOPBACK);
    const every = [...ownHostNames(), ...ownAddresses(), ...LOOPBACK];
    expect(wantedNames({ host: "::", serve_as: [] }).own()).toEqual(every);
    expect(wantedNames({ host: "0.0.0.0", serve_as: [] }).own()).toEqual(every);
    expect(ownAddresses().filter((address) => /^fe[89ab]|^127\.|^::1$/i.test(address))).toEqual([]);
  });
});

describe("names that people are told", () => {
  const served = ["box", "box.local", "fd00::1", "10.0.0.1", ...LOOPBACK];
  test("configured ones first, then addresses, then the machine's names", () => {
    expect(shownNames({ host: "::", serve_as: [] }, served)).toEqual(["10.0.0.1", "box", "box.local", "fd00::1"]);
    const named = { host: "::", serve_as: ["rack.example"] };
    expect(shownNames(named, ["rack.example", ...served])[0]).toBe("rack.example");
    // One that is not served is not told.
    expect(shownNames(named, served)[0]).toBe("10.0.0.1");
  });

  test("on loopback there is one", () => {
    expect(shownNames({ host: "127.0.0.1", serve_as: [] }, [])).toEqual(["localhost"]);
    expect(shownNames({ host: "::1", serve_as: [] }, LOOPBACK)).toEqual(["::1"]);
  });
});

test.each([
  ["::ffff:10.0.0.1", "10.0.0.1"],
  ["10.0.0.1", "10.0.0.1"],
  ["fd00::1", "fd00::1"],
  ["::ffff:0:1", "::ffff:0:1"],
])("a peer %s is called %s", (remoteAddress, called) => {
  expect(peerAddress({ socket: { remoteAddress } as Socket })).toBe(called);
});
