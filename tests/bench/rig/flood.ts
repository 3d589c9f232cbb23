import { PROMPT, type Watcher } from "./shell.ts";

/** Prints a file once and gives MB/s from the Enter key to the last byte. */
export async function printFile(watcher: Watcher, file: string): Promise<number> {
  const before = watcher.bytes;
  const from = performance.now();
  await watcher.send(`cat ${file}\r`, PROMPT);
  return (watcher.bytes - before) / 1_000 / (performance.now() - from);
}

/** CLI text without end, until Ctrl-C. Returns when it has begun. */
export async function startFlood(watcher: Watcher, file: string): Promise<void> {
  await watcher.send(`yes "$(head -n 60 ${file})"\r`, "output buffers swapped out");
}
