import { setTimeout as pause } from "node:timers/promises";
import { PROMPT, type Watcher } from "./shell.ts";

/** Keys in one line, all below the terminal's width, so that the shell's editor echoes each by itself. */
const LINE_KEYS = 60;
/** A fast typist's burst; without it the processor never leaves its highest speed and figures look better than life. */
const KEY_GAP_MS = 4;

/** Types letters into a comment line and gives, for each, the milliseconds until its echo was there. */
export async function typeKeys(watcher: Watcher, keys: number): Promise<number[]> {
  const times: number[] = [];
  while (times.length < keys) {
    await watcher.send("#", "#");
    for (let key = 0; key < LINE_KEYS && times.length < keys; key++) {
      await pause(KEY_GAP_MS);
      const letter = String.fromCharCode(97 + (key % 26));
      const from = performance.now();
      await watcher.send(letter, letter);
      times.push(performance.now() - from);
    }
    await watcher.send("\r", PROMPT);
  }
  return times;
}
