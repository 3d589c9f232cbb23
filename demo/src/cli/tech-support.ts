import { showBgpTable } from "../show/bgp.ts";
import { showInterfaces } from "../show/interfaces.ts";
import { showLogging } from "../show/logging.ts";
import { showIpRoute } from "../show/routing.ts";
import { showRunningConfig } from "../show/running-config.ts";
import { showInventory, showProcessesCpu, showVersion } from "../show/system.ts";
import type { ShowContext } from "../show/text.ts";
import { hash32 } from "../world/random.ts";
import type { CommandContext } from "./session-state.ts";

/** Blocks of the memory dump: what makes the whole run to some 300 KB. */
const BUFFER_BLOCKS = 40;
const BLOCK_LINES = 60;
const SECTION_PAUSE_MS = 150;

function bufferBlock(context: CommandContext, block: number): string[] {
  const word = (line: number, place: number) =>
    hash32(context.world.seed, context.device.id, "buffer", block, line, place)
      .toString(16)
      .toUpperCase()
      .padStart(8, "0");
  return Array.from({ length: BLOCK_LINES }, (_, line) => {
    const address = (0x2a6c0000 + (block * BLOCK_LINES + line) * 32).toString(16).toUpperCase();
    return `${address}: ${Array.from({ length: 8 }, (__, place) => word(line, place)).join(" ")}  ................`;
  });
}

/** `show tech-support`: long and slow, so that it can be paged, flooded and interrupted. */
export async function* showTechSupport(context: CommandContext): AsyncGenerator<string> {
  const show: ShowContext = context;
  const sections: [string, () => string[]][] = [
    ["show version", () => showVersion(show)],
    ["show inventory", () => showInventory(show)],
    ["show running-config", () => showRunningConfig(show)],
    ["show interfaces", () => showInterfaces(show)],
    ["show processes cpu", () => showProcessesCpu(show)],
    ["show ip route", () => showIpRoute(show)],
    ...(context.device.role === "router"
      ? [["show ip bgp", () => showBgpTable(show)] as [string, () => string[]]]
      : []),
    ["show logging", () => showLogging(show)],
    ...Array.from({ length: BUFFER_BLOCKS }, (_, block): [string, () => string[]] => [
      `show buffers pool ${block} dump`,
      () => bufferBlock(context, block),
    ]),
  ];
  for (const [title, print] of sections) {
    yield `\n------------------ ${title} ------------------\n\n${print().join("\n")}\n`;
    await context.sleep(SECTION_PAUSE_MS);
  }
}
