import type { PlatformId } from "../knowledge/platforms.ts";
import type { CommandDef, Pack } from "../packs/pack.ts";
import { iosPack } from "./cisco-ios/pack.ts";
import { frrPack, HUNG } from "./frr/pack.ts";
import { LINUX_ENV, linuxPack } from "./linux/pack.ts";
import { unknownPack } from "./unknown/pack.ts";

/** The pack of each platform. */
export const packs: Readonly<Record<PlatformId, Pack>> = {
  frr: frrPack,
  linux: linuxPack,
  cisco_ios: iosPack,
  unknown: unknownPack,
};

/** How vtysh is called from a Linux login: per daemon, so that one that hangs does not stop the others [T44]. */
const VTYSH_WRAP = `${LINUX_ENV} vtysh -d {daemon} -c '{command}'`;

/** With a wrapper per daemon only the one that hangs is missed. */
const ONE_HUNG = { re: HUNG, text: "The routing daemon behind this does not answer; the others are asked on." };

/**
 * With a wrapper per daemon this says that the one is not running, when nothing was forbidden beside it; in a vtysh login it
 * says that none can be reached.
 */
const NONE_REACHED = "failed to connect to any daemons";
const NOT_RUNNING = {
  re: NONE_REACHED,
  text: "The routing daemon behind this is not running; it is asked again every five minutes.",
};

/** Panels that FRRouting knows better than the kernel. */
const FRR_FIRST = ["routing_table", "bgp", "ospf", "routes"] as const;

/**
 * A Linux login on a box with a usable vtysh: everything of Linux, and the routing panels of FRRouting through
 * `vtysh -c`. Command names of FRRouting get the prefix `frr.`.
 */
export const linuxWithFrr: Pack = combine();

function combine(): Pack {
  const renamed = Object.entries(frrPack.commands).map(([id, def]): [string, CommandDef] => [
    `frr.${id}`,
    {
      ...def,
      wrap: VTYSH_WRAP,
      ...(def.unless_first === undefined ? {} : { unless_first: `frr.${def.unless_first}` }),
    },
  ]);
  const panels: Pack["panels"] = { ...linuxPack.panels };
  for (const panel of FRR_FIRST)
    panels[panel] = { commands: (frrPack.panels[panel]?.commands ?? []).map((id) => `frr.${id}`) };
  panels.ifstate = {
    commands: [...(linuxPack.panels.ifstate?.commands ?? []), "frr.interfaces"],
    also: ["counters", "counter"],
  };
  // Both answer: which routes there are, and where the kernel sends a packet now.
  panels.route_lookup = {
    commands: [
      ...(frrPack.panels.route_lookup?.commands ?? []).map((id) => `frr.${id}`),
      ...(linuxPack.panels.route_lookup?.commands ?? []),
    ],
  };
  const { bgp: _bgp, ospf: _ospf, ...unsupported } = linuxPack.unsupported;
  const join = (kind: keyof Pack["errors"]): string[] => [...linuxPack.errors[kind], ...frrPack.errors[kind]];
  return {
    ...linuxPack,
    title: "Linux with FRRouting",
    commands: { ...linuxPack.commands, ...Object.fromEntries(renamed) },
    panels,
    unsupported,
    errors: {
      unsupported: join("unsupported"),
      denied: join("denied").filter((re) => re !== NONE_REACHED),
      gated: [...join("gated"), NONE_REACHED],
      limit: join("limit"),
    },
    hints: [ONE_HUNG, NOT_RUNNING, ...frrPack.hints.filter(({ re }) => re !== HUNG), ...linuxPack.hints],
  };
}
