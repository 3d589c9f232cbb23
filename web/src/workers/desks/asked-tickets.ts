import type { Question } from "#telemetry/asks/questions.ts";
import type { Answer } from "#telemetry/collector.ts";
import type { CollectorNews, DeskContext } from "./desk.ts";

/** What a person asked for under one ticket, from the command to its answer. */
export type Work = { readonly device: string; readonly ticket: string; cancelled: boolean };

type Waiting = { work: Work; answer(answer: Answer): void; progress?(bytes: number): void };

/**
 * Tickets of persons and the questions that are put under them. Each question is settled once, whatever becomes of
 * telemetry: by the collector, or here when there is none, or when its person no longer wants it.
 */
export class AskedTickets {
  readonly #context: Pick<DeskContext, "collectors" | "env">;
  readonly #open = new Map<string, Work>();
  /** By the ticket that the collector knows: that of the person and the number of the question; until it answers. */
  readonly #waiting = new Map<string, Waiting>();

  constructor(context: Pick<DeskContext, "collectors" | "env">) {
    this.#context = context;
  }

  /** Undefined: the ticket is in use, also while the collector has yet to say that a cancelled question is over. */
  begin(device: string, ticket: string): Work | undefined {
    if (this.#open.has(ticket)) return undefined;
    for (const { work } of this.#waiting.values()) if (work.ticket === ticket) return undefined;
    const work = { device, ticket, cancelled: false };
    this.#open.set(ticket, work);
    return work;
  }

  end(work: Work): void {
    if (this.#open.get(work.ticket) === work) this.#open.delete(work.ticket);
  }

  /** Puts one question; its answer comes once: `ended` when telemetry does not run, or stops. */
  ask(work: Work, n: number, question: Question, progress?: (bytes: number) => void): Promise<Answer> {
    const { collectors, env } = this.#context;
    const ticket = `${work.ticket}.${n}`;
    return new Promise<Answer>((answer) => {
      this.#waiting.set(ticket, { work, answer, ...(progress && { progress }) });
      if (collectors.feed(work.device, { type: "ask", ticket, ...question, at: env.now() })) return;
      this.#waiting.delete(ticket);
      answer({ ticket, outcome: "ended" });
    });
  }

  heard(news: CollectorNews): void {
    const waiting = this.#waiting.get(news.ticket);
    if (waiting === undefined) return;
    if (news.type === "progress") {
      waiting.progress?.(news.bytes);
      return;
    }
    this.#waiting.delete(news.ticket);
    waiting.answer(news);
  }

  /** Settles at once what waits under the ticket; false: there is no work under it on this device. */
  cancel(device: string, ticket: string): boolean {
    const work = this.#open.get(ticket);
    if (work === undefined || work.device !== device) return false;
    this.#stop(work);
    return true;
  }

  /** Stops all work for a device, or for every device. */
  stop(device: string | undefined): void {
    for (const work of this.#open.values()) if (device === undefined || work.device === device) this.#stop(work);
  }

  #stop(work: Work): void {
    const { collectors, env } = this.#context;
    work.cancelled = true;
    for (const [ticket, waiting] of this.#waiting) {
      if (waiting.work !== work) continue;
      // Without a collector nobody will answer any more.
      if (!collectors.feed(work.device, { type: "cancel", ticket, at: env.now() })) this.#waiting.delete(ticket);
      waiting.answer({ ticket, outcome: "cancelled" });
    }
  }
}
