import { beforeAll, describe, expect, test } from "vitest";
import { labClear, labExec, labVtysh, requireLab } from "#support/lab.ts";
import { type LabCommand, labCommands, provenText } from "#support/lab-commands.ts";
import { parseAs } from "#support/telemetry-fixtures.ts";
import type { Fragment, ParseResult } from "#telemetry/parsers/result.ts";
import { packs } from "#telemetry/platforms/packs.ts";
import { normalise } from "#telemetry/transcript/normaliser.ts";

const lab = await requireLab();
const NODE = "r1";

async function ask(command: LabCommand): Promise<{ result: ParseResult; stderr: string; stdout: string }> {
  const { text, parser } = provenText(command);
  const run = command.platform === "frr" ? labExec(NODE, "vtysh", "-c", text) : labExec(NODE, "sh", "-c", text);
  const { stdout, stderr } = await run;
  const { lines } = normalise(new TextEncoder().encode(stdout));
  const result = parseAs(
    { platform: command.platform, parser, params: { ...command.params } },
    lines.map((line) => `${line}\n`).join(""),
  );
  return { result, stderr, stdout };
}

async function data(id: string, platform: "frr" | "linux" = "frr"): Promise<Fragment> {
  const command = labCommands.find((each) => each.platform === platform && each.id === id);
  if (!command) throw new Error(`${platform} ${id} is not in the list`);
  const { result } = await ask(command);
  if (!result.ok) throw new Error(`${platform} ${id}: ${result.why}`);
  return result.data;
}

describe.skipIf(!lab.up)("commands of the packs on a real router", () => {
  beforeAll(labClear);

  test.each(labCommands.map((command) => [command.platform, command.id, command] as const))(
    "[T91] %s %s answers as the pack says",
    async (_platform, _id, command) => {
      const { result, stderr, stdout } = await ask(command);
      const def = packs[command.platform].commands[command.id];
      if (command.refused) {
        expect(stderr).toMatch(command.refused);
        expect(packs[command.platform].errors.unsupported.some((re) => new RegExp(re).test(stderr))).toBe(true);
        expect(result.ok).toBe(false);
      } else if (command.silent) {
        expect([stdout.trim(), def?.empty]).toEqual(["", "none"]);
      } else {
        expect([result.ok, result.ok || result.why, stderr]).toEqual([true, true, stderr]);
        expect(result.trace.unparsed).toEqual({ count: 0, samples: [] });
        expect(result.trace.dropped).toBe(0);
      }
    },
  );

  test("[T77] the full tables have as many routes as their summaries count", async () => {
    for (const [all, sum] of [
      ["routes4_all", "routes4_vrf"],
      ["routes6_all", "routes6_vrf"],
    ] as const) {
      const rows = (await data(all)).routes?.rows ?? [];
      const summary = (await data(sum)).routing_table?.rows?.[0];
      expect(rows.length).toBe(summary?.total);
      const bgp = rows.filter(({ proto }) => proto === "bgp").length;
      const counted = summary?.protocols?.filter(({ proto }) => /bgp/.test(proto)) ?? [];
      expect(bgp).toBe(counted.reduce((total, { rib = 0 }) => total + rib, 0));
    }
  });

  test("the kernel's table has the lines that `ip route` prints, and their next hops", async () => {
    for (const [id, family] of [
      ["routes4_all", "-4"],
      ["routes6_all", "-6"],
    ] as const) {
      const rows = (await data(id, "linux")).routes?.rows ?? [];
      const { stdout } = await labExec(NODE, "ip", family, "route", "show");
      const printed = stdout.split("\n").filter((line) => /^\S/.test(line));
      expect(rows.length).toBe(printed.length);
      const vias = [...stdout.matchAll(/ via (\S+)/g)].map((found) => found[1] ?? "");
      expect(rows.flatMap(({ nexthops }) => nexthops?.flatMap(({ ip }) => ip ?? []) ?? []).toSorted()).toEqual(
        vias.toSorted(),
      );
    }
  });

  test("[T66] a lookup names the route that packets take, as the kernel does; no match is no route", async () => {
    const found = (await data("lookup4")).route_lookup?.matches ?? [];
    const [best] = found.filter(({ selected }) => selected);
    const { stdout } = await labExec(NODE, "ip", "route", "get", "198.19.255.13");
    const [, via, dev] = / via (\S+) dev (\S+)/.exec(stdout) ?? [];
    expect(best?.nexthops).toContainEqual({ ip: via, if: dev, active: true });
    expect((await data("route_get", "linux")).route_lookup?.fib?.nexthops).toEqual([{ ip: via, if: dev }]);
    const text = await labVtysh(NODE, "show ip route vrf default 203.0.113.1 json");
    const none = parseAs({ platform: "frr", parser: "frr.route-lookup", params: {} }, text);
    expect(none.ok && [none.data.route_lookup?.matches, none.trace.proof_of_empty]).toEqual([
      [],
      "prefix with an empty list",
    ]);
  });

  test("speeds are those of /sys, and only where the driver knows one", async () => {
    const rows = (await data("speeds", "linux")).ifstate?.rows ?? [];
    const { stdout } = await labExec(NODE, "cat", "/sys/class/net/eth1/speed", "/sys/class/net/eth1/duplex");
    const [speed, duplex] = stdout.trim().split("\n");
    expect(rows).toContainEqual({ name: "eth1", speed_bps: Number(speed) * 1e6, duplex });
    expect(rows.find(({ name }) => name === "lo")).toBeUndefined();
  });
});
