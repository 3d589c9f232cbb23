import { Terminal } from "@xterm/headless";

/** A real emulator without a screen. */
export function headless(cols = 40, rows = 10): { terminal: Terminal; write: (data: string) => Promise<void> } {
  const terminal = new Terminal({ cols, rows, allowProposedApi: true, scrollback: 200 });
  return { terminal, write: (data) => new Promise((done) => terminal.write(data, done)) };
}
