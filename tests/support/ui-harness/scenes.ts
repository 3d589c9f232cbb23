import type { DeviceRecord, DeviceView, QuestionView, TelemetryView, TerminalView, Views } from "#bridge/types.ts";
import { eventViews } from "./event-fixtures.ts";
import { panelViews } from "./panel-fixtures.ts";

const DEVICE = "demo:core-1";
const SECOND = "AAAAAAAAAAAAAAAAAAAAAA";
const now = Date.now();

const record = (id: string, label: string, host: string, more: Partial<DeviceRecord> = {}): DeviceRecord => ({
  id,
  label,
  target: { host, port: 22, user: "netops", via: [] },
  algorithms: "modern",
  keepalive: "tcp",
  grace_s: 900,
  telemetry: "ask",
  pins: [],
  ...more,
});
const records: DeviceRecord[] = [
  record(SECOND, "Edge router, rack 14", "10.20.0.1", { platform: "frr", note: "behind the UPS, second shelf" }),
  record("BBBBBBBBBBBBBBBBBBBBBB", "Distribution switch A", "10.20.0.11", { platform: "cisco_ios" }),
  record("CCCCCCCCCCCCCCCCCCCCCC", "Old access switch", "10.20.4.30", { algorithms: "legacy", platform: "cisco_ios" }),
  record("DDDDDDDDDDDDDDDDDDDDDD", "Jump host", "fd00:20::5", { platform: "linux" }),
  record(DEVICE, "core-1", "demo:core-1", { simulated: true, platform: "cisco_ios" }),
  record("demo:access-1", "access-1", "demo:access-1", { simulated: true, platform: "cisco_ios" }),
];

const key = {
  type: "ssh-ed25519",
  key: "AAAAC3NzaC1lZDI1NTE5AAAAIFw7vGd1",
  sha256: "SHA256:nThbg6kXUpJWGl7E1IGOCspRomTxdCARLviKw6E5SY8",
};

const ssh1: TerminalView = {
  phase: "live",
  since: now - 3_720_000,
  cols: 100,
  rows: 40,
  unacked_bytes: 0,
  held_bytes: 0,
  undrawn_bytes: 0,
  gaps: [],
  server_ident: "SSH-2.0-OpenSSH_9.2p1",
  auth_method: "keyboard-interactive",
  host_key: key,
  algorithms: {
    kex: "curve25519-sha256",
    host_key: "ssh-ed25519",
    cipher_out: "aes128-gcm@openssh.com",
    cipher_in: "aes128-gcm@openssh.com",
    mac_out: "",
    mac_in: "",
  },
};
const ssh2: TelemetryView = {
  phase: "live",
  since: now - 3_700_000,
  activity: "running",
  profile: "normal",
  platform: { id: "cisco_ios", title: "Cisco IOS / IOS-XE", evidence: "show version names IOS-XE", chosen: false },
};
const device = (change: Partial<DeviceView> = {}, id = DEVICE): DeviceView => ({
  id,
  record: records.find((one) => one.id === id) ?? records[0] ?? record(id, id, id),
  ssh1,
  ssh2,
  badge: "ok",
  ...change,
});

const hostKey: QuestionView = {
  kind: "host_key",
  id: "q1",
  host: "10.20.0.1",
  port: 22,
  hop: 0,
  host_key: key,
  bits: 256,
};
const auth: QuestionView = {
  kind: "auth",
  id: "q2",
  method: "keyboard_interactive",
  host: "10.20.0.1",
  user: "netops",
  hop: 0,
  round: 2,
  name: "RSA SecurID",
  instruction: "Enter your PASSCODE.\nAuthorised use only.",
  prompts: [
    { prompt: "PASSCODE: ", echo: false },
    { prompt: "Site (e.g. FRA1): ", echo: true },
  ],
};

const sshKeys: Views["ssh_keys"]["keys"] = [
  {
    id: "k1",
    name: "Tablet, rack 14",
    type: "ssh-ed25519",
    public_key: "AAAAC3NzaC1lZDI1NTE5AAAAIFw7vGd1pZ0u6rWb1dV7y2m0bqf2T1o3Zt4n5Qx8Yk2a",
    sha256: key.sha256,
    at: now - 86_400_000,
    imported: false,
  },
  {
    id: "k2",
    name: "Old laptop",
    type: "ssh-rsa",
    public_key: `AAAAB3NzaC1yc2EAAAADAQABAAABgQ${"c7vQ9d".repeat(58)}`,
    sha256: "SHA256:pL0c8z0D1t9pVxwHkZpUe1Jx6w0o0cN1m7hKQvB2y3A",
    at: now - 186_400_000,
    imported: true,
  },
];
const openVault: Views["vault"] = {
  phase: "unlocked",
  entries: [
    {
      id: "e1",
      kind: "password",
      name: "Edge routers",
      user: "netops",
      at: now,
      bindings: [{ kind: "device", device: SECOND }],
    },
    {
      id: "e2",
      kind: "enable",
      name: "Enable, access layer",
      at: now,
      bindings: [{ kind: "pattern", host: "10.20.4.*" }],
    },
    {
      id: "k2",
      kind: "key",
      name: "Old laptop",
      at: now,
      bindings: [{ kind: "pattern", host: "10.20.*", user: "netops" }],
    },
  ],
  unreadable: ["e9"],
  passkeys: [{ id: "p1", label: "iPad of Ada", salt: "c2FsdA", at: now }],
  keep_panels: false,
};

const ended = (error: NonNullable<TerminalView["ended"]>["error"]): TerminalView => ({
  ...ssh1,
  phase: "ended",
  ended: { at: now - 42_000, while_away: true, ...(error === undefined ? { code: 0 } : { error }) },
});

/** A made-up state of the worker by name, and the device whose workspace is shown. */
export function sceneViews(scene: string, theme: string): { views: Partial<Views>; device: string | null } {
  const base: Partial<Views> = {
    sign_in: { phase: "paired", user: "netops", label: "iPad rack 14" },
    link: {
      phase: "online",
      attempt: 0,
      resumes: 2,
      rtt_ms: 14,
      rtt_p50_ms: 12,
      rtt_p95_ms: 31,
      last_frame_at: now,
      proxy_version: "0.1.0",
    },
    ui_state: { sync: "synced", theme, theme_rev: 1, layouts: {}, panels: {} },
    catalog: {
      records,
      rev: 4,
      from: "proxy",
      open: [DEVICE, SECOND],
      elsewhere: [
        {
          device: "BBBBBBBBBBBBBBBBBBBBBB",
          label: "Distribution switch A",
          session_id: "ssh1",
          target: { host: "192.0.2.20", port: 22, user: "netops", via: [] },
          holder: "iPad of Ada",
          sid: "n.x",
        },
      ],
    },
    notices: [
      { id: "n1", at: now - 64_000, level: "warn", device: DEVICE, text: "GigabitEthernet0/2 went down", code: "link" },
      { id: "n2", at: now - 360_000, level: "info", text: "The link came back after 4 s; both sessions resumed." },
    ],
    storage: { phase: "ok", persisted: true, keep_nothing: false },
    worker: { phase: "running", replaced: 0 },
    vault: { phase: "none", entries: [], unreadable: [], passkeys: [], keep_panels: false },
    ssh_keys: { keys: sshKeys, kinds: ["ed25519", "ecdsa-p256", "rsa-3072"] },
    logins: { [SECOND]: { keys: [sshKeys[0]?.id ?? ""], via_keys: [], sign_hidden: false, password: "e1" } },
    [`device:${DEVICE}`]: device(),
    [`device:${SECOND}`]: device({ badge: "asks" }, SECOND),
    ...panelViews(DEVICE, now),
  };
  const only = (change: Partial<DeviceView>): Partial<Views> => ({ ...base, [`device:${DEVICE}`]: device(change) });
  switch (scene) {
    case "events":
    case "events-strip":
    case "events-changes":
    case "events-signals":
    case "events-rules":
    case "glance":
    case "glance-panel":
      return { views: { ...base, ...eventViews(DEVICE, now) }, device: DEVICE };
    case "vault":
      return { views: { ...base, vault: openVault }, device: null };
    case "locked":
      return { views: { ...base, vault: { ...openVault, phase: "locked", entries: [] } }, device: DEVICE };
    case "locked-panels":
      return {
        views: {
          ...base,
          vault: { ...openVault, phase: "locked", entries: [], keep_panels: true, wait_until: now + 16_000 },
        },
        device: DEVICE,
      };
    case "home":
      return { views: base, device: null };
    case "empty":
      return {
        views: { ...base, catalog: { records: [], rev: 0, from: "proxy", open: [], elsewhere: [] } },
        device: null,
      };
    case "offline":
      return {
        views: {
          ...base,
          link: { phase: "waiting", attempt: 4, resumes: 2, retry_at: now + 9_000 },
          catalog: { records, rev: 4, from: "cache", open: [DEVICE], elsewhere: [] },
          [`device:${DEVICE}`]: device({
            badge: "offline",
            ssh1: { ...ssh1, phase: "suspended", grace_until: now + 720_000 },
            ssh2: { ...ssh2, phase: "suspended" },
          }),
        },
        device: DEVICE,
      };
    case "pair":
      return {
        views: {
          sign_in: { phase: "unpaired" },
          ui_state: { sync: "offline", theme, theme_rev: 0, layouts: {}, panels: {} },
        },
        device: null,
      };
    case "hostkey":
      return {
        views: only({ badge: "asks", ssh1: { ...ssh1, phase: "connecting", step: "host_key", question: hostKey } }),
        device: DEVICE,
      };
    case "auth":
      return {
        views: only({ badge: "asks", ssh1: { ...ssh1, phase: "connecting", step: "auth", question: auth } }),
        device: DEVICE,
      };
    case "connecting":
      return {
        views: only({
          badge: "wait",
          ssh1: {
            ...ssh1,
            phase: "connecting",
            step: "key_exchange",
            since: now - 3_000,
            banner: "Authorised access only.\nThis system is monitored.",
          },
          ssh2: { ...ssh2, phase: "idle", activity: "asking_consent" },
        }),
        device: DEVICE,
      };
    case "ended":
      return {
        views: only({
          badge: "ended",
          ssh1: ended({
            code: "no_common_algorithm",
            retry: "user",
            diagnosis: {
              fix: "legacy",
              categories: [
                {
                  category: "kex",
                  offered: ["diffie-hellman-group1-sha1"],
                  accepted: ["curve25519-sha256", "ecdh-sha2-nistp256"],
                },
                {
                  category: "cipher",
                  offered: ["aes128-cbc", "3des-cbc"],
                  accepted: ["aes128-gcm@openssh.com", "aes128-ctr"],
                },
              ],
            },
          }),
          ssh2: { ...ssh2, phase: "ended", activity: "off" },
        }),
        device: DEVICE,
      };
    case "changed":
      return {
        views: only({
          badge: "key",
          ssh1: ended({
            code: "host_key_changed",
            retry: "user",
            host_keys: {
              known: [key.sha256],
              offered: "SHA256:pL0c8z0D1t9pVxwHkZpUe1Jx6w0o0cN1m7hKQvB2y3A",
              type: "ssh-rsa",
            },
          }),
        }),
        device: DEVICE,
      };
    default:
      return { views: base, device: DEVICE };
  }
}
