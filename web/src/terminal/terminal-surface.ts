import { FitAddon } from "@xterm/addon-fit";
import type { Terminal } from "@xterm/xterm";
import { clampGrid, FitScheduler, type Grid } from "./fit-scheduler.ts";
import { fontReady } from "./font-ready.ts";
import { Renderer, type RendererReport } from "./renderer.ts";

export type SurfaceDeps = {
  terminal: Terminal;
  /** The terminal was drawn for the first time: its elements exist now. */
  opened(): void;
  /** The grid in force; a device is told only of sizes that are seen. */
  fitted(grid: Grid): void;
  renderer(report: RendererReport): void;
};

function schedule(ms: number, run: () => void): () => void {
  const timer = setTimeout(run, ms);
  return () => clearTimeout(timer);
}

/** A terminal's element: created once, moved between hosts, opened when the font is there, fitted to where it is [U3]. */
export class TerminalSurface {
  readonly element: HTMLDivElement;
  /** The part that the terminal draws into. */
  readonly screen: HTMLDivElement;
  readonly fit: FitScheduler;
  readonly #deps: SurfaceDeps;
  readonly #renderer: Renderer;
  readonly #fitter = new FitAddon();
  readonly #observer: ResizeObserver;
  #opening = false;
  #opened = false;

  constructor(deps: SurfaceDeps) {
    this.#deps = deps;
    this.element = document.createElement("div");
    this.element.className = "rs-term";
    this.screen = document.createElement("div");
    this.screen.className = "rs-term-screen";
    this.element.append(this.screen);
    this.#renderer = new Renderer(deps.terminal, (report) => deps.renderer(report));
    deps.terminal.loadAddon(this.#fitter);
    this.fit = new FitScheduler({ schedule, now: () => performance.now(), fit: () => this.#fit() });
    this.#observer = new ResizeObserver(() => this.fit.request());
    this.#observer.observe(this.element);
  }

  get attached(): boolean {
    return this.element.isConnected;
  }

  attach(host: HTMLElement): void {
    if (this.element.parentElement !== host) host.append(this.element);
    if (this.#opened) this.#show();
    else void this.#open();
  }

  detach(): void {
    this.#renderer.hide();
    this.fit.cancel();
    this.element.remove();
  }

  /** After waking, a theme change, a font load [U68]. */
  refresh(): void {
    if (this.#opened && this.attached) this.#renderer.refresh();
  }

  dispose(): void {
    this.#observer.disconnect();
    this.fit.cancel();
    this.#renderer.dispose();
    this.element.remove();
  }

  async #open(): Promise<void> {
    if (this.#opening) return;
    this.#opening = true;
    const { terminal } = this.#deps;
    const inTime = await fontReady(document.fonts, terminal.options.fontSize ?? 15);
    this.#opening = false;
    // Without a place to measure, the next attach opens it.
    if (!this.attached || this.#opened) return;
    terminal.open(this.screen);
    this.#opened = true;
    this.#deps.opened();
    this.#show();
    if (!inTime) void document.fonts.ready.then(() => this.#fontArrived());
  }

  /** The font came late: cells have another size now. */
  #fontArrived(): void {
    const { options } = this.#deps.terminal;
    const family = options.fontFamily ?? "monospace";
    options.fontFamily = "monospace";
    options.fontFamily = family;
    this.fit.request();
    this.refresh();
  }

  #show(): void {
    this.#renderer.show();
    this.#fit();
  }

  #fit(): boolean {
    const { terminal } = this.#deps;
    if (!this.#opened || this.element.clientWidth === 0 || this.element.clientHeight === 0) return false;
    const grid = clampGrid(this.#fitter.proposeDimensions());
    if (grid === undefined) return false;
    if (grid.cols !== terminal.cols || grid.rows !== terminal.rows) terminal.resize(grid.cols, grid.rows);
    this.#deps.fitted(grid);
    return true;
  }
}
