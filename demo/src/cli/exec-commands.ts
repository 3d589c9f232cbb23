import { findPort } from "../world/world.ts";
import { ping, traceroute } from "./probes.ts";
import type { Command, CommandContext, CommandOutput } from "./session-state.ts";

/** The enable secret of the demo devices; the banner says it. */
export const ENABLE_SECRET = "demo";
const ENABLE_TRIES = 3;

type Run = (context: CommandContext, args: readonly string[]) => CommandOutput | Promise<CommandOutput>;

function plain(run: Run, thinkMs = 0): Command {
  return { canPipe: false, thinkMs, run };
}

async function enable(context: CommandContext): Promise<CommandOutput> {
  if (context.state.mode.name !== "user") return undefined;
  for (let tries = 0; tries < ENABLE_TRIES; tries += 1) {
    const secret = await context.ask("Password: ", false);
    if (secret === undefined) return undefined;
    if (secret === ENABLE_SECRET) {
      context.state.mode = { name: "exec" };
      return undefined;
    }
  }
  return ["% Bad secrets", ""];
}

async function reload(context: CommandContext): Promise<CommandOutput> {
  if (!(await context.confirm("Proceed with reload? [confirm]"))) return undefined;
  return ["", "% This is a simulated device of the demo lab: it does not restart, so that others can go on working."];
}

async function clearCounters(context: CommandContext, port?: string): Promise<CommandOutput> {
  const what = port === undefined ? "all interfaces" : "this interface";
  if (!(await context.confirm(`Clear "show interface" counters on ${what} [confirm]`))) return undefined;
  const at = context.world.now();
  for (const spec of context.device.interfaces) {
    if (port === undefined || spec.name === port) context.world.edits.clearCounters(context.device.id, spec.name, at);
  }
  const words =
    port === undefined ? "on all interfaces" : `on interface ${findPort(context.device.id, port)?.name ?? port}`;
  const { user, number } = context.state.vty;
  context.world.edits.note(
    context.device.id,
    at,
    `%CLEAR-5-COUNTERS: Clear counter ${words} by ${user} on vty${number} (in-process)`,
  );
  return undefined;
}

async function* writeMemory(context: CommandContext): AsyncGenerator<string> {
  yield "Building configuration...\n";
  await context.sleep(600);
  yield "[OK]\n";
}

async function copyRunning(context: CommandContext): Promise<CommandOutput> {
  const name = await context.ask("Destination filename [startup-config]? ", true);
  return name === undefined ? undefined : writeMemory(context);
}

function configure(context: CommandContext): CommandOutput {
  context.state.mode = { name: "config" };
  return ["Enter configuration commands, one per line.  End with CNTL/Z."];
}

function leave(context: CommandContext): CommandOutput {
  context.state.isOver = true;
  return undefined;
}

function set(change: (context: CommandContext, figure: number) => void): Command {
  return plain((context, args) => {
    change(context, Number(args[0] ?? "0"));
    return undefined;
  });
}

/** Everything in exec mode that is not a show command. */
export const EXEC_COMMANDS: readonly { path: string; command: Command; isPrivileged?: boolean }[] = [
  { path: "enable", command: plain(enable) },
  {
    path: "disable",
    command: plain((context) => {
      context.state.mode = { name: "user" };
      return undefined;
    }),
  },
  { path: "exit", command: plain(leave) },
  { path: "logout", command: plain(leave) },
  { path: "quit", command: plain(leave) },
  { path: "ping <ip>", command: plain((context, args) => ping(context, args[0] ?? ""), 20) },
  { path: "ping <ip> repeat <n>", command: plain((context, args) => ping(context, args[0] ?? "", args[1]), 20) },
  { path: "traceroute <ip>", command: plain((context, args) => traceroute(context, args[0] ?? ""), 20) },
  {
    path: "terminal length <n>",
    command: set((context, figure) => {
      context.state.length = Math.min(512, figure);
    }),
  },
  {
    path: "terminal width <n>",
    command: set((context, figure) => {
      context.state.width = Math.min(512, figure);
    }),
  },
  {
    path: "terminal monitor",
    command: set((context) => {
      context.state.monitor = true;
    }),
    isPrivileged: true,
  },
  {
    path: "terminal no monitor",
    command: set((context) => {
      context.state.monitor = false;
    }),
    isPrivileged: true,
  },
  { path: "configure terminal", command: plain(configure), isPrivileged: true },
  { path: "clear counters", command: plain((context) => clearCounters(context)), isPrivileged: true },
  {
    path: "clear counters <if>",
    command: plain((context, args) => clearCounters(context, args[0])),
    isPrivileged: true,
  },
  { path: "reload", command: plain(reload), isPrivileged: true },
  { path: "write memory", command: plain(writeMemory), isPrivileged: true },
  { path: "copy running-config startup-config", command: plain(copyRunning), isPrivileged: true },
];
