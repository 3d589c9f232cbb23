import type { HostEnv } from "../host-env.ts";

/** The tabs share one store: without locks or a channel, as in a test or an old browser, a tab is alone. */
export type TurnsEnv = Partial<Pick<HostEnv, "locks" | "channel">>;

/** Takes a turn for an act on what the tabs share. */
export type Turn = <T>(act: () => Promise<T>) => Promise<T>;
/** For what nobody else shares. */
export const AT_ONCE: Turn = (act) => act();

/**
 * Acts on what the tabs of a tablet share follow one another, in this tab and over all of them: two at once would undo each
 * other. What was done is told to the other tabs, by one of the words `news`; nothing else is heard.
 */
export class TabTurns<News extends string> {
  readonly #name: string;
  readonly #locks: LockManager | undefined;
  readonly #channel: ReturnType<NonNullable<HostEnv["channel"]>> | undefined;
  #queue: Promise<unknown> = Promise.resolve();

  constructor(env: TurnsEnv, name: string, news: readonly News[], heard: (news: News) => void) {
    this.#name = name;
    this.#locks = env.locks;
    this.#channel = env.channel?.(name, (message) => {
      const word = news.find((one) => one === message);
      if (word !== undefined) heard(word);
    });
  }

  /** Not from within another act of the same name, which it would wait for. */
  take<T>(act: () => Promise<T>): Promise<T> {
    const alone = (): Promise<T> => {
      if (this.#locks === undefined) return act();
      return this.#locks.request(this.#name, {}, act);
    };
    const turn = this.#queue.then(alone, alone);
    this.#queue = turn.catch(() => undefined);
    return turn;
  }

  tell(news: News): void {
    this.#channel?.post(news);
  }

  close(): void {
    this.#channel?.close();
  }
}

/**
 * Turns for acts on what is stored, which is looked at first; what became of an act, a failure included, is told to the other
 * tabs and to `changed`.
 */
export function actsOnStored(turns: TabTurns<"changed">, look: () => Promise<void>, changed: () => void): Turn {
  return async (act) => {
    try {
      return await turns.take(async () => {
        await look();
        return act();
      });
    } finally {
      turns.tell("changed");
      changed();
    }
  };
}
