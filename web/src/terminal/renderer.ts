import type { Terminal } from "@xterm/xterm";
import { ContextLosses, REBUILD_MS } from "./renderer-policy.ts";

/** Cursor row must be drawn within this after a forced refresh, else WebGL is not to be trusted [U68]. */
const BLANK_CHECK_MS = 500;

type Disposable = { dispose(): void };
export type RendererReport = { renderer: "dom" | "webgl"; notice?: string };

/** Draws with WebGL while the terminal is shown, with DOM whenever that fails [U67]. */
export class Renderer {
  readonly #terminal: Terminal;
  readonly #report: (report: RendererReport) => void;
  readonly #losses = new ContextLosses();
  #addon: Disposable | undefined;
  #shown = false;
  #givenUp = false;
  #timer: ReturnType<typeof setTimeout> | undefined;

  constructor(terminal: Terminal, report: (report: RendererReport) => void) {
    this.#terminal = terminal;
    this.#report = report;
  }

  /** The terminal is visible: take a context, redraw everything. */
  show(): void {
    this.#shown = true;
    this.#report({ renderer: this.#addon === undefined ? "dom" : "webgl" });
    if (this.#addon === undefined && !this.#givenUp) void this.#build();
    this.refresh();
  }

  /** The terminal is out of sight: it must hold no context [U9]. */
  hide(): void {
    this.#shown = false;
    clearTimeout(this.#timer);
    this.#drop();
  }

  /** Full redraw, with the check that it really happens [U68]. */
  refresh(): void {
    const terminal = this.#terminal;
    if (this.#addon !== undefined) {
      let drawn = false;
      const watch = terminal.onRender(() => {
        drawn = true;
      });
      const addon = this.#addon;
      setTimeout(() => {
        watch.dispose();
        // A hidden page draws nothing, and that is right.
        if (!drawn && this.#addon === addon && document.visibilityState === "visible") this.#fallBack();
      }, BLANK_CHECK_MS);
    }
    terminal.refresh(0, terminal.rows - 1);
  }

  dispose(): void {
    this.hide();
    this.#givenUp = true;
  }

  async #build(): Promise<void> {
    try {
      const { WebglAddon } = await import("@xterm/addon-webgl");
      if (!this.#shown || this.#addon !== undefined || this.#givenUp) return;
      const addon = new WebglAddon();
      addon.onContextLoss(() => this.#lost());
      this.#terminal.loadAddon(addon);
      this.#addon = addon;
      this.#report({ renderer: "webgl" });
      this.refresh();
    } catch {
      // No WebGL2, a blocked GPU, or a script that could not be fetched: DOM draws as well.
      this.#givenUp = true;
      this.#drop();
      this.#report({ renderer: "dom" });
    }
  }

  #lost(): void {
    this.#drop();
    this.#terminal.refresh(0, this.#terminal.rows - 1);
    if (this.#losses.lost(performance.now()) === "give-up") {
      this.#givenUp = true;
      const notice = "Graphics memory was lost three times in a minute; the terminal now draws the slower way.";
      this.#report({ renderer: "dom", notice });
      return;
    }
    this.#report({ renderer: "dom" });
    this.#timer = setTimeout(() => {
      if (this.#shown) void this.#build();
    }, REBUILD_MS);
  }

  #fallBack(): void {
    this.#givenUp = true;
    this.#drop();
    this.#terminal.refresh(0, this.#terminal.rows - 1);
    this.#report({ renderer: "dom" });
  }

  #drop(): void {
    this.#addon?.dispose();
    this.#addon = undefined;
  }
}
