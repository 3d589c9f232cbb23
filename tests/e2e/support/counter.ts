import type { Page } from "playwright";
import { expect } from "vitest";
import { gaps, numbers } from "./kept-output.ts";
import { type DrawnLine, drawnLines } from "./scrollback.ts";
import { seeOnScreen, typeLine } from "./terminal.ts";
import type { TrialDevice } from "./trial-device.ts";

/** Lines between two questions for the cursor's place; the questions that all terminals answer alike stand between. */
const ASK_EVERY = 20;

/**
 * Counts in colours on a cleared screen. Every 20 lines it asks for the cursor's place, each time in another column, so
 * that every answer tells its question; between them for the terminal's kind and health. All that arrives is written down.
 */
const PROGRAM = `folder=$1 lines=$2 pause=$3
stty raw -echo
printf '\\033[H\\033[2J\\033[3J'
(
  for ((n = 1; n <= lines; n++)); do
    printf '\\033[3%dmcount %05d\\033[0m of %d\\r\\n' $((n % 7 + 1)) $n $lines
    case $((n % ${ASK_EVERY})) in
      0) printf '\\033[%dG\\033[6n\\r' $((n / ${ASK_EVERY} + 1)) ;;
      5) printf '\\033[c' ;;
      10) printf '\\033[5n' ;;
    esac
    [ "$pause" = 0 ] || sleep "$pause"
  done
  printf 'counter done\\r\\n'
) &
exec cat >"$folder/typed"
`;

/** Starts the counter in a shell; its job's number would differ from run to run, so bash is asked for none. */
export async function startCounter(page: Page, device: TrialDevice, lines: number, pause: number): Promise<void> {
  await device.put("counter.sh", PROGRAM);
  await typeLine(page, `exec bash ${device.folder}/counter.sh ${device.folder} ${lines} ${pause}`);
}

/** Every line once, in order, up to the end, and no gap announced. */
export async function countedOnce(page: Page, lines: number): Promise<void> {
  await seeOnScreen(page, /counter done/);
  expect(await numbers(page)).toEqual(Array.from({ length: lines }, (_, n) => n + 1));
  expect(await gaps(page)).toBe(0);
}

/** What the terminal holds of the counter, with its colours, once that ended. */
export function countedLines(page: Page, lines: number): Promise<DrawnLine[]> {
  return drawnLines(page, lines);
}

type Answers = { places: number[]; kinds: number; healths: number; rest: string };

/** What a terminal typed into the device by itself, as the device got it. */
async function answers(device: TrialDevice): Promise<Answers> {
  const typed = (await device.get("typed")).toString("latin1");
  // biome-ignore-start lint/suspicious/noControlCharactersInRegex: answers begin with ESC.
  const places = [...typed.matchAll(/\u001b\[\d+;(\d+)R/g)].map((match) => Number(match[1]));
  const kinds = typed.split("\u001b[?1;2c").length - 1;
  const healths = typed.split("\u001b[0n").length - 1;
  const rest = typed.replaceAll(/\u001b\[(?:\d+;\d+R|\?1;2c|0n)/g, "");
  // biome-ignore-end lint/suspicious/noControlCharactersInRegex: as above.
  return { places, kinds, healths, rest };
}

/**
 * Nothing was typed into the device but answers to what it asked, each question answered at most once and in order
 * [S82]; those of the first `calm` lines, before anything went wrong, all were.
 */
export async function answeredOnce(device: TrialDevice, lines: number, calm: number): Promise<void> {
  const { places, kinds, healths, rest } = await answers(device);
  expect(rest, "typed by nobody").toBe("");
  expect(
    places.every((place, at) => place > (places[at - 1] ?? 0)),
    `each place once, in order: ${places.join(" ")}`,
  ).toBe(true);
  expect(places.slice(0, calm / ASK_EVERY)).toEqual(Array.from({ length: calm / ASK_EVERY }, (_, n) => n + 2));
  expect(places.at(-1) ?? 0).toBeLessThanOrEqual(lines / ASK_EVERY + 1);
  for (const count of [kinds, healths]) {
    expect(count).toBeGreaterThanOrEqual(calm / ASK_EVERY);
    expect(count).toBeLessThanOrEqual(lines / ASK_EVERY);
  }
}
