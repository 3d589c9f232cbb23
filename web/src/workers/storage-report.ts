import type { StorageView } from "#machines/views.ts";
import type { Publisher } from "./publisher.ts";

const textOf = (cause: unknown, otherwise: string): string =>
  cause instanceof Error ? `${cause.name}: ${cause.message}` : otherwise;

/**
 * What the `storage` view says: what is kept on this tablet, whether the browser refuses to store it, and, apart from that,
 * whether the desks (history, changes, alerts, ...) failed [T9]. Of each kind the first failure is told.
 */
export class StorageReport {
  readonly #publisher: Publisher;
  #view: Omit<StorageView, "phase" | "error" | "desks_error"> = { persisted: false, keep_nothing: false };
  #refused: string | undefined;
  #desks: string | undefined;

  constructor(publisher: Publisher) {
    this.#publisher = publisher;
  }

  set(change: { persisted?: boolean; keep_nothing?: boolean }): void {
    this.#view = { ...this.#view, ...change };
    this.#show();
  }

  /** Sessions that come back with the vault; none any more when undefined [S71]. */
  waiting(locked: StorageView["locked_sessions"]): void {
    const { locked_sessions: _, ...view } = this.#view;
    this.#view = { ...view, ...(locked === undefined ? {} : { locked_sessions: locked }) };
    this.#show();
  }

  /** The browser refuses its storage. */
  refused(cause: unknown): void {
    this.#refused ??= textOf(cause, "Storage failed.");
    this.#show();
  }

  /** A desk failed, or the code of all of them did not come. */
  desksFailed(cause: unknown): void {
    this.#desks ??= textOf(cause, "A part failed.");
    this.#show();
  }

  /** Their code is there: that it did not come before is no news any more. */
  desksLoaded(): void {
    this.#desks = undefined;
    this.#show();
  }

  #show(): void {
    this.#publisher.mark("storage", () => ({
      phase: this.#refused === undefined ? "ok" : "failed",
      ...this.#view,
      ...(this.#refused === undefined ? {} : { error: this.#refused }),
      ...(this.#desks === undefined ? {} : { desks_error: this.#desks }),
    }));
  }
}
