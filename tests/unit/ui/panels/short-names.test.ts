import { describe, expect, test } from "vitest";
import { shortNamesOf } from "#ui/panels/short-names.ts";

const PORTS = [
  { name: "GigabitEthernet1/0/1", short: "Gi1/0/1" },
  { name: "Port-channel7", short: "Po7" },
  { name: "eth0", short: "eth0" },
  { name: "Vlan10" },
];

describe("[T21] names of ports where there is little room", () => {
  const short = shortNamesOf(PORTS);

  test("follow the short forms of the device's own ports, a neighbour's with the same prefix as well", () => {
    expect(short("GigabitEthernet1/0/1")).toBe("Gi1/0/1");
    expect(short("GigabitEthernet0/2.100")).toBe("Gi0/2.100");
    expect(short("Port-channel12")).toBe("Po12");
  });

  test("stay as they are when nothing says what their prefix is called", () => {
    expect(["TenGigabitEthernet1/1", "Vlan10", "eth3", "mgmt", "52:54:00:aa:00:01"].map(short)).toEqual([
      "TenGigabitEthernet1/1",
      "Vlan10",
      "eth3",
      "mgmt",
      "52:54:00:aa:00:01",
    ]);
  });
});
