import type { Command, CommandContext, CommandOutput, Mode } from "./session-state.ts";

type Run = (context: CommandContext, args: readonly string[]) => CommandOutput;

function edit(run: Run): Command {
  return { canPipe: false, thinkMs: 0, run };
}

function go(mode: (args: readonly string[]) => Mode): Command {
  return edit((context, args) => {
    context.state.mode = mode(args);
    return undefined;
  });
}

/** Ends configuration and leaves the line that IOS logs for it. */
export function endConfiguration(context: Pick<CommandContext, "world" | "device" | "state">): void {
  context.state.mode = { name: "exec" };
  const { user, number } = context.state.vty;
  context.world.edits.note(
    context.device.id,
    context.world.now(),
    `%SYS-5-CONFIG_I: Configured from console by ${user} on vty${number} (in-process)`,
  );
}

const end = edit((context) => {
  endConfiguration(context);
  return undefined;
});

function setPort(value: boolean): Command {
  return edit(({ world, device, state }) => {
    if (state.mode.name === "config-if") world.edits.setAdmin(device.id, state.mode.port, value, world.now());
    return undefined;
  });
}

function describe(text: (args: readonly string[]) => string): Command {
  return edit(({ world, device, state }, args) => {
    if (state.mode.name === "config-if")
      world.edits.setDescription(device.id, state.mode.port, text(args).slice(0, 200));
    return undefined;
  });
}

function setPeer(value: boolean): Command {
  return edit(({ world, device }, args) => {
    const ip = args[0] ?? "";
    if (!device.peers.some((peer) => peer.ip === ip)) return ["% Specify remote-as or peer-group commands first"];
    world.edits.setAdmin(device.id, ip, value, world.now());
    return undefined;
  });
}

const setHostname = edit(({ world, device }, args) => {
  const name = args[0] ?? "";
  if (!/^[A-Za-z][A-Za-z0-9-]{0,62}$/u.test(name)) {
    return ["% Hostname contains one or more illegal characters."];
  }
  world.edits.setHostname(device.id, name);
  return undefined;
});

const routerBgp = edit(({ device, state }, args) => {
  if (device.as === undefined || Number(args[0]) !== device.as) return [`BGP is already running; AS is ${device.as}`];
  state.mode = { name: "config-router", protocol: "bgp" };
  return undefined;
});

const routerOspf = edit(({ state }, args) => {
  if (args[0] !== "1") return ["% OSPF: this demo device runs process 1 only"];
  state.mode = { name: "config-router", protocol: "ospf" };
  return undefined;
});

type Entry = { path: string; command: Command; routersOnly?: boolean };

/** Global configuration. */
export const CONFIG_COMMANDS: readonly Entry[] = [
  { path: "interface <if>", command: go((args) => ({ name: "config-if", port: args[0] ?? "" })) },
  { path: "hostname <word>", command: setHostname },
  {
    path: "no hostname",
    command: edit(({ world, device }) => {
      world.edits.setHostname(device.id, device.role === "switch" ? "Switch" : "Router");
      return undefined;
    }),
  },
  { path: "router bgp <n>", command: routerBgp, routersOnly: true },
  { path: "router ospf <n>", command: routerOspf, routersOnly: true },
  { path: "end", command: end },
  { path: "exit", command: end },
];

/** Interface configuration. */
export const INTERFACE_COMMANDS: readonly Entry[] = [
  { path: "shutdown", command: setPort(false) },
  { path: "no shutdown", command: setPort(true) },
  { path: "description <rest>", command: describe((args) => args[0] ?? "") },
  { path: "no description", command: describe(() => "") },
  { path: "end", command: end },
  { path: "exit", command: go(() => ({ name: "config" })) },
];

/** BGP configuration. */
export const BGP_COMMANDS: readonly Entry[] = [
  { path: "neighbor <ip> shutdown", command: setPeer(false) },
  { path: "no neighbor <ip> shutdown", command: setPeer(true) },
  { path: "end", command: end },
  { path: "exit", command: go(() => ({ name: "config" })) },
];

/** OSPF configuration: nothing to change, only to leave. */
export const OSPF_COMMANDS: readonly Entry[] = [
  { path: "end", command: end },
  { path: "exit", command: go(() => ({ name: "config" })) },
];
