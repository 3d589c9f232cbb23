import type { Actor } from "xstate";
import type { messageRouterMachine } from "#machines/message-router.machine.ts";
import type { DeviceRef } from "#machines/router-steps.ts";
import { catalogView, shownValues } from "#machines/ui-values.ts";
import {
  deviceView,
  linkView,
  NO_FIGURES,
  signInView,
  telemetryView,
  terminalView,
  uiStateView,
} from "#machines/view-projections.ts";
import type { CatalogView, TerminalView } from "#machines/views.ts";
import type { HostEnv } from "./host-env.ts";
import type { LinkHub } from "./link-hub.ts";
import type { Publisher } from "./publisher.ts";
import { TerminalRuntime } from "./terminal-runtime.ts";

/** Byte figures are sampled this often at most. */
export const SAMPLE_MS = 250;

export type RootActor = Actor<typeof messageRouterMachine>;
type Unsubscribe = { unsubscribe(): void };
type Subscribable = { subscribe(observer: { next: () => void; error: () => void }): Unsubscribe };

/**
 * Hears of changes only. An observer without an error listener would make XState throw an actor's error once more, at the
 * top: the root's own observer has it already [A3].
 */
function follow(actor: Subscribable, changed: () => void): Unsubscribe {
  return actor.subscribe({ next: changed, error: () => {} });
}

/** Marks a view when the actor behind it changed; what it is, is computed when the batch leaves [A6]. */
export class ViewFeed {
  readonly #root: RootActor;
  readonly #publisher: Publisher;
  readonly #hub: LinkHub;
  readonly #env: HostEnv;
  readonly #devices = new Map<string, Unsubscribe[]>();
  readonly #others: Unsubscribe[] = [];
  readonly #ending: () => CatalogView["ending"];
  #timer: number | null = null;
  #stopped = false;

  constructor(root: RootActor, publisher: Publisher, hub: LinkHub, env: HostEnv, ending: () => CatalogView["ending"]) {
    this.#root = root;
    this.#publisher = publisher;
    this.#hub = hub;
    this.#env = env;
    this.#ending = ending;
  }

  start(): void {
    const { sign_in, ui_state, links } = this.#root.getSnapshot().context;
    const home = Object.values(links)[0];
    const signIn = (): void => this.#publisher.mark("sign_in", () => signInView(sign_in.getSnapshot()));
    const uiState = (): void => {
      this.#publisher.mark("ui_state", () => uiStateView(ui_state.getSnapshot()));
      this.markCatalog();
    };
    this.#others.push(follow(sign_in, signIn), follow(ui_state, uiState));
    if (home !== undefined) {
      const link = (): void => this.#publisher.mark("link", () => linkView(home.getSnapshot()));
      this.#others.push(follow(home, link));
      link();
    }
    this.#others.push(follow(this.#root, () => this.#rootChanged()));
    signIn();
    uiState();
    this.#rootChanged();
    this.#sample();
  }

  stop(): void {
    this.#stopped = true;
    if (this.#timer !== null) this.#env.clearTimeout(this.#timer);
    for (const one of [...this.#others, ...[...this.#devices.values()].flat()]) one.unsubscribe();
  }

  #rootChanged(): void {
    const { devices, notices } = this.#root.getSnapshot().context;
    this.#publisher.mark("notices", () => notices);
    for (const [id, ref] of devices) if (!this.#devices.has(id)) this.#follow(id, ref);
    for (const [id, subscriptions] of this.#devices) {
      if (devices.has(id)) continue;
      for (const one of subscriptions) one.unsubscribe();
      this.#devices.delete(id);
      this.#publisher.remove(`device:${id}`);
    }
    this.markCatalog();
  }

  #follow(id: string, ref: DeviceRef): void {
    const { ssh1, ssh2 } = ref.getSnapshot().context;
    const mark = (): void => this.markDevice(id);
    this.#devices.set(id, [follow(ref, mark), follow(ssh1, mark), follow(ssh2, mark)]);
    mark();
  }

  markDevice(id: string): void {
    const ref = this.#root.getSnapshot().context.devices.get(id);
    if (ref === undefined) return;
    this.#publisher.mark(`device:${id}`, () => {
      const { record, ssh1, ssh2 } = ref.getSnapshot().context;
      const terminal = terminalView(ssh1.getSnapshot(), this.#figures(id));
      return deviceView(id, record, terminal, telemetryView(ssh2.getSnapshot()), this.#env.now());
    });
  }

  #figures(id: string): Parameters<typeof terminalView>[1] {
    const runtime = this.#hub.get(id, "ssh1");
    return runtime instanceof TerminalRuntime ? runtime.figures() : NO_FIGURES;
  }

  markCatalog(): void {
    const { devices, elsewhere, ui_state } = this.#root.getSnapshot().context;
    this.#publisher.mark("catalog", () => {
      const { values, pending, from } = ui_state.getSnapshot().context;
      return catalogView(shownValues(values, pending), from, [...devices.keys()], elsewhere, this.#ending());
    });
  }

  /** Figures of the byte plane change without any actor noticing; the badge of a lost link changes with time. */
  #sample(): void {
    if (this.#stopped) return;
    for (const id of this.#devices.keys()) {
      const shown = this.#publisher.get(`device:${id}`)?.ssh1;
      if (shown !== undefined && this.#moved(id, shown)) this.markDevice(id);
    }
    this.#timer = this.#env.setTimeout(() => this.#sample(), SAMPLE_MS);
  }

  #moved(id: string, shown: TerminalView): boolean {
    if (shown.phase === "suspended") return true;
    const now = this.#figures(id);
    return (
      now.undrawn_bytes !== shown.undrawn_bytes ||
      now.unacked_bytes !== shown.unacked_bytes ||
      now.held_bytes !== shown.held_bytes ||
      now.unsaved_bytes !== shown.unsaved_bytes ||
      now.unechoed?.bytes !== shown.unechoed?.bytes ||
      now.typed_at !== shown.typed_at ||
      now.stale_input?.bytes !== shown.stale_input?.bytes ||
      now.waiting_input?.bytes !== shown.waiting_input?.bytes ||
      now.waiting_input?.unproven_bytes !== shown.waiting_input?.unproven_bytes ||
      now.refused_input?.bytes !== shown.refused_input?.bytes
    );
  }
}
