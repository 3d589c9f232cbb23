import type { ViewKey } from "#machines/views.ts";
import { NO_DEVICE } from "#protocol/ids.ts";
import type { PresenceCommand, Result, UiCommand } from "#protocol/local-messages.ts";
import { SECRET_ACTIONS } from "#protocol/local-secrets.ts";
import { DESK_ACTIONS } from "#protocol/local-telemetry.ts";
import { ActorTree } from "./actor-tree.ts";
import type { HostApi } from "./host-api.ts";
import { type HostEnv, random128 } from "./host-env.ts";
import { earlyParts, type HostParts, openParts } from "./host-parts.ts";
import { LaterCode } from "./later-code.ts";
import { telemetryEngine } from "./telemetry-engine.ts";
import { WakeWatch } from "./wake-watch.ts";

/** Two failing trees within this time are one too many: the page replaces the worker, and counts [U97]. */
const CRASH_WINDOW_MS = 60_000;

/** Commands whose answer comes later, from storage or from the proxy; all others are answered when they were routed. */
const LATER: ReadonlySet<string> = new Set([
  "set_theme",
  "update_layout",
  "set_panel_visibility",
  "put_device",
  "remove_device",
  "pair",
  "sign_out",
  "history_add",
  "history_list",
  "history_delete",
  "capture",
  "audit",
  "table",
  "keep_nothing",
  "list_clients",
  "rename_client",
  "revoke_client",
  "create_pairing",
  "list_audit",
  "allow_target",
  "replace_host_key",
  "type_secret",
  ...SECRET_ACTIONS,
  ...DESK_ACTIONS,
]);

/** Commands that may end the pairing. */
const LEAVING: ReadonlySet<string> = new Set(["sign_out", "vault_erase"] satisfies UiCommand["action"][]);

const STOPPED: Result = { ok: false, error: { code: "worker_failed", retry: "yes" } };

/** The page is as it was, and awake again. */
function presenceOf({ visible, online }: { visible: boolean; online: boolean }): PresenceCommand {
  const payload = { visible, online, event: "resume" } as const;
  return { v: 1, device: NO_DEVICE, session_id: "link", type: "system", action: "presence", payload };
}

export type Host = {
  /** What the worker exposes; usable at once, before {@link start} has finished [A8]. */
  api: HostApi;
  start(): Promise<void>;
  stop(): void;
};

/** Assembles the worker's side. `onFatal`: the tree of actors cannot be kept up; the page has to replace the worker. */
export function createHost(env: HostEnv, onFatal: (error: unknown) => void): Host {
  const early = earlyParts(env, (key) => {
    parts?.readings.watched(key as ViewKey);
    parts?.desks.watched(key as ViewKey);
  });
  let parts: HostParts | null = null;
  let tree: ActorTree | null = null;
  let crashedAt = Number.NEGATIVE_INFINITY;
  let presence = { visible: true, online: true };
  let growing: Promise<void> = Promise.resolve();
  let stopped = false;
  /** Commands under way that may end the pairing, and the tree that would answer them. */
  const leavers = new Set<string>();
  let ready: () => void = () => {};
  const started = new Promise<void>((resolve) => {
    ready = resolve;
  });

  const later = new LaterCode(env, [telemetryEngine, async () => parts?.desks.restore()]);

  /** Told as a page would: the link is asked, or dialled at once [section 11]. */
  const wakes = new WakeWatch(env, () => tree?.dispatch(random128(env.crypto), presenceOf(presence)));

  /** A throwing action must not leave sockets behind: the tree ends with all its resources, and another begins [A3]. */
  function crashed(error: unknown): void {
    const now = env.now();
    const twice = now - crashedAt < CRASH_WINDOW_MS;
    crashedAt = now;
    tree?.stop();
    tree = null;
    early.replies.settleAll(STOPPED);
    if (twice) onFatal(error);
    else growing = grow();
  }

  /** Done when commands may come; sessions of earlier are taken up meanwhile. */
  async function grow(): Promise<void> {
    if (parts === null) return;
    const kept = await parts.store.get("ui_state", "ui_state");
    if (stopped) return;
    const grown = new ActorTree(parts, presence, (error) => {
      if (tree === grown) crashed(error);
    });
    tree = grown;
    grown.start(kept);
    void grown.restoreSessions();
  }

  /** The pairing ends: no actor writes while the tablet is wiped, and the next ones know nothing [S11] [S70]. */
  async function leave(wipe: () => Promise<void>): Promise<void> {
    tree?.stop();
    tree = null;
    early.ports.closeAll();
    const wiped = wipe().then(
      (): Result => ({ ok: true }),
      (): Result => ({ ok: false, error: { code: "storage", retry: "user" } }),
    );
    growing = wiped.then(grow);
    await growing;
    for (const id of leavers) early.replies.settle(id, await wiped);
    early.replies.settleAll(STOPPED);
  }

  async function dispatch(command: UiCommand): Promise<Result> {
    await started;
    await growing;
    if (tree === null) return STOPPED;
    const id = command.id ?? random128(env.crypto);
    if (command.action === "presence") presence = { visible: command.payload.visible, online: command.payload.online };
    const answer = early.replies.wait(id);
    if (LEAVING.has(command.action)) leavers.add(id);
    if (command.action === "open") later.need();
    tree.dispatch(id, command);
    if (!LATER.has(command.action)) early.replies.settle(id, { ok: true });
    const result = await answer;
    leavers.delete(id);
    // Whoever reads the answer finds the views as they are after it.
    early.publisher.flush();
    return result;
  }

  return {
    api: {
      dispatch,
      subscribe: (port) => early.publisher.subscribe(port),
      openBytes: (device, port) => early.ports.of(device).attach(port),
    },
    async start() {
      parts = await openParts(early);
      parts.leaving.around = leave;
      await parts.readings.restore();
      const sessions = await parts.resume.sids();
      growing = grow();
      if (!stopped) {
        if (sessions.length > 0) later.need();
        else later.start();
        wakes.start();
      }
      ready();
      await growing;
    },
    stop() {
      stopped = true;
      wakes.stop();
      later.stop();
      tree?.stop();
      tree = null;
      early.replies.settleAll(STOPPED);
      early.ports.closeAll();
      void parts?.desks.close().then(() => parts?.records.close());
      parts?.store.close();
      void parts?.logs.shut();
      parts?.secrets.close();
    },
  };
}
