import { SignInDesk } from "./actors/sign-in-desk.ts";
import type { HostEnv } from "./host-env.ts";
import { PendingReplies } from "./pending-replies.ts";
import { Publisher } from "./publisher.ts";
import { ReadingsFeed } from "./readings-feed.ts";
import { ClientIdentity } from "./storage/client-identity.ts";
import { CommandHistory } from "./storage/command-history.ts";
import { CryptoBox } from "./storage/crypto-box.ts";
import { ResumeRecords } from "./storage/resume-records.ts";
import { openTabletStore, type TabletStore } from "./storage/tablet-store.ts";
import { TerminalLogs } from "./storage/terminal-logs.ts";
import { TerminalPort } from "./terminal-port.ts";

/** Byte ports by device; they outlive a tree of actors. */
export class TerminalPorts {
  readonly #ports = new Map<string, TerminalPort>();

  of(device: string): TerminalPort {
    let port = this.#ports.get(device);
    if (port === undefined) {
      port = new TerminalPort();
      this.#ports.set(device, port);
    }
    return port;
  }

  closeAll(): void {
    for (const port of this.#ports.values()) port.close();
    this.#ports.clear();
  }
}

/** What lives as long as the worker: storage, identity, the page's ports. */
export type HostParts = {
  env: HostEnv;
  publisher: Publisher;
  replies: PendingReplies;
  ports: TerminalPorts;
  store: TabletStore;
  identity: ClientIdentity;
  history: CommandHistory;
  resume: ResumeRecords;
  /** Output of terminals, to be shown again after a page was killed [WP29]. */
  logs: TerminalLogs;
  readings: ReadingsFeed;
  signIn: SignInDesk;
  /** Looks whether the browser promised to keep storage. */
  checkPersisted(): Promise<void>;
};

/** The parts that have to be there before anything is awaited, so that no early call is lost [A8]. */
export type EarlyParts = Pick<HostParts, "env" | "publisher" | "replies" | "ports">;

export function earlyParts(env: HostEnv, onWatch: (key: string) => void): EarlyParts {
  return {
    env,
    publisher: new Publisher(env, onWatch),
    replies: new PendingReplies(),
    ports: new TerminalPorts(),
  };
}

/** Opens storage and what rests on it; never rejects for storage that fails, but says so in the `storage` view. */
export async function openParts(early: EarlyParts): Promise<HostParts> {
  const { env, publisher } = early;
  let persisted = false;
  let error: string | undefined;
  const show = (): void =>
    publisher.mark("storage", () =>
      error === undefined ? { phase: "ok", persisted } : { phase: "failed", persisted, error },
    );
  const failed = (cause: unknown): void => {
    error ??= cause instanceof Error ? `${cause.name}: ${cause.message}` : "Storage failed.";
    show();
  };
  const store = await openTabletStore(env.indexedDB, failed);
  const box = await CryptoBox.open(env.crypto, store);
  const identity = await ClientIdentity.load(env, store);
  const checkPersisted = async (): Promise<void> => {
    persisted = await env.persisted().catch(() => false);
    show();
  };
  void checkPersisted();
  const logs = await TerminalLogs.load(env, false, failed);
  return {
    ...early,
    store,
    identity,
    history: new CommandHistory(store, box),
    resume: new ResumeRecords(store, box),
    logs,
    readings: new ReadingsFeed(publisher, store, env),
    signIn: new SignInDesk(env, identity, async () => {
      await identity.forget();
      // The local key stays: what is sealed from now on needs one, and it protects nothing that is left.
      for (const name of ["ui_state", "readings", "history", "resume", "platforms"] as const) await store.clear(name);
      await logs.wipeAll();
    }),
    checkPersisted,
  };
}
