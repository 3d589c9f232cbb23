import { describe, expect, it } from "vitest";
import { peersAt } from "#demo/world/bgp.ts";
import { neighboursAt } from "#demo/world/neighbours.ts";
import { portAt } from "#demo/world/ports.ts";
import { lookup, routesAt } from "#demo/world/routes.ts";
import { faultOf } from "#demo/world/timetable.ts";
import { BACKUP_FAULTS, PROVIDER_FAULTS } from "#demo/world/topology.ts";
import { findDevice, World } from "#demo/world/world.ts";

const START = Date.UTC(2025, 5, 9, 8, 0, 0);
const SEED = 7;

function make(seed = SEED) {
  return new World({ seed, now: () => START });
}

function device(id: string) {
  const found = findDevice(id);
  if (found === undefined) throw new Error(`no device ${id}`);
  return found;
}

function port(world: World, id: string, name: string, at: number) {
  const spec = device(id).interfaces.find((candidate) => candidate.name === name);
  if (spec === undefined) throw new Error(`no port ${name}`);
  return portAt(world, device(id), spec, at);
}

describe("demo world", () => {
  it("is a pure function of seed and time: same seed same figures, whatever was asked before", () => {
    const left = make();
    const right = make();
    port(left, "demo-r1", "GigabitEthernet0/0", START + 5_000);
    const at = START + 3_600_000;
    expect(port(left, "demo-r1", "GigabitEthernet0/0", at)).toEqual(port(right, "demo-r1", "GigabitEthernet0/0", at));
    expect(port(left, "demo-r1", "GigabitEthernet0/0", at).inBytes).not.toBe(
      port(make(8), "demo-r1", "GigabitEthernet0/0", at).inBytes,
    );
  });

  it("counters never fall, move within the speed of the port, and stand still while the line is down", () => {
    const world = make();
    for (const name of ["GigabitEthernet0/0", "GigabitEthernet0/1", "GigabitEthernet0/2"]) {
      let before = port(world, "demo-r2", name, START);
      for (let second = 1; second < 300; second += 1) {
        const now = port(world, "demo-r2", name, START + second * 1000);
        expect(now.inBytes).toBeGreaterThanOrEqual(before.inBytes);
        expect(now.outPackets).toBeGreaterThanOrEqual(before.outPackets);
        expect((now.inBytes - before.inBytes) * 8).toBeLessThan(1_000_000_000);
        before = now;
      }
    }
    const fault = faultOf(SEED, "backup", BACKUP_FAULTS, START, 0);
    const begun = port(world, "demo-r2", "GigabitEthernet0/2", fault.from);
    const late = port(world, "demo-r2", "GigabitEthernet0/2", fault.to - 1);
    expect(late.inBytes).toBe(begun.inBytes);
  });

  it("keeps the flap timetable: about every 90 s the backup link is down for about 20 s", () => {
    for (let cycle = 0; cycle < 50; cycle += 1) {
      const fault = faultOf(SEED, "backup", BACKUP_FAULTS, START, cycle);
      expect(fault.to - fault.from).toBeGreaterThan(16_000);
      expect(fault.to - fault.from).toBeLessThan(24_000);
      expect(Math.floor((fault.from - START) / 90_000)).toBe(cycle);
    }
  });

  it("takes neighbours away with the flapping link and brings them back, and logs all of it in order", () => {
    const world = make();
    const r2 = device("demo-r2");
    const fault = faultOf(SEED, "backup", BACKUP_FAULTS, START, 0);
    const onBackup = (at: number) =>
      neighboursAt(world, r2, at).some((neighbour) => neighbour.port.name === "GigabitEthernet0/2");
    expect(onBackup(fault.from - 1)).toBe(true);
    expect(port(world, "demo-r2", "GigabitEthernet0/2", fault.from).lineUp).toBe(false);
    expect(port(world, "demo-r1", "GigabitEthernet0/3", fault.from).lineUp).toBe(false);
    expect(onBackup(fault.from)).toBe(false);
    expect(onBackup(fault.to + 10_000)).toBe(true);
    const lines = world.signals(fault.to + 10_000).logs.get("demo-r2") ?? [];
    const texts = lines
      .filter((line) => line.at >= fault.from && line.at <= fault.to + 10_000)
      .map((line) => line.text);
    expect(texts).toEqual([
      "%LINK-3-UPDOWN: Interface GigabitEthernet0/2, changed state to down",
      expect.stringContaining("from FULL to DOWN, Neighbor Down: Interface down or detached"),
      "%LINEPROTO-5-UPDOWN: Line protocol on Interface GigabitEthernet0/2, changed state to down",
      "%LINK-3-UPDOWN: Interface GigabitEthernet0/2, changed state to up",
      "%LINEPROTO-5-UPDOWN: Line protocol on Interface GigabitEthernet0/2, changed state to up",
      expect.stringContaining("from LOADING to FULL, Loading Done"),
    ]);
  });

  it("drops the session to provider B by its timetable, walks back through the states, and takes its routes along", () => {
    const world = make();
    const r2 = device("demo-r2");
    const fault = faultOf(SEED, "203.0.113.1", PROVIDER_FAULTS, START, 0);
    const state = (at: number) => peersAt(world, r2, at).find((peer) => peer.spec.ip === "203.0.113.1")?.state;
    expect(state(fault.from - 1)).toBe("Established");
    expect(state(fault.from + 1)).toBe("Idle");
    expect(state(fault.from + 20_000)).toBe("Active");
    expect(state(fault.to + 1_000)).toBe("OpenSent");
    expect(state(fault.to + 6_000)).toBe("OpenConfirm");
    expect(state(fault.to + 8_000)).toBe("Established");
    const routes = (at: number) => routesAt(world, r2, at);
    expect(lookup(routes(fault.from - 1), "198.19.3.1")?.via).toBe("203.0.113.1");
    expect(lookup(routes(fault.from + 1), "198.19.3.1")?.length).toBe(0);
    expect(lookup(routes(fault.from - 1), "100.80.1.1")?.via).toBe("203.0.113.1");
    expect(lookup(routes(fault.from + 1), "100.80.1.1")?.via).toBe("10.255.0.1");
    expect(peersAt(world, r2, START).find((peer) => peer.spec.ip === "192.0.2.77")?.state).toBe("Idle (Admin)");
  });

  it("lets shutdown really change the world, at both ends of the cable", () => {
    const world = make();
    world.edits.setAdmin("demo-r1", "GigabitEthernet0/1", false, START + 1_000);
    expect(port(world, "demo-r1", "GigabitEthernet0/1", START + 1_000)).toMatchObject({
      adminUp: false,
      lineUp: false,
    });
    expect(port(world, "demo-r2", "GigabitEthernet0/1", START + 1_000)).toMatchObject({ adminUp: true, lineUp: false });
    const route = lookup(routesAt(world, device("demo-r1"), START + 2_000), "10.255.0.2");
    expect(route).toMatchObject({ code: "O", port: "GigabitEthernet0/2" });
    world.edits.setAdmin("demo-r1", "GigabitEthernet0/1", true, START + 5_000);
    expect(port(world, "demo-r2", "GigabitEthernet0/1", START + 5_500).lineUp).toBe(false);
    expect(port(world, "demo-r2", "GigabitEthernet0/1", START + 8_000).lineUp).toBe(true);
  });

  it("starts counters over when they are cleared", () => {
    const world = make();
    world.edits.clearCounters("demo-r1", "GigabitEthernet0/0", START + 1_000);
    const view = port(world, "demo-r1", "GigabitEthernet0/0", START + 1_000);
    expect([view.inBytes, view.outPackets, view.clearedAt]).toEqual([0, 0, START + 1_000]);
    expect(port(world, "demo-r1", "GigabitEthernet0/0", START + 2_000).inBytes).toBeGreaterThan(1_000_000);
  });
});
