import { describe, expect, it } from "vitest";
import { DEVICE, DeskRig, readingOf } from "#support/desk-rig.ts";
import { PortDesk } from "#workers/desks/port-desk.ts";
import { MemoryRecords } from "#workers/desks/record-store.ts";

const make = (records = new MemoryRecords()) => new DeskRig((context) => new PortDesk(context), records);
const traffic = (ts: number, in_octets: string) =>
  readingOf("traffic", ts, { rows: [{ name: "eth0", in_octets }], row_count: 1 });
const view = (rig: ReturnType<typeof make>) => rig.view(`port:${DEVICE}`);

describe("port desk", () => {
  it("[T88] counters since zero, also for the next worker; off means the device's own again", async () => {
    const rig = make();
    rig.take(traffic(1_000, "500"));
    await rig.value("port_show", { interface: "eth0" });
    expect(view(rig)).toEqual({ interface: "eth0" });
    await rig.value("port_zero", { interface: "eth0", on: true });
    rig.take(traffic(5_000, "620"));
    expect(view(rig)).toEqual({ interface: "eth0", zero_at: 1_000, since_zero: { in_octets: "120" } });
    const next = make(rig.records);
    await next.desk.restore();
    await next.value("port_show", { interface: "eth0" });
    next.take(traffic(9_000, "700"));
    expect(view(next)).toMatchObject({ since_zero: { in_octets: "200" } });
    await next.value("port_zero", { interface: "eth0", on: false });
    expect(view(next)).toEqual({ interface: "eth0" });
    await next.value("port_show", { interface: null });
    expect(view(next)).toBeUndefined();
  });

  it("[T16] [T88] a reset, a reload and a port that is gone end it visibly", async () => {
    for (const [reading, why] of [
      [traffic(5_000, "3"), "reset"],
      [readingOf("device_info", 500_000, { uptime_s: 20 }), "reload"],
      [readingOf("ifcounters", 5_000, { rows: [{ name: "eth1", in_octets: "1" }], row_count: 1 }), "gone"],
    ] as const) {
      const rig = make();
      rig.take(traffic(1_000, "500"));
      await rig.value("port_show", { interface: "eth0" });
      await rig.value("port_zero", { interface: "eth0", on: true });
      rig.take(reading);
      expect(view(rig)).toMatchObject({ zero_lost: { why } });
    }
  });

  it("[T15] [T88] a clock that is set ends no zero and stops no counting, in a run or between two", async () => {
    const HOUR = 3_600_000;
    const rig = make();
    const told = (reading: ReturnType<typeof traffic>, ahead: number) =>
      ({ ...reading, ts: reading.ts + ahead, clock_ahead_ms: ahead }) as typeof reading;
    rig.take(traffic(10 * HOUR, "500"));
    await rig.value("port_show", { interface: "eth0" });
    await rig.value("port_zero", { interface: "eth0", on: true });
    rig.take(told(traffic(10 * HOUR + 30_000, "600"), -HOUR));
    rig.take(told(readingOf("device_info", 10 * HOUR + 60_000, { uptime_s: 120 }), 5 * HOUR));
    expect(view(rig)).toEqual({ interface: "eth0", zero_at: 10 * HOUR, since_zero: { in_octets: "100" } });
    const next = make(rig.records);
    await next.desk.restore();
    await next.value("port_show", { interface: "eth0" });
    next.take(traffic(9 * HOUR, "700"));
    expect(view(next)).toMatchObject({ since_zero: { in_octets: "200" } });
  });

  it("a port without counters cannot be zeroed", async () => {
    expect(await make().ask("port_zero", { interface: "eth0", on: true })).toMatchObject({
      error: { reason: "nothing_known" },
    });
  });
});
