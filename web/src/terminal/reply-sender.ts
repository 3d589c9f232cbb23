import { ReplyBudget } from "./reply-budget.ts";

export type ReplyDeps = {
  send(text: string): void;
  /** False while the link or the session is down: answers are dropped, never queued [S83]. */
  linkUp(): boolean;
  /** Said when a device begins to ask too much [S83]. */
  muted(): void;
  now(): number;
};

/** A device that asked too much and was quiet for so long (ms) is told of again when it does it once more. */
const CALM_MS = 10_000;

/** Answers of the terminal to the device: muted during a replay, counted, never queued [S82] [S83]. */
export class ReplySender {
  replaying = false;
  readonly #deps: ReplyDeps;
  readonly #budget = new ReplyBudget();
  #refusedAt = Number.NEGATIVE_INFINITY;

  constructor(deps: ReplyDeps) {
    this.#deps = deps;
  }

  reply(text: string): void {
    if (this.replaying || !this.#deps.linkUp()) return;
    const now = this.#deps.now();
    if (this.#budget.take(text.length, now)) {
      this.#deps.send(text);
      return;
    }
    if (now - this.#refusedAt >= CALM_MS) this.#deps.muted();
    this.#refusedAt = now;
  }
}
