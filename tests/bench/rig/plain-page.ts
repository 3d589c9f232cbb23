import type { Browser, CDPSession } from "playwright";

type Answer = { id?: number; error?: { message: string }; result?: unknown };
type Evaluated = {
  result: { value?: unknown };
  exceptionDetails?: { text: string; exception?: { description?: string } };
};
type Size = { width: number; height: number };

/** A key as the DevTools protocol describes it. */
type KeyStroke = { key: string; code: string; windowsVirtualKeyCode: number; text?: string };

/** Bit of the DevTools protocol's modifiers. */
const CTRL = 2;
const ENTER: KeyStroke = { key: "Enter", code: "Enter", windowsVirtualKeyCode: 13, text: "\r" };

/** Code numbers of other characters are those of arrows and editing keys, so that only letters and digits have one. */
function strokeOf(key: string): KeyStroke {
  if (key === "Enter") return ENTER;
  const upper = key.toUpperCase();
  if (/[A-Z]/.test(upper)) return { key, code: `Key${upper}`, windowsVirtualKeyCode: upper.charCodeAt(0), text: key };
  const digit = /\d/.test(key);
  return { key, code: digit ? `Digit${key}` : "", windowsVirtualKeyCode: digit ? key.charCodeAt(0) : 0, text: key };
}

/**
 * A page in a profile of its own that only this object talks to. Playwright's own pages report every WebSocket message
 * to the test process, which costs more than the app does with it; here nobody listens to the network.
 */
export class PlainPage {
  readonly #browser: CDPSession;
  readonly #sessionId: string;
  readonly #contextId: string;
  readonly #waiting = new Map<number, { resolve: (value: unknown) => void; reject: (error: Error) => void }>();
  #lastId = 0;

  private constructor(browser: CDPSession, contextId: string, sessionId: string) {
    this.#browser = browser;
    this.#contextId = contextId;
    this.#sessionId = sessionId;
    browser.on("Target.receivedMessageFromTarget", ({ sessionId: from, message }) => {
      if (from === sessionId) this.#take(JSON.parse(message) as Answer);
    });
  }

  static async open(browser: Browser, size: Size): Promise<PlainPage> {
    const session = await browser.newBrowserCDPSession();
    const { browserContextId } = await session.send("Target.createBrowserContext", { disposeOnDetach: true });
    const { targetId } = await session.send("Target.createTarget", { url: "about:blank", browserContextId });
    const { sessionId } = await session.send("Target.attachToTarget", { targetId, flatten: false });
    const page = new PlainPage(session, browserContextId, sessionId);
    await page.#send("Emulation.setDeviceMetricsOverride", { ...size, deviceScaleFactor: 1, mobile: true });
    await page.#send("Emulation.setTouchEmulationEnabled", { enabled: true, maxTouchPoints: 5 });
    await page.#send("Emulation.setFocusEmulationEnabled", { enabled: true });
    await page.#send("Emulation.setEmulatedMedia", {
      features: [{ name: "prefers-reduced-motion", value: "reduce" }],
    });
    return page;
  }

  async goto(url: string): Promise<void> {
    await this.#send("Page.navigate", { url });
  }

  /** Runs a function in the page and gives what it returns. It sees only its argument. */
  async evaluate<A, R>(run: (argument: A) => R | Promise<R>, argument: A): Promise<R> {
    const expression = `(${run.toString()})(${JSON.stringify(argument) ?? "undefined"})`;
    const how = { expression, awaitPromise: true, returnByValue: true };
    const { result, exceptionDetails: wrong } = (await this.#send("Runtime.evaluate", how)) as Evaluated;
    if (wrong !== undefined) throw new Error(wrong.exception?.description ?? wrong.text);
    return result.value as R;
  }

  /** As a keyboard sends it: one key after the other. */
  async type(text: string): Promise<void> {
    for (const letter of text) await this.press(letter);
  }

  async press(key: string): Promise<void> {
    const stroke = strokeOf(key);
    await this.#send("Input.dispatchKeyEvent", { type: "keyDown", ...stroke });
    await this.#send("Input.dispatchKeyEvent", { type: "keyUp", ...stroke });
  }

  /** A letter with Ctrl held down. */
  async pressCtrl(letter: string): Promise<void> {
    const { text: _none, ...stroke } = strokeOf(letter);
    await this.#send("Input.dispatchKeyEvent", { type: "rawKeyDown", modifiers: CTRL, ...stroke });
    await this.#send("Input.dispatchKeyEvent", { type: "keyUp", modifiers: CTRL, ...stroke });
  }

  /** Text into the field that has the focus. */
  async fill(text: string): Promise<void> {
    await this.#send("Input.insertText", { text });
  }

  async close(): Promise<void> {
    await this.#browser.send("Target.disposeBrowserContext", { browserContextId: this.#contextId });
    await this.#browser.detach();
  }

  #send(method: string, params: object): Promise<unknown> {
    this.#lastId++;
    const id = this.#lastId;
    return new Promise((resolve, reject) => {
      this.#waiting.set(id, { resolve, reject });
      const message = JSON.stringify({ id, method, params });
      this.#browser.send("Target.sendMessageToTarget", { sessionId: this.#sessionId, message }).catch(reject);
    });
  }

  #take({ id, error, result }: Answer): void {
    const waiting = id === undefined ? undefined : this.#waiting.get(id);
    if (id === undefined || waiting === undefined) return;
    this.#waiting.delete(id);
    if (error === undefined) waiting.resolve(result);
    else waiting.reject(new Error(error.message));
  }
}
