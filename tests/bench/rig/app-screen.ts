import type { Browser } from "playwright";
import { SCREENS } from "#support/chromium.ts";
import type { TestSshServer } from "#support/sshd.ts";
import { PlainPage } from "./plain-page.ts";
import { PROMPT, SET_PROMPT, WAIT_LIMIT_MS } from "./shell.ts";

/** A step of the way into a terminal. */
const STEP_LIMIT_MS = 30_000;
const CONNECT_FIELD = "form[aria-label='Quick connect'] input";
/** Not a key's name, but a chord's. */
const CTRL_C = "Ctrl-C";
/** What the terminal shows right now; with DOM drawing its rows are text. */
const ROWS = ".rs-term-host .xterm-rows";

type Watched = typeof globalThis & { benchSeen?: Promise<number> };
type Use = { find: string; name?: string; act: "wait" | "click" | "focus"; limitMs: number };
type Watch = { rows: string; text: string; what: "drawn" | "painted"; limitMs: number };

/** Runs in the page: waits until anything is on the screen, as a device's prompt is. */
async function untilDrawn({ rows, limitMs }: Pick<Watch, "rows" | "limitMs">): Promise<void> {
  const until = performance.now() + limitMs;
  while ((document.querySelector(rows)?.textContent ?? "").trim() === "") {
    if (performance.now() > until) throw new Error(`nothing came to the screen: ${document.body.innerText}`);
    await new Promise(requestAnimationFrame);
  }
}

/**
 * Runs in the page: waits from the next key's event on until the text is there. "drawn": looks once in every frame, as a
 * flood replaces rows all the time. "painted": sees the change itself and waits for its frame, as looking in every frame
 * sees it only in the next one.
 */
function watchScreen({ rows, text, what, limitMs }: Watch): void {
  let from: number | undefined;
  addEventListener(
    "keydown",
    () => {
      from = performance.now();
    },
    { capture: true, once: true },
  );
  const isThere = (): boolean =>
    from !== undefined && (document.querySelector(rows)?.textContent ?? "").replaceAll("\u00a0", " ").includes(text);
  (globalThis as Watched).benchSeen = new Promise<number>((resolve, reject) => {
    const late = (): void => {
      const focused = document.activeElement?.className ?? "nothing";
      reject(new Error(`"${text}" did not come to the screen (focus: ${focused}): ${document.body.innerText}`));
    };
    setTimeout(late, limitMs);
    const finish = (): void => resolve(performance.now() - (from ?? 0));
    const look = (): void => {
      if (isThere()) finish();
      else requestAnimationFrame(look);
    };
    if (what === "drawn") {
      look();
      return;
    }
    const place = document.querySelector(rows);
    if (place === null) throw new Error("no terminal on the screen");
    const observer = new MutationObserver(() => {
      if (!isThere()) return;
      observer.disconnect();
      // the change is made just before its frame is painted: a task after that
      setTimeout(finish);
    });
    observer.observe(place, { childList: true, characterData: true, subtree: true });
  });
}

/** Runs in the page: waits for an element that is shown, and clicks it or gives it the focus. */
async function useElement({ find, name, act, limitMs }: Use): Promise<void> {
  const until = performance.now() + limitMs;
  for (;;) {
    const found = [...document.querySelectorAll<HTMLElement>(find)].find(
      (element) =>
        element.checkVisibility() &&
        // a button that is off takes no click: before the link is up, say
        !(act === "click" && element.matches(":disabled, [aria-disabled=true]")) &&
        (name === undefined || element.textContent.trim().startsWith(name)),
    );
    if (found !== undefined) {
      if (act === "click") found.click();
      else if (act === "focus") found.focus();
      return;
    }
    if (performance.now() > until) throw new Error(`${find} ${name ?? ""} did not come: ${document.body.innerText}`);
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
}

/** The built app in the browser, used through its own screens. */
export class AppScreen {
  readonly page: PlainPage;
  #marks = 0;

  private constructor(page: PlainPage) {
    this.page = page;
  }

  /** Pairs and waits for the list of devices. */
  static async open(browser: Browser, pairUrl: string): Promise<AppScreen> {
    const app = new AppScreen(await PlainPage.open(browser, SCREENS.landscape.viewport));
    await app.page.goto(pairUrl);
    await app.#use("wait", "h1, h2", "Devices");
    return app;
  }

  #use(act: Use["act"], find: string, name?: string): Promise<void> {
    return this.page.evaluate(useElement, {
      act,
      find,
      limitMs: STEP_LIMIT_MS,
      ...(name === undefined ? {} : { name }),
    });
  }

  /** "Keep nothing on this tablet", in the settings; for terminals that are opened from then on. */
  async keepNothing(): Promise<void> {
    await this.#use("click", "button[aria-label=Settings]");
    await this.#use("click", "label.rs-switch", "Keep nothing on this tablet");
    await this.#use("wait", "label.rs-switch:has(input:checked)", "Keep nothing on this tablet");
    await this.#use("click", "dialog button[aria-label=Close]");
  }

  /** Presses what is shown, as soon as it can be pressed; `name`: how its text begins. */
  press(find: string, name?: string): Promise<void> {
    return this.#use("click", find, name);
  }

  /** Opens a terminal as a person would, by the quick connection, and waits for its first text. */
  async logIn({ host, port, user, password }: TestSshServer): Promise<void> {
    await this.#use("focus", CONNECT_FIELD);
    await this.page.fill(`${user}@${host}:${port}`);
    await this.#use("click", "button", "Connect once");
    await this.#use("click", "button", "Trust and continue");
    await this.#use("focus", "[data-testid=auth-dialog] input");
    await this.page.fill(password ?? "");
    await this.#use("click", "[data-testid=auth-dialog] button[type=submit]");
    // What is typed before the shell is there is refused; and a dialog that closes may take the focus with it.
    await this.page.evaluate(untilDrawn, { rows: ROWS, limitMs: WAIT_LIMIT_MS });
    await this.#use("focus", ".rs-term-host textarea.rs-capture");
  }

  /** Opens a terminal with a shell, and sets the prompt that the figures wait for. */
  async connect(server: TestSshServer): Promise<void> {
    await this.logIn(server);
    await this.type(SET_PROMPT.trimEnd());
    await this.timeEnter(PROMPT.trim());
  }

  async type(text: string): Promise<void> {
    await this.page.type(text);
  }

  /**
   * Presses a key and gives the milliseconds, by the page's clock, from its event until the text is on the screen. The
   * watch is in place before the key goes out.
   */
  async #timePress(key: string, text: string, what: "drawn" | "painted"): Promise<number> {
    await this.page.evaluate(watchScreen, { rows: ROWS, text, what, limitMs: WAIT_LIMIT_MS });
    await (key === CTRL_C ? this.page.pressCtrl("c") : this.page.press(key));
    return this.page.evaluate(() => (globalThis as Watched).benchSeen ?? Number.NaN, undefined);
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

  /** Prints without end; returns once it is on the screen. */
  async startFlood(file: string): Promise<void> {
    await this.type(`yes "$(head -n 60 ${file})"`);
    await this.timeEnter("output buffers swapped out");
  }

  /** Presses Ctrl-C and gives the milliseconds until the prompt is on the screen; the flood must not show one. */
  timeCtrlC(): Promise<number> {
    return this.#timePress(CTRL_C, PROMPT.trim(), "drawn");
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
    const text = await this.page.evaluate((rows) => document.querySelector(rows)?.textContent ?? "", ROWS);
    const [, rows, cols] = /size=(\d+)x(\d+)\./.exec(text) ?? [];
    if (rows === undefined || cols === undefined) throw new Error("the terminal did not show its size");
    return { rows: Number(rows), cols: Number(cols) };
  }

  close(): Promise<void> {
    return this.page.close();
  }
}
