import type { Browser, Page } from "playwright";
import { openScreen } from "#support/chromium.ts";
import type { TestSshServer } from "#support/sshd.ts";
import { SCREEN } from "./browser.ts";
import { PROMPT, SET_PROMPT, WAIT_LIMIT_MS } from "./shell.ts";

/** What the terminal shows right now; with DOM drawing its rows are text. */
const ROWS = ".rs-term-host .xterm-rows";

type Watch = { rows: string; text: string; what: "drawn" | "painted"; limitMs: number };

/** Runs in the page: from the next key's event on it looks at every frame for the text. */
function watchScreen({ rows, text, what, limitMs }: Watch): { done: Promise<number> } {
  let from: number | undefined;
  addEventListener(
    "keydown",
    () => {
      from = performance.now();
    },
    { capture: true, once: true },
  );
  const done = new Promise<number>((resolve, reject) => {
    setTimeout(() => reject(new Error(`"${text}" did not come to the screen`)), limitMs);
    const finish = (): void => resolve(performance.now() - (from ?? 0));
    const look = (): void => {
      const shown = (document.querySelector(rows)?.textContent ?? "").replaceAll("\u00a0", " ");
      if (from === undefined || !shown.includes(text)) requestAnimationFrame(look);
      // a task after the frame in which it was drawn
      else if (what === "painted") setTimeout(finish);
      else finish();
    };
    look();
  });
  return { done };
}

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
    const screen = await openScreen(browser, "landscape", SCREEN);
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

  /**
   * Presses a key and gives the milliseconds, by the page's clock, from its event until the text is on the screen. The
   * watch is in place before the key goes out.
   */
  async #timePress(key: string, text: string, what: "drawn" | "painted"): Promise<number> {
    const watch = await this.page.evaluateHandle(watchScreen, { rows: ROWS, text, what, limitMs: WAIT_LIMIT_MS });
    await this.page.keyboard.press(key);
    const ms = await watch.evaluate(({ done }) => done);
    await watch.dispose();
    return ms;
  }

  /** Presses Enter and gives the milliseconds until the text is on the screen. */
  timeEnter(text: string): Promise<number> {
    return this.#timePress("Enter", text, "drawn");
  }

  /** Prints a file and gives the milliseconds until its end is on the screen. */
  async printFile(file: string): Promise<number> {
    this.#marks++;
    await this.type(`cat ${file}; echo prin''ted-${this.#marks}.`);
    return this.timeEnter(`printed-${this.#marks}.`);
  }

  /** Presses one letter and gives the milliseconds until its echo was painted. */
  timeKey(letter: string, line: string): Promise<number> {
    return this.#timePress(letter, line, "painted");
  }

  /** Rows and columns, as the device was told. */
  async size(): Promise<{ rows: number; cols: number }> {
    // in two halves, so that the echo of what is typed is not taken for the answer
    await this.type("echo size=$(stty size | tr ' ' x).; echo siz''ed.");
    await this.timeEnter("sized.");
    const text = (await this.page.locator(ROWS).textContent()) ?? "";
    const [, rows, cols] = /size=(\d+)x(\d+)\./.exec(text) ?? [];
    if (rows === undefined || cols === undefined) throw new Error("the terminal did not show its size");
    return { rows: Number(rows), cols: Number(cols) };
  }

  close(): Promise<void> {
    return this.#close();
  }
}
