import type { Browser, Page } from "playwright";
import { openScreen } from "#support/chromium.ts";
import type { TestSshServer } from "#support/sshd.ts";
import { PROMPT, SET_PROMPT } from "./shell.ts";

/** What the terminal shows right now; with DOM drawing its rows are text. */
const ROWS = ".rs-term-host .xterm-rows";

/** The built app in the browser, used through its own screens. */
export class AppScreen {
  readonly page: Page;
  readonly #close: () => Promise<void>;
  #marks = 0;

  private constructor(page: Page, close: () => Promise<void>) {
    this.page = page;
    this.#close = close;
  }

  /** Pairs and waits for the list of devices. */
  static async open(browser: Browser, pairUrl: string): Promise<AppScreen> {
    const screen = await openScreen(browser, "landscape");
    const page = await screen.newPage();
    await page.goto(pairUrl);
    await page.getByRole("heading", { name: "Devices", exact: true }).waitFor();
    return new AppScreen(page, () => screen.close());
  }

  /** Opens a terminal as a person would, and sets the prompt that the figures wait for. */
  async connect({ host, port, user, password }: TestSshServer): Promise<void> {
    const { page } = this;
    await page.getByLabel("Connect to").fill(`${user}@${host}:${port}`);
    await page.getByRole("button", { name: "Connect once" }).click();
    await page.getByRole("button", { name: "Trust and continue" }).click();
    const login = page.getByTestId("auth-dialog");
    await login
      .locator("input")
      .first()
      .fill(password ?? "");
    await login.locator("button[type=submit]").click();
    await login.waitFor({ state: "detached" });
    await page.locator(".rs-term-host textarea.rs-capture").first().focus();
    await this.type(SET_PROMPT.trimEnd());
    await this.timeEnter(PROMPT.trim());
  }

  async type(text: string): Promise<void> {
    await this.page.keyboard.type(text);
  }

  /** Presses Enter and gives the milliseconds, by the page's clock, until the text is on the screen. */
  async timeEnter(text: string): Promise<number> {
    const shown = this.page.evaluate(
      ([rows, wanted]) =>
        new Promise<number>((resolve) => {
          let from: number | undefined;
          const pressed = (event: KeyboardEvent): void => {
            if (event.key === "Enter") from ??= performance.now();
          };
          addEventListener("keydown", pressed, { capture: true });
          const look = (): void => {
            const now = document.querySelector(rows)?.textContent ?? "";
            if (from === undefined || !now.includes(wanted)) {
              requestAnimationFrame(look);
              return;
            }
            removeEventListener("keydown", pressed, { capture: true });
            resolve(performance.now() - from);
          };
          look();
        }),
      [ROWS, text] as const,
    );
    await this.page.keyboard.press("Enter");
    return shown;
  }

  /** Prints a file and gives the milliseconds until its end is on the screen. */
  async printFile(file: string): Promise<number> {
    this.#marks++;
    await this.type(`cat ${file}; echo prin''ted-${this.#marks}.`);
    return this.timeEnter(`printed-${this.#marks}.`);
  }

  /** Presses one letter and gives the milliseconds until its echo was painted. */
  async timeKey(letter: string, line: string): Promise<number> {
    const painted = this.page.evaluate(
      ([rows, wanted]) =>
        new Promise<number>((resolve) => {
          let from: number | undefined;
          addEventListener(
            "keydown",
            () => {
              from = performance.now();
            },
            { capture: true, once: true },
          );
          const look = (): void => {
            const now = (document.querySelector(rows)?.textContent ?? "").replaceAll("\u00a0", " ");
            if (from === undefined || !now.includes(wanted)) requestAnimationFrame(look);
            // a task after the frame in which the letter was drawn
            else setTimeout(() => resolve(performance.now() - (from ?? 0)));
          };
          look();
        }),
      [ROWS, line] as const,
    );
    await this.page.keyboard.press(letter);
    return painted;
  }

  /** Rows and columns, as the device was told. */
  async size(): Promise<{ rows: number; cols: number }> {
    await this.type("echo size=$(stty size | tr ' ' x).");
    await this.timeEnter("size=");
    const text = (await this.page.locator(ROWS).textContent()) ?? "";
    const [, rows, cols] = /size=(\d+)x(\d+)\./.exec(text) ?? [];
    if (rows === undefined || cols === undefined) throw new Error("the terminal did not show its size");
    return { rows: Number(rows), cols: Number(cols) };
  }

  close(): Promise<void> {
    return this.#close();
  }
}
