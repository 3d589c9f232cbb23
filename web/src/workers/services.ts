import type { Result, UiCommand } from "#protocol/local-messages.ts";
import { type DeskCommand, isDeskAction } from "#protocol/local-telemetry.ts";
import type { ErrorPayload } from "#protocol/messages/error.ts";
import { tableWindowInSteps } from "#telemetry/collector/table-window.ts";
import { PANEL_IDS, type PanelId } from "#telemetry/knowledge/panels.ts";
import type { Desks } from "./desks/desks.ts";
import type { HeldTables } from "./desks/held-tables.ts";
import type { HostEnv } from "./host-env.ts";
import { replaceHostKey } from "./keys/key-replacement.ts";
import type { LoginChoices } from "./keys/login-choices.ts";
import type { LinkHub } from "./link-hub.ts";
import type { PendingEnds } from "./pending-ends.ts";
import type { ProxyRequests } from "./proxy-requests.ts";
import { type CommandHistory, HistoryLocked } from "./storage/command-history.ts";
import { TelemetryRuntime } from "./telemetry-runtime.ts";

const CLOSED: ErrorPayload = { code: "invalid", reason: "not_open", retry: "no" };
const GONE: ErrorPayload = { code: "gone", reason: "expired", retry: "no", detail: "This answer is no longer kept." };
const OFFLINE: ErrorPayload = { code: "offline", retry: "yes" };
const LOCKED: ErrorPayload = { code: "invalid", reason: "vault_locked", retry: "user" };
const NO_PANEL: ErrorPayload = { code: "invalid", reason: "panel", retry: "no" };

const done = (value?: unknown): Result => (value === undefined ? { ok: true } : { ok: true, value });
const failed = (error: ErrorPayload): Result => ({ ok: false, error });

/** Commands that no machine has a part in: history, captures, what was sent, windows of tables, sessions elsewhere. */
export class Services {
  readonly #history: CommandHistory;
  readonly #hub: LinkHub;
  readonly #ends: Pick<PendingEnds, "endElsewhere">;
  readonly #requests: Pick<ProxyRequests, "ask">;
  readonly #env: HostEnv;
  readonly #choices: Pick<LoginChoices, "pins">;
  readonly #desks: Pick<Desks, "serve">;
  readonly #tables: Pick<HeldTables, "of">;
  /** Devices at which the person types, for the load guard [T53]. */
  readonly typing = new Set<string>();

  constructor(
    history: CommandHistory,
    hub: LinkHub,
    ends: Pick<PendingEnds, "endElsewhere">,
    requests: Pick<ProxyRequests, "ask">,
    env: HostEnv,
    choices: Pick<LoginChoices, "pins">,
    desks: Pick<Desks, "serve">,
    tables: Pick<HeldTables, "of">,
  ) {
    this.#tables = tables;
    this.#desks = desks;
    this.#choices = choices;
    this.#requests = requests;
    this.#history = history;
    this.#hub = hub;
    this.#ends = ends;
    this.#env = env;
  }

  async #ofHistory(
    message: Extract<UiCommand, { action: "history_add" | "history_list" | "history_delete" }>,
  ): Promise<Result> {
    const { device } = message;
    if (message.action === "history_list") {
      return done(await this.#history.list(device, message.payload.search, message.payload.limit));
    }
    if (message.action === "history_add") await this.#history.add(device, message.payload.line, message.payload.at);
    else await this.#history.delete(device, message.payload.line);
    return done();
  }

  async serve(message: UiCommand): Promise<Result> {
    const { device } = message;
    switch (message.action) {
      case "history_add":
      case "history_list":
      case "history_delete":
        return this.#ofHistory(message).catch((error: unknown) => {
          if (error instanceof HistoryLocked) return failed(LOCKED);
          throw error;
        });
      case "end_sessions": {
        const { sessions } = message.payload;
        const sent = sessions.every(({ sid, session_id }) => this.#ends.endElsewhere(sid, session_id));
        return sent ? done() : failed(OFFLINE);
      }
      case "list_clients":
      case "rename_client":
      case "revoke_client":
      case "create_pairing":
      case "list_audit":
      case "allow_target":
        return this.#requests.ask(message);
      case "replace_host_key":
        return replaceHostKey(
          { subtle: this.#env.crypto.subtle, pins: this.#choices.pins, requests: this.#requests },
          message,
        );
      case "typing":
        if (message.payload.typing) this.typing.add(device);
        else this.typing.delete(device);
        return done();
      default:
        if (isDeskCommand(message)) return this.#desks.serve(message);
        return this.#collected(message);
    }
  }

  /** A full table that a person asked for stays when telemetry is gone [T77]. */
  async #held(message: UiCommand): Promise<Result | undefined> {
    if (message.action !== "table") return undefined;
    const { panel, table, ...query } = message.payload;
    const rows = isPanelId(panel) && table === "rows" ? this.#tables.of(message.device, panel) : undefined;
    // Bytes of terminals go between the steps [T9].
    const pause = (): Promise<void> => new Promise((go) => this.#env.setTimeout(go, 0));
    return rows && done(await tableWindowInSteps(rows, query, pause));
  }

  async #collected(message: UiCommand): Promise<Result> {
    const held = await this.#held(message);
    if (held !== undefined) return held;
    const runtime = this.#hub.get(message.device, "ssh2");
    const collector = runtime instanceof TelemetryRuntime ? runtime.collector : null;
    if (collector === null) return failed(CLOSED);
    switch (message.action) {
      case "capture": {
        const capture = collector.capture(message.payload.capture);
        return capture === undefined ? failed(GONE) : done(capture);
      }
      case "audit": {
        const { limit } = message.payload;
        return done(limit <= 0 ? [] : collector.audit().slice(-limit).toReversed());
      }
      case "table": {
        const { panel, table, ...query } = message.payload;
        if (!isPanelId(panel)) return failed(NO_PANEL);
        return done(collector.tableWindow(panel, table, query, this.#env.now()));
      }
      default:
        return failed({ code: "unsupported", reason: "message", retry: "no" });
    }
  }
}

function isDeskCommand(message: UiCommand): message is DeskCommand {
  return isDeskAction(message.action);
}

function isPanelId(text: string): text is PanelId {
  return (PANEL_IDS as readonly string[]).includes(text);
}
