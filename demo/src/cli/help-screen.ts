import type { CommandTree } from "./command-tree.ts";
import { MODIFIERS } from "./filter.ts";
import type { InterfaceResolver } from "./grammar.ts";
import { completionFor, helpFor } from "./grammar.ts";
import type { Mode } from "./session-state.ts";

function table(rows: readonly { word: string; help: string }[]): string {
  const width = Math.max(...rows.map((row) => row.word.length), 0) + 2;
  return rows.map((row) => `  ${row.word.padEnd(width)}${row.help}`.trimEnd()).join("\n");
}

/** The text that `?` prints after the given line. */
export function helpScreen(
  tree: CommandTree,
  mode: Mode,
  text: string,
  resolve: InterfaceResolver,
  promptLength: number,
): string {
  const isConfig = mode.name !== "user" && mode.name !== "exec";
  const bar = text.indexOf("|");
  if (bar !== -1 && !isConfig) {
    const begun = text.slice(bar + 1).trimStart();
    const rows = MODIFIERS.filter((modifier) => modifier.word.startsWith(begun.trim().toLowerCase()));
    if (/\s/u.test(begun)) return "  LINE  Regular Expression\n\n";
    return `${table(rows)}\n\n`;
  }
  const viaDo = isConfig ? /^\s*do\s+/iu.exec(text)?.[0] : undefined;
  const asked = viaDo === undefined ? text : text.slice(viaDo.length);
  const grammars = viaDo === undefined ? tree.grammars(mode) : [tree.exec];
  const results = grammars.map((grammar) => helpFor(grammar, asked, resolve, !isConfig || viaDo !== undefined));
  const best = results.find((result) => result.kind === "list" || result.kind === "words") ?? results[0];
  switch (best?.kind) {
    case "words":
      return `${best.words.join("  ")}\n\n`;
    case "list": {
      const head = asked.trim() === "" ? `${mode.name === "exec" ? "Exec" : "Mode"} commands:\n` : "";
      const extra =
        isConfig && asked.trim() === "" ? [{ word: "do", help: "To run exec commands in config mode" }] : [];
      return `${head}${table([...best.rows, ...extra])}\n\n`;
    }
    case "ambiguous":
      return `% Ambiguous command:  "${asked.trim()}"\n`;
    case "invalid":
      return `${" ".repeat(promptLength + (viaDo?.length ?? 0) + best.column)}^\n% Invalid input detected at '^' marker.\n\n`;
    default:
      return "% Unrecognized command\n";
  }
}

/** What Tab adds to the line, or undefined. */
export function tabCompletion(
  tree: CommandTree,
  mode: Mode,
  text: string,
  resolve: InterfaceResolver,
): string | undefined {
  const viaDo = /^\s*do\s+/iu.exec(text)?.[0];
  if (viaDo !== undefined) return completionFor(tree.exec, text.slice(viaDo.length), resolve);
  for (const grammar of tree.grammars(mode)) {
    const rest = completionFor(grammar, text, resolve);
    if (rest !== undefined) return rest;
  }
  return undefined;
}
