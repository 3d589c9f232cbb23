import type { DeviceSpec } from "../world/topology.ts";
import { BGP_COMMANDS, CONFIG_COMMANDS, INTERFACE_COMMANDS, OSPF_COMMANDS } from "./config-commands.ts";
import { EXEC_COMMANDS } from "./exec-commands.ts";
import type { GrammarNode } from "./grammar.ts";
import { addCommand, emptyGrammar } from "./grammar.ts";
import { HELP } from "./help-texts.ts";
import type { Command, Mode } from "./session-state.ts";
import { showCommands } from "./show-commands.ts";

/** The grammars of a device. In a configuration mode the outer ones are tried after its own. */
export type CommandTree = { grammars: (mode: Mode) => readonly GrammarNode<Command>[]; exec: GrammarNode<Command> };

function grow(entries: readonly { path: string; command: Command }[]): GrammarNode<Command> {
  const root = emptyGrammar<Command>();
  for (const entry of entries) addCommand(root, entry.path, entry.command, HELP);
  return root;
}

/** Builds the command trees of one device. */
export function commandTree(device: DeviceSpec): CommandTree {
  const all = [...showCommands(device), ...EXEC_COMMANDS];
  const exec = grow(all);
  const user = grow(all.filter((entry) => entry.isPrivileged !== true));
  const config = grow(CONFIG_COMMANDS.filter((entry) => entry.routersOnly !== true || device.role === "router"));
  const port = grow(INTERFACE_COMMANDS);
  const bgp = grow(BGP_COMMANDS);
  const ospf = grow(OSPF_COMMANDS);
  return {
    exec,
    grammars(mode) {
      switch (mode.name) {
        case "user":
          return [user];
        case "exec":
          return [exec];
        case "config":
          return [config];
        case "config-if":
          return [port, config];
        default:
          return [mode.protocol === "bgp" ? bgp : ospf, config];
      }
    },
  };
}
