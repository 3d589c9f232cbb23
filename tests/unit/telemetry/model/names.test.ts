import * as fc from "fast-check";
import { describe, expect, test } from "vitest";
import { ipAddress, ipPrefix, macAddress } from "#telemetry/model/addresses.ts";
import { durationSeconds } from "#telemetry/model/durations.ts";
import { completeName, interfaceName, naturalCompare } from "#telemetry/model/interface-names.ts";
import { bgpState, operState, present } from "#telemetry/model/vocabulary.ts";
import { iosPrefixes } from "#telemetry/platforms/cisco-ios/prefixes.ts";

describe("[T21] interface names", () => {
  test.each([
    ["Gi1/0/1", "GigabitEthernet1/0/1", "phys"],
    ["gi1/0/1", "GigabitEthernet1/0/1", "phys"],
    ["Gig 0/0", "GigabitEthernet0/0", "phys"],
    ["Ten 1/1/3", "TenGigabitEthernet1/1/3", "phys"],
    ["Te1/1/1", "TenGigabitEthernet1/1/1", "phys"],
    ["Po1", "Port-channel1", "lag"],
    ["PO1/0", "POS1/0", "phys"],
    ["Vl10", "Vlan10", "svi"],
    ["Tw2/0/33", "TwoGigabitEthernet2/0/33", "phys"],
    ["Twe1/0/1", "TwentyFiveGigE1/0/1", "phys"],
    ["Lo0", "Loopback0", "loop"],
    ["weird7", "weird7", "other"],
  ])("%s is %s, %s", (printed, name, cls) => {
    const found = interfaceName(printed, iosPrefixes);
    expect([found.name, found.class, found.printed]).toEqual([name, cls, printed]);
  });

  test("a subinterface names its parent and unit", () => {
    expect(interfaceName("Gi0/0.100", iosPrefixes)).toMatchObject({
      class: "sub",
      parent: "GigabitEthernet0/0",
      unit: "100",
    });
  });

  test("canonical names are fixed points", () => {
    for (const [long, short] of iosPrefixes) {
      const canonical = interfaceName(`${short}1/2`, iosPrefixes).name;
      expect([short, interfaceName(canonical, iosPrefixes).name]).toEqual([short, canonical]);
      expect(interfaceName(`${long}1/2`, iosPrefixes).name).toBe(`${long}1/2`);
    }
  });

  test("[T22] a cut name is completed only when one fits", () => {
    expect(completeName("Eth1/1", ["Eth1/10", "Eth2/1"])).toBe("Eth1/10");
    expect(completeName("Eth1/1", ["Eth1/10", "Eth1/11"])).toBeUndefined();
    expect(completeName("Eth1/1", ["Eth1/1", "Eth1/11"])).toBe("Eth1/1");
  });

  test("[T24] natural order is an order", () => {
    expect(["Ethernet10", "Ethernet2", "Ethernet1/2", "ge1"].toSorted(naturalCompare)).toEqual([
      "Ethernet1/2",
      "Ethernet2",
      "Ethernet10",
      "ge1",
    ]);
    const name = fc.string({ unit: fc.constantFrom("a", "b", "1", "2", "10", "/"), maxLength: 6 });
    fc.assert(
      fc.property(name, name, (a, b) => {
        expect(Math.sign(naturalCompare(a, b)) + Math.sign(naturalCompare(b, a))).toBe(0);
      }),
    );
  });
});

test("[T25] addresses", () => {
  expect(macAddress("0200.5E10.0081")).toBe("02:00:5e:10:00:81");
  expect(macAddress("02-00-5e-10-00-81")).toBe("02:00:5e:10:00:81");
  expect(macAddress("incomplete")).toBeUndefined();
  expect(ipAddress("2001:0DB8:0:0:0:0:0:7")).toBe("2001:db8::7");
  expect(ipAddress("1:0:0:2:0:0:0:3")).toBe("1:0:0:2::3");
  expect(ipAddress("::")).toBe("::");
  expect(ipAddress("fe80::1%GigabitEthernet0/0")).toBe("fe80::1%GigabitEthernet0/0");
  expect(ipAddress("fe80::780f:daff:f%01:5260")).toBeUndefined();
  expect(ipAddress("7DFF:7DFF:7DFF:7DFF:7DFF:7DFD")).toBeUndefined();
  expect(ipAddress("300.1.1.1")).toBeUndefined();
  expect(ipPrefix("10.1.2.3/24")).toBe("10.1.2.3/24");
  expect(ipPrefix("10.1.2.3/33")).toBeUndefined();
});

test.each([
  ["2 years, 31 weeks, 6 days, 9 hours, 55 minutes", 82_374_900],
  ["1y2w", 32_745_600],
  ["3d04h", 273_600],
  ["00:12:33", 753],
  ["1d02:03:04", 93_784],
  ["12 minutes", 720],
  ["never", undefined],
  ["3 months", undefined],
  ["", undefined],
])("durations: %s", (text, seconds) => {
  expect(durationSeconds(text)).toBe(seconds);
});

test("[T26] [T5] words outside the vocabulary stay raw, placeholders are absent", () => {
  expect(operState("notPresent")).toEqual({ value: "absent" });
  expect(operState("wibbling")).toEqual({ raw: "wibbling" });
  expect(bgpState("Idle (Admin)")).toEqual({ value: "admin-down" });
  expect(operState("constructor")).toEqual({ raw: "constructor" });
  expect(["n/a", "--", "never", "  ", "unassigned"].map(present)).toEqual([
    undefined,
    undefined,
    undefined,
    undefined,
    undefined,
  ]);
});
