import type { ShellSessionId } from "#protocol/ids.ts";
import type { PageSession } from "#protocol/page/session-core.ts";
import type { TerminalSize } from "#protocol/page/size-sync.ts";
import type { ResumeFacts, RuntimeDeps } from "./runtime-deps.ts";
import type { ResumeRecord } from "./storage/resume-records.ts";

/** What is written down of a session, so that a later page or worker can ask for it again [A4]. */
export class SessionRecord {
  readonly #device: string;
  readonly #session_id: ShellSessionId;
  readonly #deps: Pick<RuntimeDeps, "env" | "resume" | "loginOnce">;
  /** Null while nothing is known of the session, or there is none. */
  facts: ResumeFacts | null = null;
  /** The run of the proxy that had the session when it was last attached. */
  bootId: string | undefined;
  /** As it was last known: it ends with the workspace, and the session may outlive that. */
  #login: ResumeRecord["login"];

  constructor(device: string, session_id: ShellSessionId, deps: Pick<RuntimeDeps, "env" | "resume" | "loginOnce">) {
    this.#device = device;
    this.#session_id = session_id;
    this.#deps = deps;
  }

  /** Takes over what an earlier page or worker wrote. */
  take(record: ResumeRecord): void {
    this.facts = record;
    this.bootId = record.boot_id;
    this.#login = record.login;
  }

  /** What the proxy said of the SSH connection, in `connected` or to an adopter. */
  learn(
    record: ResumeRecord["record"],
    size: TerminalSize,
    about: Omit<ResumeFacts, "record" | "cols" | "rows">,
  ): void {
    const { host_key, simulated, transport, server_ident, via_host_keys, auth_key, auth_method } = about;
    this.facts = {
      record,
      ...size,
      host_key,
      simulated,
      transport,
      server_ident,
      via_host_keys,
      auth_key,
      auth_method,
    };
  }

  /** Token and epoch as they are now. */
  of(page: PageSession | null): ResumeRecord | undefined {
    const { facts, bootId } = this;
    if (page === null || facts === null || page.token === null) return undefined;
    const { token, epoch, options } = page;
    if (this.#session_id === "ssh1") this.#login = this.#deps.loginOnce(this.#device) ?? this.#login;
    return {
      version: 1,
      device: this.#device,
      session_id: this.#session_id,
      sid: options.sid,
      token,
      epoch,
      ...facts,
      login: this.#login,
      boot_id: bootId,
      page: this.#deps.env.page,
      at: this.#deps.env.now(),
    };
  }

  keep(page: PageSession | null): void {
    const record = this.of(page);
    if (record !== undefined) void this.#deps.resume.put(record);
  }
}
