import { describe, expect, it } from "vitest";
import { showBgpSummary } from "#demo/show/bgp.ts";
import { showInterfaces, showIpInterfaceBrief } from "#demo/show/interfaces.ts";
import { showIpRouteSummary, showOspfNeighbours } from "#demo/show/routing.ts";
import { showMemory, showProcessesCpu, showVersion } from "#demo/show/system.ts";
import { age, clockText, logStamp, uptimeText } from "#demo/show/text.ts";
import { portsAt } from "#demo/world/ports.ts";
import { DEVICES } from "#demo/world/topology.ts";
import { World } from "#demo/world/world.ts";

const START = Date.UTC(2025, 5, 9, 8, 0, 0);
const HOUR_MS = 3_600_000;

function contextOf(index: number, at = START + HOUR_MS) {
  const device = DEVICES[index];
  if (device === undefined) throw new Error(`no device ${index}`);
  return { world: new World({ seed: 3, now: () => START }), device, at };
}

describe("demo output formats", () => {
  it("prints times as IOS does", () => {
    expect([age(59_000), age(26 * HOUR_MS), age(10 * 24 * HOUR_MS), age(400 * 24 * HOUR_MS)]).toEqual([
      "00:00:59",
      "1d02h",
      "1w3d",
      "1y5w",
    ]);
    expect(uptimeText(8 * 24 * HOUR_MS + 61_000)).toBe("1 week, 1 day, 1 minute");
    expect(logStamp(START)).toBe("Jun  9 08:00:00.000");
    expect(clockText(START, true)).toBe("08:00:00.000 UTC Mon Jun 9 2025");
  });

  it("keeps every column of the tables under its heading", () => {
    const [head = "", ...rows] = showIpInterfaceBrief(contextOf(0));
    const at = ["Interface", "IP-Address", "OK?", "Method", "Status", "Protocol"].map((word) => head.indexOf(word));
    for (const row of rows)
      for (const column of at.slice(1)) expect(row.slice(column - 1, column + 1)).toMatch(/^ \S$/u);
    const [ospfHead = "", ...neighbours] = showOspfNeighbours(contextOf(0)).filter((line) => line !== "");
    expect(neighbours.length).toBeGreaterThan(1);
    for (const row of neighbours) {
      expect(row.slice(ospfHead.indexOf("Address"))).toMatch(/^10\.0\./u);
      expect(row.slice(ospfHead.indexOf("Interface"))).toMatch(/^GigabitEthernet0\/\d$/u);
    }
  });

  it("prints a BGP summary whose rows hold ten fields, with the state in place of the prefixes when down", () => {
    const lines = showBgpSummary(contextOf(1));
    const rows = lines.slice(lines.findIndex((line) => line.startsWith("Neighbor")) + 1);
    expect(rows).toHaveLength(3);
    for (const row of rows)
      expect(row).toMatch(/^\S+ +4 +\d+ +\d+ +\d+ +\d+ +0 +0 +\S+ +(?:\d+|[A-Z]\w+(?: \(Admin\))?)$/u);
    expect(rows.find((row) => row.startsWith("192.0.2.77"))).toMatch(/never +Idle \(Admin\)$/u);
  });

  it("prints both ends of a cable with the same traffic", () => {
    const one = contextOf(0);
    const far = DEVICES[1];
    if (far === undefined) throw new Error("no second device");
    const near = portsAt(one.world, one.device, one.at).find((port) => port.spec.name === "GigabitEthernet0/1");
    const other = portsAt(one.world, far, one.at).find((port) => port.spec.name === "GigabitEthernet0/1");
    expect(near?.outBps).toBeGreaterThan(0);
    expect(Math.abs((near?.outBps ?? 0) - (other?.inBps ?? 0))).toBeLessThanOrEqual(8);
    expect(Math.abs((near?.inPps ?? 0) - (other?.outPps ?? 0))).toBeLessThanOrEqual(1);
  });

  it("adds the route summary up", () => {
    const lines = showIpRouteSummary(contextOf(0));
    const figures = (line: string) => line.slice(16).trim().split(/\s+/u).map(Number);
    const total = figures(lines.at(-1) ?? "");
    const sources = lines.slice(3, -2).filter((line) => !line.startsWith(" "));
    const subnets = sources.reduce((sum, line) => sum + (figures(line)[1] ?? 0), 0);
    expect(total[1]).toBe(subnets);
  });

  it("heads the CPU, memory and version output as parsers look for them", () => {
    expect(showProcessesCpu(contextOf(2))[0]).toMatch(
      /^CPU utilization for five seconds: \d+%\/\d+%; one minute: \d+%; five minutes: \d+%$/u,
    );
    expect(showMemory(contextOf(2))[1]).toMatch(/^Processor +[0-9A-F]+ +\d+ +\d+ +\d+ +\d+ +\d+$/u);
    expect(showVersion(contextOf(0)).join("\n")).toMatch(/demo-r1 uptime is 7 weeks, 2 days, 7 hours, 11 minutes/u);
    expect(showInterfaces(contextOf(0), "GigabitEthernet0/4")[0]).toBe(
      "GigabitEthernet0/4 is administratively down, line protocol is down ",
    );
  });
});
