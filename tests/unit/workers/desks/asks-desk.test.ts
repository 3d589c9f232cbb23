import { describe, expect, it } from "vitest";
import { DEVICE, DeskRig, readingOf } from "#support/desk-rig.ts";
import type { LookupAnswer } from "#telemetry/asks/answers.ts";
import type { Answer, Collector, CollectorEvent } from "#telemetry/collector.ts";
import { packs } from "#telemetry/platforms/packs.ts";
import { AsksDesk } from "#workers/desks/asks-desk.ts";

type Ask = Extract<CollectorEvent, { type: "ask" }>;
const make = () => {
  const rig = new DeskRig((context) => new AsksDesk(context));
  rig.collector = { pack: () => packs.frr } as unknown as Collector;
  const asked = (): Ask[] => rig.fed.filter((event): event is Ask => event.type === "ask");
  const answer = (ticket: string, more: Partial<Answer> = {}): void =>
    rig.desk.heard(DEVICE, { type: "answer", at: 0, ticket, outcome: "ok", ...more });
  return { rig, asked, answer };
};
const source = { command: "show ip route", ts: 5, bytes: 100, notes: [] } as unknown as NonNullable<Answer["source"]>;
/** Routes as FRRouting prints them. */
function routes(count: number): string {
  const head = [
    "Codes: K - kernel route, C - connected, S - static, R - RIP,",
    "       > - selected route, * - FIB route, q - queued, r - rejected, b - backup",
    "",
  ];
  const lines = Array.from(
    { length: count },
    (_, n) => `B>* 10.${n >> 8}.${n & 255}.0/24 [20/0] via 192.0.2.1, eth0, weight 1, 00:01:02`,
  );
  return [...head, ...lines, ""].join("\n");
}
const table = (text: string): NonNullable<Answer["table"]> => ({
  parser: packs.frr.commands.routes4_all?.variants[0]?.parser ?? "",
  params: [["VRF", "default"]],
  prefixes: [],
  text,
});

describe("lookups", () => {
  it("[T63] the device's answers come back under the person's ticket", async () => {
    const { rig, asked, answer } = make();
    const looking = rig.value("lookup", { ticket: "t", what: "route", query: "10.0.0.1" });
    await expect.poll(asked).toMatchObject([{ ticket: "t.0", command: "lookup4", params: { IP: "10.0.0.1" } }]);
    answer("t.0", { data: { route_lookup: { query: "10.0.0.1", matches: [] } }, source });
    expect((await looking) as LookupAnswer[]).toMatchObject([
      { command: "lookup4", outcome: "ok", data: { route_lookup: { query: "10.0.0.1" } } },
    ]);
  });

  it("nonsense, a platform without the command, and no telemetry are refused with a code; nothing is sent", async () => {
    const { rig } = make();
    const ask = (query: string, what: "route" | "mac" = "route") => rig.ask("lookup", { ticket: "t", what, query });
    expect(await ask("; reboot")).toMatchObject({ error: { reason: "lookup" } });
    expect(await ask("0011.2233.4455", "mac")).toMatchObject({ error: { reason: "no_such_command" } });
    rig.collector = null;
    expect(await ask("10.0.0.1")).toMatchObject({ error: { reason: "no_telemetry" } });
    expect(rig.fed).toEqual([]);
  });

  it("a cancelled lookup is cancelled at the collector, and its answer still ends it", async () => {
    const { rig, asked, answer } = make();
    const looking = rig.value("lookup", { ticket: "t", what: "route", query: "10.0.0.1" });
    await expect.poll(asked).toHaveLength(1);
    await rig.value("ask_cancel", { ticket: "t" });
    expect(rig.fed.at(-1)).toMatchObject({ type: "cancel", ticket: "t.0" });
    answer("t.0", { outcome: "cancelled" });
    expect(await looking).toMatchObject([{ outcome: "cancelled" }]);
  });
});

describe("tickets", () => {
  const look = (rig: DeskRig<AsksDesk>, ticket = "t") =>
    rig.ask("lookup", { ticket, what: "route", query: "10.0.0.1" });

  it("a cancel settles what waits at once, whether or not a collector is left to hear it", async () => {
    const { rig, asked } = make();
    const looking = look(rig);
    await expect.poll(asked).toHaveLength(1);
    rig.collector = null;
    await rig.value("ask_cancel", { ticket: "t" });
    expect(await looking).toMatchObject({ ok: true, value: [{ outcome: "cancelled" }] });
  });

  it("a device that is forgotten leaves no question open, no load under way and no rows", async () => {
    const { rig, asked } = make();
    const looking = look(rig);
    const loading = rig.ask("full_table", { ticket: "l", table: "routes", confirmed: true });
    await expect.poll(asked).toHaveLength(2);
    await rig.desk.forget(DEVICE);
    expect(await looking).toMatchObject({ ok: true, value: [{ outcome: "cancelled" }] });
    await loading;
    expect(rig.fed.filter(({ type }) => type === "cancel")).toHaveLength(2);
    expect(rig.view(`load:${DEVICE}`)).toBeUndefined();
    expect(rig.tables.of(DEVICE, "routes")).toBeUndefined();
  });

  it("a cancel before or after its question spoils no later one under the same ticket", async () => {
    const { rig, asked, answer } = make();
    await rig.value("ask_cancel", { ticket: "t" });
    for (const count of [1, 2]) {
      const looking = look(rig);
      await expect.poll(asked).toHaveLength(count);
      answer("t.0", { data: { route_lookup: { query: "10.0.0.1", matches: [] } }, source });
      expect(await looking).toMatchObject({ ok: true, value: [{ outcome: "ok" }] });
      await rig.value("ask_cancel", { ticket: "t" });
    }
  });

  it("a ticket in use is refused, also while the collector has yet to end a cancelled question", async () => {
    const { rig, asked, answer } = make();
    const looking = look(rig);
    await expect.poll(asked).toHaveLength(1);
    expect(await look(rig)).toMatchObject({ ok: false, error: { reason: "ticket_in_use" } });
    await rig.value("ask_cancel", { ticket: "t" });
    expect(await looking).toMatchObject({ ok: true });
    expect(await rig.ask("full_table", { ticket: "t", table: "routes", confirmed: true })).toMatchObject({
      error: { reason: "ticket_in_use" },
    });
    answer("t.0", { outcome: "cancelled" });
    const again = look(rig);
    await expect.poll(asked).toHaveLength(2);
    answer("t.0");
    expect(await again).toMatchObject({ ok: true, value: [{ outcome: "ok" }] });
  });
});

describe("port cards", () => {
  it("[T88] a port's own commands are asked one after the other, each for that port and none for all", async () => {
    const { rig, asked, answer } = make();
    rig.collector = { pack: () => packs.cisco_ios } as unknown as Collector;
    const looking = rig.value("port_details", { ticket: "p", interface: "Gi1/0/1" });
    await expect.poll(asked).toMatchObject([{ ticket: "p.0", command: "optics_port", params: { IF: "Gi1/0/1" } }]);
    answer("p.0", { data: { optics: { rows: [], row_count: 0 } }, source });
    await expect.poll(asked).toMatchObject([{}, { command: "poe", params: { IF: "Gi1/0/1" } }]);
    answer("p.1", { outcome: "unsupported" });
    await expect.poll(asked).toMatchObject([{}, {}, { command: "mac_port", params: { IF: "Gi1/0/1" } }]);
    answer("p.2", { data: { mac_table: { rows: [], row_count: 0 } }, source });
    expect(await looking).toMatchObject({
      answers: [
        { panel: "optics", outcome: "ok" },
        { panel: "poe", outcome: "unsupported" },
        { panel: "mac_table", outcome: "ok" },
      ],
      gaps: [],
    });
  });

  it("[T76] what the platform has no command for comes with its reason; without telemetry nothing is asked", async () => {
    const { rig, asked, answer } = make();
    rig.collector = { pack: () => packs.linux } as unknown as Collector;
    const looking = rig.value("port_details", { ticket: "p", interface: "eth0" });
    await expect.poll(asked).toHaveLength(1);
    answer("p.0");
    await expect.poll(asked).toHaveLength(2);
    answer("p.1");
    expect(await looking).toMatchObject({ gaps: [{ panel: "poe", why: expect.stringContaining("Linux") as string }] });
    rig.collector = null;
    expect(await rig.ask("port_details", { ticket: "q", interface: "eth0" })).toMatchObject({
      error: { reason: "no_telemetry" },
    });
  });

  it("a closed card asks no further", async () => {
    const { rig, asked, answer } = make();
    rig.collector = { pack: () => packs.cisco_ios } as unknown as Collector;
    const looking = rig.ask("port_details", { ticket: "p", interface: "Gi1/0/1" });
    await expect.poll(asked).toHaveLength(1);
    await rig.value("ask_cancel", { ticket: "p" });
    answer("p.0", { outcome: "cancelled" });
    expect(await looking).toMatchObject({ ok: true, value: { answers: [{ outcome: "cancelled" }] } });
    expect(asked()).toHaveLength(1);
  });
});

describe("full tables", () => {
  const ask = { ticket: "t", table: "routes", confirmed: false } as const;
  /** Lets the slices of a long text be read. */
  async function settle<T>(rig: DeskRig<AsksDesk>, work: Promise<T>): Promise<T> {
    const state = { done: false };
    const finish = (): void => {
      state.done = true;
    };
    void work.then(finish, finish);
    while (!state.done) {
      await Promise.resolve();
      rig.time.advance(1);
    }
    return work;
  }

  it("[T77] above an estimate of 2 MB a person is asked first, and nothing is sent", async () => {
    const { rig } = make();
    const rows = [{ vrf: "default", afi: "ipv4", total: 100_000 }];
    rig.take(readingOf("routing_table", 1, { rows, row_count: 1 }));
    expect(await rig.value("full_table", ask)).toEqual({ confirm: 14_200_000 });
    expect(rig.view(`load:${DEVICE}`)).toMatchObject({ phase: "confirm", estimate_bytes: 14_200_000 });
    expect(rig.fed).toEqual([]);
  });

  it("[T77] arrives with progress, is read in pieces, and its rows stay in the worker", async () => {
    const { rig, asked, answer } = make();
    const loading = rig.value("full_table", ask);
    await expect.poll(asked).toHaveLength(1);
    rig.desk.heard(DEVICE, { type: "progress", ticket: "t.0", bytes: 5_000, at: 1 });
    expect(rig.view(`load:${DEVICE}`)).toMatchObject({ phase: "running", bytes: 5_000 });
    answer("t.0", { source, table: table(routes(20_000)) });
    let pieces = 0;
    while (asked().length < 2) {
      await Promise.resolve();
      rig.time.advance(1);
      pieces++;
    }
    expect(pieces).toBeGreaterThan(4);
    answer("t.1", { outcome: "unsupported" });
    expect(await settle(rig, loading)).toEqual({ rows: 20_000 });
    expect(rig.tables.of(DEVICE, "routes")).toHaveLength(20_000);
    expect(rig.context.reading(DEVICE, "routes")).toMatchObject({ status: "partial", data: { row_count: 20_000 } });
    expect(rig.view(`load:${DEVICE}`)).toMatchObject({ phase: "done", rows: 20_000 });
    await rig.value("ask_cancel", { ticket: "t" });
    expect(rig.tables.of(DEVICE, "routes")).toBeUndefined();
    expect(rig.view(`load:${DEVICE}`)).toBeUndefined();
  });

  it("[T77] cancelled while it is read: reading stops, nothing is kept", async () => {
    const { rig, asked, answer } = make();
    const loading = rig.value("full_table", ask);
    await expect.poll(asked).toHaveLength(1);
    answer("t.0", { source, table: table(routes(20_000)) });
    await expect.poll(() => rig.view(`load:${DEVICE}`)?.phase).toBe("parsing");
    await rig.value("ask_cancel", { ticket: "t" });
    await settle(rig, loading);
    expect(asked()).toHaveLength(1);
    expect(rig.view(`load:${DEVICE}`)).toMatchObject({ phase: "cancelled" });
    expect(rig.tables.of(DEVICE, "routes")).toBeUndefined();
  });

  it("[T77] a load in the place of one that is being cancelled keeps its own rows", async () => {
    const { rig, asked, answer } = make();
    const first = rig.ask("full_table", { ...ask, ticket: "a" });
    await expect.poll(asked).toHaveLength(1);
    const second = rig.ask("full_table", { ...ask, ticket: "b" });
    await expect.poll(asked).toHaveLength(2);
    answer("a.0", { outcome: "cancelled" });
    await settle(rig, first);
    answer("b.0", { source, table: table(routes(3)) });
    while (asked().length < 3) {
      await Promise.resolve();
      rig.time.advance(1);
    }
    answer("b.1", { outcome: "unsupported" });
    expect(await settle(rig, second)).toEqual({ ok: true, value: { rows: 3 } });
    expect(rig.tables.of(DEVICE, "routes")).toHaveLength(3);
  });

  it("[T77] a load that fails leaves the other tables of the device", async () => {
    const { rig, asked, answer } = make();
    rig.collector = { pack: () => packs.linux } as unknown as Collector;
    rig.tables.begin(DEVICE, "routes").push({ prefix: "10.0.0.0/8" });
    const loading = rig.ask("full_table", { ...ask, table: "arp" });
    await expect.poll(asked).toHaveLength(1);
    answer("t.0", { outcome: "timeout" });
    expect(await loading).toMatchObject({ ok: false, error: { reason: "no_table" } });
    expect(rig.tables.of(DEVICE, "routes")).toHaveLength(1);
    expect(rig.tables.of(DEVICE, "arp_table")).toBeUndefined();
  });

  it("[T7] what is no table gives none: the reason is shown, no row is made up", async () => {
    const { rig, asked, answer } = make();
    const loading = rig.ask("full_table", ask);
    await expect.poll(asked).toHaveLength(1);
    answer("t.0", { outcome: "timeout", hint: "A daemon does not answer." });
    await expect.poll(asked).toHaveLength(2);
    answer("t.1", { outcome: "timeout" });
    expect(await loading).toMatchObject({
      ok: false,
      error: { reason: "no_table", detail: "A daemon does not answer." },
    });
    expect(rig.view(`load:${DEVICE}`)).toMatchObject({ phase: "failed", error: "timeout" });
  });
});
