import type { HostEnv } from "../host-env.ts";

const NAME = "rackside-vault";

/**
 * What another tab of this tablet did: locked the vault at the person's wish, changed something in it, erased it, or left
 * nothing of the tablet behind.
 */
export type VaultNews = "locked" | "changed" | "erased" | "left";
const NEWS: ReadonlySet<unknown> = new Set<VaultNews>(["locked", "changed", "erased", "left"]);

/** The tabs share one vault: without locks or a channel, as in a test or an old browser, a tab is alone. */
export type TurnsEnv = Partial<Pick<HostEnv, "locks" | "channel">>;

/**
 * Acts on the vault follow one another, in this tab and over all tabs of the tablet: two of them at once would share one
 * wait [S68], or undo each other. What was done is told to the other tabs.
 */
export class VaultTurns {
  readonly #locks: LockManager | undefined;
  readonly #channel: ReturnType<NonNullable<HostEnv["channel"]>> | undefined;
  #queue: Promise<unknown> = Promise.resolve();

  constructor(env: TurnsEnv, heard: (news: VaultNews) => void) {
    this.#locks = env.locks;
    this.#channel = env.channel?.(NAME, (message) => {
      if (NEWS.has(message)) heard(message as VaultNews);
    });
  }

  take<T>(act: () => Promise<T>): Promise<T> {
    const alone = (): Promise<T> => {
      if (this.#locks === undefined) return act();
      return this.#locks.request(NAME, {}, act);
    };
    const turn = this.#queue.then(alone, alone);
    this.#queue = turn.catch(() => undefined);
    return turn;
  }

  tell(news: VaultNews): void {
    this.#channel?.post(news);
  }

  close(): void {
    this.#channel?.close();
  }
}
