import type { Page } from "playwright";
import { expect } from "vitest";
import { SOON } from "./terminal.ts";

/** Keeps what the page's terminal is given; runs in the page, before any script of the app. */
export function keepOutput(): void {
  const output = { text: "", gaps: 0 };
  Object.assign(globalThis, { output });
  const decoder = new TextDecoder();
  // oxlint-disable-next-line typescript/unbound-method -- called with the port that it is called on.
  const listen = MessagePort.prototype.addEventListener;
  MessagePort.prototype.addEventListener = function (this: MessagePort, ...args: Parameters<typeof listen>) {
    if (args[0] === "message" && !Reflect.has(this, "kept")) {
      Reflect.set(this, "kept", true);
      listen.call(this, "message", (event) => {
        const { data } = event as MessageEvent<{ t?: string; body: ArrayBuffer } | undefined>;
        if (data?.t === "gap") output.gaps++;
        if (data?.t === "begin") output.text = "";
        if (data?.t === "out") output.text += decoder.decode(data.body.slice(0));
      });
    }
    listen.apply(this, args);
  } as typeof listen;
}
declare const output: { text: string; gaps: number };

/** Numbers of the counter's lines, as the terminal was given them. */
export async function numbers(page: Page): Promise<number[]> {
  const text = await page.evaluate(() => output.text);
  return [...text.matchAll(/count (\d{5})/g)].map((match) => Number(match[1]));
}

/** Ranges that the terminal was told are lost. */
export const gaps = (page: Page): Promise<number> => page.evaluate(() => output.gaps);

/** Waits for a line of the counter. */
export async function reached(page: Page, line: number): Promise<void> {
  await expect.poll(async () => (await numbers(page)).at(-1) ?? 0, SOON).toBeGreaterThanOrEqual(line);
}
