import type { DeviceSpec } from "../world/topology.ts";
import type { World } from "../world/world.ts";
import type { InterfaceResolver } from "./grammar.ts";

/** Where a session is in the command tree. */
export type Mode =
  | { name: "user" }
  | { name: "exec" }
  | { name: "config" }
  | { name: "config-if"; port: string }
  | { name: "config-router"; protocol: "bgp" | "ospf" };

/** One line (vty) in use on a device. */
export type VtyLine = { number: number; user: string; since: number; lastInput: number };

/** What belongs to one CLI session, changed by its commands. */
export type SessionState = {
  mode: Mode;
  vty: VtyLine;
  /** Screen lines for the pager; 0 is off. */
  length: number;
  /** Screen columns. */
  width: number;
  monitor: boolean;
  /** Set when the session must end. */
  isOver: boolean;
};

/** What a command gets. Generators may wait with `sleep`, which rejects when the command is interrupted. */
export type CommandContext = {
  world: World;
  device: DeviceSpec;
  state: SessionState;
  at: number;
  lines: () => readonly VtyLine[];
  history: () => readonly string[];
  sleep: (ms: number) => Promise<void>;
  /** Reads one line; undefined when interrupted. */
  ask: (prompt: string, isEchoing: boolean) => Promise<string | undefined>;
  /** Reads one key; undefined when interrupted. */
  confirm: (prompt: string) => Promise<boolean>;
};

/** Text lines, text pieces over time, or nothing. */
export type CommandOutput = readonly string[] | AsyncIterable<string> | undefined;
export type Command = {
  run: (context: CommandContext, args: readonly string[]) => CommandOutput | Promise<CommandOutput>;
  canPipe: boolean;
  /** The device thinks this long before the first line (ms). */
  thinkMs: number;
};

/** The prompt of a mode. */
export function promptOf(hostname: string, mode: Mode): string {
  // IOS shortens long host names in front of a mode.
  const short = hostname.slice(0, 20);
  switch (mode.name) {
    case "user":
      return `${hostname}>`;
    case "exec":
      return `${hostname}#`;
    default:
      return `${short}(${mode.name})#`;
  }
}

/** Knows the ports of a device by any unambiguous start of their type. */
export function interfaceResolver(device: DeviceSpec): InterfaceResolver {
  return (text) => {
    const match = /^([a-z]+)(\d.*)$/iu.exec(text);
    if (match === null) return undefined;
    const [, type = "", rest = ""] = match;
    return device.interfaces.find(
      (port) => port.name.replace(/^[a-z]+/iu, "") === rest && port.name.toLowerCase().startsWith(type.toLowerCase()),
    )?.name;
  };
}
