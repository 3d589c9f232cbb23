import { ReplyBudget } from "./reply-budget.ts";

export type ReplyDeps = {
  send(text: string): void;
  /** False while the link or the session is down: answers are dropped, never queued [S83]. */
  linkUp(): boolean;
  /** Said once per terminal when a device asks too much [S83]. */
  muted(): void;
  now(): number;
};

/** Answers of the terminal to the device: muted during a replay, counted, never queued [S82] [S83]. */
export class ReplySender {
  replaying = false;
  readonly #deps: ReplyDeps;
  readonly #budget = new ReplyBudget();
  #told = false;

  constructor(deps: ReplyDeps) {
    this.#deps = deps;
  }

  reply(text: string): void {
    if (this.replaying || !this.#deps.linkUp()) return;
    if (this.#budget.take(text.length, this.#deps.now())) {
      this.#deps.send(text);
      return;
    }
    if (!this.#told) this.#deps.muted();
    this.#told = true;
  }
}
