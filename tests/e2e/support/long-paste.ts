import { createHash } from "node:crypto";
import { setTimeout as sleep } from "node:timers/promises";
import type { Page } from "playwright";
import { expect } from "vitest";
import type { FaultRelay } from "#support/fault-relay.ts";
import type { SeededRandom } from "#support/seeded-random.ts";
import { SOON, seeOnScreen, typeLine } from "./terminal.ts";
import type { TrialDevice } from "./trial-device.ts";

const KIB = 1_024;
export const CUTS = 20;
/** Slow enough that the paste is under way at every cut. */
const PACE = { bytes: 2 * KIB, everyMs: 10 };
const sha256 = (bytes: string | Buffer): string => createHash("sha256").update(bytes).digest("hex");

/** Lines of a configuration, numbered so that a part that is missing or there twice shows where. */
function makeText(bytes: number, random: SeededRandom): string {
  const lines: string[] = [];
  for (let size = 0, n = 1; size < bytes; n++) {
    const words = Array.from({ length: random.between(1, 9) }, () => random.between(0, 2 ** 31).toString(36));
    const line = ` description ${n} ${words.join(" ")} \u017c\u00f3\u0142w`;
    lines.push(line);
    size += Buffer.byteLength(line) + 1;
  }
  return `${lines.join("\n")}\n`;
}

/** Pastes through the bar's button and the review, as a person does. */
async function paste(page: Page, text: string): Promise<void> {
  await page.evaluate((all) => navigator.clipboard.writeText(all), text);
  await page.getByRole("button", { name: "Paste", exact: true }).click();
  const review = page.getByTestId("paste-review");
  await review.waitFor();
  const lines = text.split("\n").length - 1;
  await review.getByRole("button", { name: `Send ${lines} lines` }).click();
  await review.waitFor({ state: "detached" });
}

/** The app asks about what was typed longer ago than this before a link came back [WP19]; its strip counts from the typing. */
const ASKED_AFTER_S = 10;

/**
 * Does something while a person sits by who says "send" whenever the app asks: what was typed more than 10 s before a link
 * came back is not sent unasked [WP19], and a busy machine takes longer than that for all the cuts.
 */
async function sayingSend<T>(page: Page, act: () => Promise<T>): Promise<T> {
  const strip = page.locator(".rs-term-strip").first();
  const ages: number[] = [];
  const over = new AbortController();
  const look = async () => {
    const send = strip.getByRole("button", { name: /^Send( all)?$/ });
    if (!(await send.isVisible())) return;
    ages.push(Number(/(\d+) s ago/.exec(await strip.innerText({ timeout: 2_000 }))?.[1]));
    await send.click({ timeout: 2_000 });
  };
  const watch = async () => {
    while (!over.signal.aborted) {
      // The strip may go while it is looked at, and the page with a test that fails.
      await look().catch(() => {});
      await sleep(200);
    }
  };
  const watching = watch();
  const result = await act().finally(async () => {
    over.abort();
    await watching;
  });
  expect(Math.min(...ages), "seconds after which the app asks").toBeGreaterThanOrEqual(ASKED_AFTER_S);
  return result;
}

/** Where the file is no longer what was pasted: bytes lost in the middle look otherwise than an end that did not come. */
function departure(file: Buffer, text: string): string {
  const pasted = Buffer.from(text);
  let at = 0;
  while (at < file.length && file[at] === pasted[at]) at++;
  const around = (bytes: Buffer) => JSON.stringify(bytes.subarray(Math.max(0, at - 80), at + 160).toString());
  return at === file.length ? `all ${at} bytes as pasted` : `from ${at} on ${around(file)} for ${around(pasted)}`;
}

type Trial = { page: Page; device: TrialDevice; relay: FaultRelay; random: SeededRandom; bytes: number; echo: boolean };

/** A long paste into `cat > file` while the link is cut 20 times: the file on the device is what was pasted. */
export async function pasteThroughCuts({ page, device, relay, random, bytes, echo }: Trial): Promise<void> {
  const text = makeText(bytes, random);
  const name = `pasted-${echo ? "echo" : "quiet"}`;
  await typeLine(
    page,
    `stty ${echo ? "" : "-"}echo; echo LIST''EN; cat >${device.folder}/${name}; stty sane; echo EN''DED`,
  );
  await seeOnScreen(page, /LISTEN/);
  const stored = async () => (await device.get(name)).length;
  await sayingSend(page, async () => {
    relay.drip(PACE.bytes, PACE.everyMs, "up");
    try {
      await paste(page, text);
      // Cuts fall after so many bytes of the paste; together they leave a part for after the last.
      const share = Math.floor(bytes / (CUTS + 4));
      for (let cut = 1; cut <= CUTS; cut++) {
        const before = relay.connections.length;
        relay.cutAfter("up", random.between(share / 2, share), random.pick(["end", "reset"]));
        await relay.until(({ connections }) => connections.length > before);
      }
      expect(await stored(), "bytes at the device at the last cut").toBeLessThan(Buffer.byteLength(text));
    } finally {
      relay.clear();
    }
    await expect
      .poll(stored, SOON)
      .toBeGreaterThanOrEqual(Buffer.byteLength(text))
      .catch(async (error: Error) => {
        throw new Error(`${error.message}; ${departure(await device.get(name), text)}`, { cause: error });
      });
  });
  await page.keyboard.press("Control+D");
  await seeOnScreen(page, /ENDED/);
  const file = await device.get(name);
  expect({ bytes: file.length, hash: sha256(file) }).toEqual({ bytes: Buffer.byteLength(text), hash: sha256(text) });
}
