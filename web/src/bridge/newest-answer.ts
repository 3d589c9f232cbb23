/**
 * Asks one question at a time, and after it only the newest of those that came meanwhile; every answer is told with its
 * question, also when a newer one waits: while a table is scrolled without a stop, there always is one.
 */
export class NewestAnswer<Question, Answer> {
  readonly #ask: (question: Question) => Promise<Answer>;
  readonly #answered: (question: Question, answer: Answer) => void;
  #waiting: { question: Question } | undefined;
  #busy = false;
  #closed = false;

  constructor(ask: (question: Question) => Promise<Answer>, answered: (question: Question, answer: Answer) => void) {
    this.#ask = ask;
    this.#answered = answered;
  }

  want(question: Question): void {
    this.#closed = false;
    this.#waiting = { question };
    if (!this.#busy) void this.#run();
  }

  /** Nobody listens any more, until something is wanted again. */
  close(): void {
    this.#closed = true;
    this.#waiting = undefined;
  }

  async #run(): Promise<void> {
    this.#busy = true;
    for (let next = this.#waiting; next !== undefined; next = this.#waiting) {
      this.#waiting = undefined;
      const answer = await this.#ask(next.question);
      if (!this.#closed) this.#answered(next.question, answer);
    }
    this.#busy = false;
  }
}
