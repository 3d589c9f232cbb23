/** What a page's messages do: to a session, to a connect on its way, to the shared state [A11] [WP7]. */
import { errorFrame, linkFrame, sessionFrame } from "#protocol/builders.ts";
import type { Up } from "#protocol/up.ts";
import { type Failure, failure, payloadOf } from "../failure.ts";
import type { Session } from "../session.ts";
import type { SessionRegistry } from "../session-registry.ts";
import type { UiRevs, UiStateStore, UiWish } from "../ui-state-store.ts";
import { type AdminMessage, type AdminParts, answerAdmin } from "./admin-commands.ts";
import type { Link, LinkTable } from "./link-table.ts";
import { answerPolicy, type PolicyParts, type PolicyWish } from "./policy-commands.ts";

export type Message = Exclude<Up, Up<"hello">>;
type SessionMessage = Exclude<Message, Up<"list_sessions"> | UiWish | PolicyWish | AdminMessage>;
export type UserState = { store: UiStateStore; told: UiRevs };

export class LinkCommands {
  readonly #registry: SessionRegistry;
  readonly #links: LinkTable;
  readonly #uiState: (link: Link) => UserState;
  readonly #admin: AdminParts;
  readonly #policy: PolicyParts;

  constructor(
    registry: SessionRegistry,
    links: LinkTable,
    uiState: (link: Link) => UserState,
    admin: Omit<AdminParts, "links">,
    policy: Omit<PolicyParts, "registry">,
  ) {
    this.#policy = { ...policy, registry };
    this.#admin = { ...admin, links };
    this.#registry = registry;
    this.#links = links;
    this.#uiState = uiState;
  }

  async handle(link: Link, message: Message): Promise<void> {
    switch (message.action) {
      case "list_sessions":
        link.send(linkFrame("sessions", this.#registry.list(link), { re: message.id }));
        return;
      case "list_clients":
      case "rename_client":
      case "revoke_client":
      case "create_pairing":
      case "list_audit":
        await answerAdmin(this.#admin, link, message);
        return;
      case "set_theme":
      case "update_layout":
      case "set_panel_visibility":
      case "put_device":
      case "remove_device":
        await this.#editUiState(link, message);
        return;
      case "allow_target":
      case "list_unfit":
      case "end_unfit":
      case "replace_host_key":
      case "vault_unlocked":
        await answerPolicy(this.#policy, link, message);
        return;
      case "connect":
        await this.#connect(link, message);
        return;
      case "attach":
        await this.#attach(link, message);
        return;
      case "host_key_reply":
      case "auth_reply":
      case "sign_reply":
      case "agent_reply":
        this.#answer(link, message);
        return;
      default:
        await this.#onSession(link, message);
    }
  }

  #refuse(link: Link, message: SessionMessage, problem: Failure): void {
    const { device, session_id, id } = message;
    link.send(errorFrame({ device, session_id }, payloadOf(problem), { re: id }));
  }

  async #connect(link: Link, message: Up<"connect">): Promise<void> {
    const { id } = message;
    if (id === undefined) this.#refuse(link, message, failure("invalid", "id", "connect needs an id"));
    else await this.#registry.connect(link, { ...message, id });
  }

  async #attach(link: Link, message: Up<"attach">): Promise<void> {
    const { device, session_id, payload, id } = message;
    const { force, ...request } = payload;
    let sent = false;
    const state = await this.#registry.attach(link, request, force, (full) => {
      sent = true;
      return sessionFrame(device, session_id, "attached", full, { re: id });
    });
    if (!sent) link.send(sessionFrame(device, session_id, "attached", state, { re: id }));
  }

  /** A reply to a question of a connect; one that nobody asked any more is told so. */
  #answer(link: Link, message: Up<"host_key_reply" | "auth_reply" | "sign_reply" | "agent_reply">): void {
    const attempt = this.#registry.connectingAt(link, message.device, message.session_id);
    if (attempt?.questions.answer(message.re, message.payload) !== true) {
      this.#refuse(link, message, failure("gone", "expired", "nobody waits for this answer any more"));
    }
  }

  async #onSession(
    link: Link,
    message: Up<"exec" | "exec_cancel" | "set_transport" | "resize" | "disconnect" | "detach">,
  ): Promise<void> {
    const session = this.#addressed(link, message);
    if (session === undefined) {
      this.#withoutSession(link, message);
      return;
    }
    const repeated = repeats(message) && message.id !== undefined ? session.replies.begin(message.id) : undefined;
    if (repeated !== undefined) {
      for (const reply of repeated) link.send(reply);
      return;
    }
    await this.#run(session, link, message);
  }

  /** A page that leaves one session for another of the same name says which: its successor may have the name by now. */
  #addressed(link: Link, message: SessionMessage): Session | undefined {
    const sid = message.action === "detach" ? message.payload.sid : undefined;
    if (sid === undefined) return this.#registry.at(link, message.device, message.session_id);
    return this.#registry.all.find(({ identity, core }) => identity.sid === sid && core.holder?.link === link.id);
  }

  async #run(
    session: Session,
    link: Link,
    message: Up<"exec" | "exec_cancel" | "set_transport" | "resize" | "disconnect" | "detach">,
  ): Promise<void> {
    switch (message.action) {
      case "exec":
        session.exec(message);
        return;
      case "exec_cancel":
        session.execCancel(message.payload.exec_id);
        return;
      case "set_transport":
        await session.setTransport(message);
        return;
      case "resize":
        session.resize(link.id, message.payload, message.id);
        return;
      case "disconnect":
        await this.#registry.disconnect(session, message.id);
        return;
      default:
        session.detach(link);
    }
  }

  /** A disconnect also ends a connect that is still on its way. */
  #withoutSession(link: Link, message: SessionMessage): void {
    const attempt = this.#registry.connectingAt(link, message.device, message.session_id);
    const { device, session_id, id } = message;
    if (message.action === "disconnect" && attempt !== undefined) {
      attempt.cancel();
      link.send(sessionFrame(device, session_id, "disconnected", { code: null, signal: null }, { re: id }));
    } else if (message.action !== "detach") this.#refuse(link, message, failure("gone", "expired"));
  }

  async #editUiState(link: Link, wish: UiWish): Promise<void> {
    const { store, told } = this.#uiState(link);
    const outcome = await store.apply(wish, told);
    if (!outcome.ok) {
      link.send(errorFrame("ui_state", payloadOf(outcome.failure), { re: wish.id }));
      return;
    }
    // Confirmation to the one who asked, broadcast to every other view of the user.
    for (const one of this.#links.ofUser(link.user)) {
      for (const [index, fact] of outcome.value.entries()) {
        const answers = one.id === link.id && wish.id !== undefined && index === outcome.value.length - 1;
        one.send(answers ? { ...fact, re: wish.id } : fact);
      }
    }
  }
}

/** Requests with side effects that a page may send again after a resume [WP7]. */
function repeats(message: Message): boolean {
  return message.action === "exec" || message.action === "disconnect" || message.action === "set_transport";
}
