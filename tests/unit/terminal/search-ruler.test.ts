import { Terminal } from "@xterm/headless";
import { expect, it, vi } from "vitest";
import { SearchSession } from "#terminal/search-session.ts";
import { terminalOptions } from "#terminal/terminal-options.ts";
import { themeById } from "#themes/registry.ts";

/** The emulator's own default, by which the size is fitted without a ruler. */
const SCROLLBAR_PX = 14;

vi.mock("@xterm/addon-search", () => ({
  SearchAddon: class {
    onDidChangeResults(): void {}
    findNext(): boolean {
      return false;
    }
    clearDecorations(): void {}
    activate(): void {}
    dispose(): void {}
  },
}));

it("the ruler of matches comes when the search opens, as wide as the scrollbar, so that no column is lost", async () => {
  const theme = themeById("dark");
  const options = terminalOptions(theme, 15, true);
  expect(options.overviewRuler).toBeUndefined();
  const terminal = new Terminal(options);
  // of the emulator without a screen, a search needs no more than these
  const session = new SearchSession(
    terminal as unknown as ConstructorParameters<typeof SearchSession>[0],
    theme,
    () => {},
  );
  await session.find({ term: "", regex: false, caseSensitive: false, wholeWord: false }, "next");
  // an option of the emulator with a screen, which this one carries along
  expect(terminal.options).toMatchObject({ overviewRuler: { width: SCROLLBAR_PX } });
  terminal.dispose();
});
