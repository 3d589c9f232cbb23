import { bridge } from "#bridge/app-bridge.ts";
import { commands } from "#bridge/commands.ts";
import { dark } from "#themes/dark.ts";
import type { Theme } from "#themes/theme.ts";
import { clipboardAsks } from "./clipboard-setting.ts";
import { DeviceTerminal } from "./device-terminal.ts";
import type { TerminalHandle } from "./terminal-handle.ts";
import { clampFontSize, FONT_DEFAULT_PX } from "./terminal-options.ts";

/** Text size is kept per client, not synced [U81]. */
const FONT_SIZE_KEY = "rackside.terminal.font-size";

/** Phases of ssh1 in which an answer of the terminal could only be queued, which it must not be [S83]. */
const CLOSED_PHASES = new Set(["suspended", "resuming", "busy", "taken_over", "ended"]);

function storedFontSize(): number {
  try {
    return clampFontSize(Number(localStorage.getItem(FONT_SIZE_KEY) ?? FONT_DEFAULT_PX));
  } catch {
    // A private window may refuse storage; the default is as good.
    return FONT_DEFAULT_PX;
  }
}

/** Terminals by device; they live outside React and as long as their device's tab [U3]. */
class TerminalRegistry {
  readonly #terminals = new Map<string, DeviceTerminal>();
  #theme: Theme = dark;
  #fontSize: number | undefined;

  /** The device's terminal, created and connected to its bytes at the first call. */
  get(device: string): TerminalHandle {
    const known = this.#terminals.get(device);
    if (known !== undefined) return known;
    if (this.#terminals.size === 0) this.#watchPage();
    const made = new DeviceTerminal({
      device,
      channel: bridge.openBytes(device),
      theme: this.#theme,
      fontSize: this.fontSize,
      touch: matchMedia("(pointer: coarse)").matches,
      size: (cols, rows) => void bridge.dispatch(commands.size(device, cols, rows)),
      historyAdd: (line) => void bridge.dispatch(commands.historyAdd(device, line, Date.now())),
      typing: (on) => void bridge.dispatch(commands.typing(device, on)),
      clipboardAsks: () => clipboardAsks(device),
      linkUp: () => {
        const phase = bridge.view(`device:${device}`).getSnapshot()?.ssh1.phase;
        return phase === undefined || !CLOSED_PHASES.has(phase);
      },
      fontSizeChosen: (px) => this.setFontSize(px),
    });
    this.#terminals.set(device, made);
    return made;
  }

  /** Ends the device's terminal for good; its screen and scrollback are gone. */
  dispose(device: string): void {
    this.#terminals.get(device)?.dispose();
    this.#terminals.delete(device);
  }

  /** Text size of every terminal, in CSS pixels. */
  get fontSize(): number {
    this.#fontSize ??= storedFontSize();
    return this.#fontSize;
  }

  /** Sets the text size of every terminal, 10..32 px, and keeps it on this client [U36]. */
  setFontSize(px: number): void {
    this.#fontSize = clampFontSize(px);
    try {
      localStorage.setItem(FONT_SIZE_KEY, String(this.#fontSize));
    } catch {
      // Not kept; it holds until the page is closed.
    }
    for (const terminal of this.#terminals.values()) terminal.setFontSize(this.#fontSize);
  }

  /** Colours of every terminal, those to come included [U74]. */
  setTheme(theme: Theme): void {
    this.#theme = theme;
    for (const terminal of this.#terminals.values()) terminal.setTheme(theme);
  }

  /** A page that comes back may have lost what was drawn [U68]. */
  #watchPage(): void {
    const wake = () => {
      if (document.visibilityState !== "visible") return;
      for (const terminal of this.#terminals.values()) terminal.woke();
    };
    document.addEventListener("visibilitychange", wake);
    addEventListener("pageshow", wake);
  }
}

/** The app's terminals. */
export const terminals = new TerminalRegistry();
