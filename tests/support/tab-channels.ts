import type { HostEnv, TabChannel } from "#workers/host-env.ts";

type Tab = { name: string; heard: (message: unknown) => void };

/** Channels between the pages of one browser profile: what one says, all others hear, later. */
export class TabChannels {
  readonly #tabs = new Set<Tab>();

  readonly open: NonNullable<HostEnv["channel"]> = (name, heard): TabChannel => {
    const tab: Tab = { name, heard };
    this.#tabs.add(tab);
    return {
      post: (message) => {
        const others = [...this.#tabs].filter((other) => other !== tab && other.name === name);
        for (const other of others) queueMicrotask(() => (this.#tabs.has(other) ? other.heard(message) : undefined));
      },
      close: () => void this.#tabs.delete(tab),
    };
  };
}
