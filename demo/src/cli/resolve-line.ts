import type { CommandTree } from "./command-tree.ts";
import type { LineFilter } from "./filter.ts";
import { parseFilter } from "./filter.ts";
import type { InterfaceResolver, ParseResult } from "./grammar.ts";
import { parseLine } from "./grammar.ts";
import type { Command, Mode } from "./session-state.ts";

/** What a typed line means in a mode: a command to run, nothing, or the error text IOS prints. */
export type ResolvedLine =
  | { kind: "run"; command: Command; args: readonly string[]; filter: LineFilter | undefined }
  | { kind: "empty" }
  | { kind: "error"; text: string };

function caret(column: number): string {
  return `${" ".repeat(column)}^\n% Invalid input detected at '^' marker.\n\n`;
}

function parseIn(tree: CommandTree, mode: Mode, line: string, resolve: InterfaceResolver): ParseResult<Command> {
  const results = tree.grammars(mode).map((grammar) => parseLine(grammar, line, resolve));
  const good = results.find((result) => result.kind === "ok" || result.kind === "empty");
  const near = results.find((result) => result.kind === "incomplete" || result.kind === "ambiguous");
  if (good !== undefined) return good;
  if (near !== undefined) return near;
  let furthest = -1;
  for (const result of results) if (result.kind === "invalid") furthest = Math.max(furthest, result.column);
  return { kind: "invalid", column: furthest };
}

/** Works out a line. `promptLength` places the caret under the typed text. */
export function resolveLine(
  tree: CommandTree,
  mode: Mode,
  line: string,
  resolve: InterfaceResolver,
  promptLength: number,
): ResolvedLine {
  const isConfig = mode.name !== "user" && mode.name !== "exec";
  const viaDo = isConfig ? /^\s*do\s+/iu.exec(line)?.[0] : undefined;
  const text = viaDo === undefined ? line : line.slice(viaDo.length);
  const shift = promptLength + (viaDo?.length ?? 0);
  const within: Mode = viaDo === undefined ? mode : { name: "exec" };
  const bar = text.indexOf("|");
  let parsed = parseIn(tree, within, bar === -1 ? text : text.slice(0, bar), resolve);
  let filter: LineFilter | undefined;
  if (bar !== -1) {
    if (parsed.kind === "ok" && parsed.run.canPipe) {
      const result = parseFilter(text.slice(bar + 1), bar + 1);
      if (result.kind === "incomplete") return { kind: "error", text: "% Incomplete command.\n\n" };
      if (result.kind === "ambiguous") return { kind: "error", text: `% Ambiguous command:  "${text.trim()}"\n` };
      if (result.kind === "invalid") return { kind: "error", text: caret(shift + result.column) };
      if (result.kind === "pattern") return { kind: "error", text: "% Failed to compile regular expression.\n\n" };
      filter = result.filter;
    } else parsed = parseIn(tree, within, text, resolve);
  }
  switch (parsed.kind) {
    case "ok":
      return { kind: "run", command: parsed.run, args: parsed.args, filter };
    case "empty":
      return { kind: "empty" };
    case "incomplete":
      return { kind: "error", text: "% Incomplete command.\n\n" };
    case "ambiguous":
      return { kind: "error", text: `% Ambiguous command:  "${text.trim()}"\n` };
    default:
      return { kind: "error", text: caret(shift + parsed.column) };
  }
}
