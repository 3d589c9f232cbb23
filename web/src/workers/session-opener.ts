import type { DeviceDelivery } from "#machines/device.machine.ts";
import type { Stamp } from "#machines/events.ts";
import type { RouterEvent } from "#machines/router-steps.ts";
import type { CatalogView } from "#machines/views.ts";
import type { ShellSessionId } from "#protocol/ids.ts";
import type { DeviceRecord } from "#protocol/messages/devices.ts";
import type { SessionState } from "#protocol/messages/session-entry.ts";
import type { HostKey } from "#protocol/messages/target.ts";
import type { Remembered } from "#telemetry/collector.ts";
import type { Credentials } from "./credentials.ts";
import type { HostParts } from "./host-parts.ts";
import type { LoginDesk } from "./keys/login-desk.ts";
import { knownPlatform, platformKey } from "./known-platform.ts";
import type { LinkHub } from "./link-hub.ts";
import type { ResourceScope } from "./resource-scope.ts";
import type { RuntimeFactory } from "./runtime-factory.ts";
import type { SessionLocks } from "./session-locks.ts";
import { keptSession, keptTerminal, type Restorable } from "./session-restore.ts";

export type OpenerDeps = {
  parts: Pick<HostParts, "resume" | "logs" | "store">;
  scope: ResourceScope;
  hub: LinkHub;
  locks: SessionLocks;
  runtimes: RuntimeFactory;
  credentials: Credentials;
  logins: Pick<LoginDesk, "begin">;
  /** Resolves when there is no locked vault. */
  whenOpen(): Promise<void>;
  /** The user's sessions, as last listed. */
  elsewhere(): CatalogView["elsewhere"];
  isOpen(device: string): boolean;
  send(this: void, event: RouterEvent): void;
  deliver(this: void, device: string, delivery: DeviceDelivery): void;
  stamp(this: void): Stamp;
};

/** How the sessions of a device begin: taken up from before, or anew. */
export class SessionOpener {
  readonly #deps: OpenerDeps;
  /** Devices whose terminal asks for a session that was left to its grace. */
  readonly #resuming = new Map<string, DeviceRecord>();

  constructor(deps: OpenerDeps) {
    this.#deps = deps;
  }

  /** Sessions that an earlier page, worker or tree left. */
  async restore({ record, cols, rows, sessions }: Restorable): Promise<void> {
    const { parts, scope, hub, locks, runtimes, send, stamp } = this.#deps;
    const ssh1 = sessions.find(({ session_id }) => session_id === "ssh1");
    const log = ssh1 && (await parts.logs.open(ssh1.sid));
    if (scope.ended) {
      if (log !== undefined) parts.logs.close(log);
      return;
    }
    if (this.#deps.isOpen(record.id)) {
      // A person was faster: the terminal takes its session up, lock and log, when it opens; telemetry begins anew.
      for (const { sid } of sessions) if (sid !== ssh1?.sid) locks.release(sid);
      return;
    }
    send({ type: "router.restore", record, cols, rows, sessions, ...stamp() });
    const { terminal, telemetry } = runtimes.open(record, cols, rows);
    for (const session of sessions) {
      if (session.session_id === "ssh1") terminal.resume(session, log);
      else {
        const remembered = await this.#remembered(record, session.host_key);
        if (scope.ended) return;
        telemetry.resume(session, remembered);
      }
      // A link that is up already was not asked for this session in its hello.
      if (hub.online) hub.get(record.id, session.session_id)?.attach(false);
    }
  }

  /** What is known of the platform, said to the views at once: nothing will be detected then. */
  async #remembered(record: DeviceRecord, key: HostKey | undefined): Promise<Remembered | undefined> {
    const { parts, deliver, stamp } = this.#deps;
    const found = key && (await parts.store.get("platforms", platformKey(key, record)));
    const platform = knownPlatform(record, found);
    if (platform !== undefined) {
      const event = { type: "collector.platform", platform, ...stamp() } as const;
      deliver(record.id, { type: "device.deliver", to: "ssh2", event });
    }
    return found;
  }

  /**
   * A session that the proxy still has is taken up again; only when there is none, a new one begins. One to `adopt` is
   * asked for with force, whoever has it: a person chose it [WP28].
   */
  async openTerminal(record: DeviceRecord, cols: number, rows: number, adopt: string | undefined): Promise<void> {
    const { parts, scope, hub, locks, runtimes } = this.#deps;
    const device = record.id;
    runtimes.open(record, cols, rows).terminal.wants(record, { cols, rows });
    await this.#deps.whenOpen();
    const chosen = await (adopt === undefined
      ? keptTerminal(device, parts.resume, locks)
      : keptSession(adopt, parts.resume, locks));
    const runtime = runtimes.terminalOf(device);
    if (scope.ended || runtime === undefined) return;
    if (chosen === undefined) {
      if (adopt === undefined) await this.#connectTerminal(record);
      else {
        runtime.adopt(adopt);
        runtime.attach(true);
      }
      return;
    }
    // A session that another living tab shows is asked for as well: the proxy answers who has it, and a tap takes it
    // over [WP28].
    const log = locks.isHeld(chosen.sid) ? await parts.logs.open(chosen.sid) : undefined;
    if (scope.ended) {
      if (log !== undefined) parts.logs.close(log);
      return;
    }
    runtime.resume(chosen, log);
    if (adopt !== undefined) runtime.attach(true);
    else {
      this.#resuming.set(device, record);
      if (hub.online) runtime.attach(false);
    }
  }

  async #connectTerminal(record: DeviceRecord): Promise<void> {
    const { scope, runtimes, logins } = this.#deps;
    const plan = await logins.begin("ssh1", record);
    if (!scope.ended) runtimes.terminalOf(record.id)?.open(plan);
  }

  /** True when the answer is no news for the machines: the session that was left is gone, and a new one begins instead. */
  answered(device: string, session_id: ShellSessionId, state: SessionState): boolean {
    const record = session_id === "ssh1" ? this.#resuming.get(device) : undefined;
    if (record === undefined) return false;
    this.#resuming.delete(device);
    if (state.status !== "gone") return false;
    void this.#connectTerminal(record);
    return true;
  }

  async openTelemetry(record: DeviceRecord, pin: HostKey | undefined, taken: boolean): Promise<void> {
    const { scope, runtimes, credentials, logins } = this.#deps;
    const remembered = await this.#remembered(record, pin);
    if (scope.ended) return;
    // The terminal's tap was for the device: its other session needs no login of its own here.
    const other = taken
      ? this.#deps.elsewhere().find(({ device, session_id }) => device === record.id && session_id === "ssh2")
      : undefined;
    const runtime = runtimes.telemetryOf(record.id);
    if (other !== undefined && runtime !== undefined) {
      runtime.take(record, other.sid, remembered);
      runtime.attach(true);
      return;
    }
    const byPrompt = credentials.provedByPrompt(record.id);
    const plan = await logins.begin("ssh2", record, pin);
    if (!scope.ended) runtimes.telemetryOf(record.id)?.open(record, pin, remembered, { ...plan, byPrompt });
  }
}
