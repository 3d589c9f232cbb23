import { errorFrame, sessionFrame } from "#protocol/builders.ts";
import type { Down } from "#protocol/down.ts";
import type { ShellSessionId } from "#protocol/ids.ts";
import type { DeviceRecord } from "#protocol/messages/devices.ts";
import type { ErrorPayload } from "#protocol/messages/error.ts";
import type { SessionState } from "#protocol/messages/session-entry.ts";
import type { HostKey } from "#protocol/messages/target.ts";

/** Messages of a proxy as machines see them, with nothing left to chance. */
export const DEVICE = "AAAAAAAAAAAAAAAAAAAAAA";
export const SID = "n1.AAAAAAAAAAAAAAAAAAAAAA";
export const KEY: HostKey = { type: "ssh-ed25519", key: "AAAA", sha256: `SHA256:${"A".repeat(43)}` };
export const OTHER_KEY: HostKey = { type: "ssh-ed25519", key: "BBBB", sha256: `SHA256:${"B".repeat(43)}` };
export const RECORD: DeviceRecord = {
  id: DEVICE,
  label: "core",
  target: { host: "192.0.2.1", port: 22, user: "admin", via: [] },
  algorithms: "modern",
  keepalive: "off",
  grace_s: 900,
  telemetry: "allowed",
  pins: [],
};

export function connected(session: ShellSessionId, changes: Partial<Down<"connected">["payload"]> = {}) {
  return sessionFrame(DEVICE, session, "connected", {
    sid: SID,
    token: "T".repeat(43),
    chan: 1,
    epoch: 1,
    grace_s: 900,
    ring: 1_048_576,
    out_window: 262_144,
    out_start: 0,
    in_next: 0,
    in_limit: 65_536,
    transport: "shell_pty",
    cols: 80,
    rows: 24,
    server_ident: "SSH-2.0-x",
    algorithms: { kex: "k", host_key: "h", cipher_out: "c", cipher_in: "c", mac_out: "", mac_in: "" },
    host_key: KEY,
    auth_method: "password",
    simulated: false,
    ...changes,
  });
}

export function state(status: SessionState["status"], changes: Partial<SessionState> = {}): SessionState {
  return { sid: SID, status, ...changes };
}

export function exit(session: ShellSessionId, error?: { code: string; reason?: string }) {
  const end = { code: error === undefined ? 0 : null, signal: null, at: 10 };
  return sessionFrame(DEVICE, session, "exit", error === undefined ? end : { ...end, error });
}

export function failure(session: ShellSessionId, code: string, changes: Partial<ErrorPayload> = {}) {
  return errorFrame({ device: DEVICE, session_id: session }, { code, retry: "user", ...changes });
}

export function hostKeyQuestion(session: ShellSessionId, host_key = KEY) {
  const payload = { stage: "ask" as const, hop: 0, host: "192.0.2.1", port: 22, host_key };
  return sessionFrame(DEVICE, session, "host_key", payload, { id: "q1" });
}

export function authPrompt(
  session: ShellSessionId,
  changes: Partial<Down<"auth_prompt">["payload"]> = {},
): Down<"auth_prompt"> {
  const payload = {
    kind: "password" as const,
    hop: 0,
    host: "192.0.2.1",
    user: "admin",
    round: 1,
    name: "",
    instruction: "",
    prompts: [{ prompt: "Password: ", echo: false }],
    ...changes,
  };
  return sessionFrame(DEVICE, session, "auth_prompt", payload, { id: "q2" });
}

export function progress(session: ShellSessionId, step: Down<"progress">["payload"]["step"], text?: string) {
  return sessionFrame(DEVICE, session, "progress", text === undefined ? { step } : { step, text });
}
