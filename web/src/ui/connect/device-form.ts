import type { DeviceRecord } from "#bridge/types.ts";

/** A jump host: `user@address:port`, and the algorithm set of its own [S39] [S61]. */
export type HopForm = { text: string; algorithms: DeviceRecord["algorithms"] };

/** What a person fills in for a device, as text. */
export type DeviceForm = {
  label: string;
  host: string;
  port: string;
  user: string;
  note: string;
  algorithms: DeviceRecord["algorithms"];
  keepalive: DeviceRecord["keepalive"];
  telemetry: DeviceRecord["telemetry"];
  /** Telemetry may send end markers [T42]. */
  markers: boolean;
  platform: string;
  graceMinutes: string;
  /** Jump hosts in order [S39]. */
  via: readonly HopForm[];
};
export type FormErrors = Partial<Record<"label" | "host" | "port" | "user" | "note" | "graceMinutes" | "via", string>>;

const SSH_PORT = "22";
/** Bounds of the wire: 10 s to 12 h of grace, in the minutes that a person writes. */
const GRACE_MIN = 1;
const GRACE_MAX = 720;
const DEFAULT_GRACE_MIN = 15;

export const emptyForm: DeviceForm = {
  label: "",
  host: "",
  port: SSH_PORT,
  user: "",
  note: "",
  algorithms: "modern",
  keepalive: "tcp",
  telemetry: "ask",
  markers: true,
  platform: "",
  graceMinutes: String(DEFAULT_GRACE_MIN),
  via: [],
};

/** The form of a stored device. */
export function formOf(record: DeviceRecord): DeviceForm {
  return {
    label: record.label,
    host: record.target.host,
    port: String(record.target.port),
    user: record.target.user,
    note: record.note ?? "",
    algorithms: record.algorithms,
    keepalive: record.keepalive,
    telemetry: record.telemetry,
    markers: record.markers ?? true,
    platform: record.platform ?? "",
    graceMinutes: String(Math.max(GRACE_MIN, Math.round(record.grace_s / 60))),
    via: record.target.via.map((hop) => ({ text: hopText(hop), algorithms: hop.algorithms ?? "modern" })),
  };
}

/** `user@host:port` as engineers write it, with `[v6]:port` and a bare IPv6 address; parts not written are absent. */
export function splitTarget(text: string): { user?: string; host: string; port?: string } {
  const trimmed = text.trim().replace(/^ssh:\/\//i, "");
  const at = trimmed.lastIndexOf("@");
  const user = at > 0 ? { user: trimmed.slice(0, at) } : {};
  const rest = trimmed.slice(at + 1);
  const bracketed = /^\[([^\]]*)\](?::(\d*))?$/.exec(rest);
  if (bracketed) return { ...user, host: bracketed[1] ?? "", ...(bracketed[2] ? { port: bracketed[2] } : {}) };
  const colons = rest.split(":").length - 1;
  if (colons !== 1) return { ...user, host: rest };
  const [host = "", port = ""] = rest.split(":");
  return { ...user, host, ...(port === "" ? {} : { port }) };
}

function hostError(host: string): string | undefined {
  if (host === "") return "Enter the name or address of the device.";
  if (/\s/.test(host)) return "A name or address has no blanks in it.";
  if (host.length > 253) return "A name has at most 253 characters.";
  if (/[/@\\?#]/.test(host)) return "Only the name or address belongs here, without path or protocol.";
  if (/^demo:/i.test(host)) return "Demo devices are in the list already.";
  if (host.includes(":")) return ipv6Error(host);
  if (/^[\d.]+$/.test(host)) return ipv4Error(host);
  if (/^0x[\da-f]+$/i.test(host)) return "Write an IPv4 address as four decimal numbers.";
  if (!/^[\p{L}\p{N}]([\p{L}\p{N}._-]*[\p{L}\p{N}])?\.?$/u.test(host) || host.includes("..")) {
    return "This is neither a host name nor an address.";
  }
  return undefined;
}

function portError(port: string): string | undefined {
  const fine = /^\d{1,5}$/.test(port) && Number(port) >= 1 && Number(port) <= 65_535;
  return fine ? undefined : "A port is a number from 1 to 65535.";
}

function userError(user: string): string | undefined {
  if (user === "") return "Enter the user name; SSH sends it before the device can ask.";
  return /\p{Cc}/u.test(user) || user.length > 256 ? "This user name cannot be sent." : undefined;
}

/** Spellings that programs read in different ways are refused, not guessed [S36]. */
function ipv4Error(host: string): string | undefined {
  const parts = host.split(".");
  const fine = parts.length === 4 && parts.every((part) => /^(0|[1-9]\d{0,2})$/.test(part) && Number(part) <= 255);
  return fine ? undefined : "An IPv4 address has four numbers from 0 to 255, without leading zeros.";
}

function ipv6Error(host: string): string | undefined {
  const [address = "", zone] = host.split("%");
  const halves = address.split("::");
  const groups = address.split(":").filter((group) => group !== "");
  const fine =
    halves.length <= 2 &&
    groups.every(
      (group, index) => /^[\da-f]{1,4}$/i.test(group) || (index === groups.length - 1 && !ipv4Error(group)),
    ) &&
    (halves.length === 2 ? groups.length < 8 : groups.length === 8 || (groups.length === 7 && address.includes("."))) &&
    zone !== "";
  return fine ? undefined : "This is not an IPv6 address; write a port in its own field.";
}

/** A jump host as a person writes it. */
export function hopText({ host, port, user }: DeviceRecord["target"]["via"][number]): string {
  const address = host.includes(":") ? `[${host}]` : host;
  return `${user}@${address}${String(port) === SSH_PORT ? "" : `:${port}`}`;
}

/** What is wrong with each jump host; undefined where nothing is. */
export function viaErrors(via: readonly HopForm[]): (string | undefined)[] {
  return via.map(({ text }) => {
    const { user, host, port } = splitTarget(text);
    return hostError(host) ?? portError(port ?? SSH_PORT) ?? userError(user ?? "");
  });
}

/** Errors by field, in words that say how to mend it; empty when the form can be saved. */
export function formErrors(form: DeviceForm): FormErrors {
  const errors: FormErrors = {};
  const host = hostError(form.host.trim());
  if (host !== undefined) errors.host = host;
  const port = portError(form.port.trim());
  if (port !== undefined) errors.port = port;
  const user = userError(form.user.trim());
  if (user !== undefined) errors.user = user;
  const via = viaErrors(form.via).find((fault) => fault !== undefined);
  if (via !== undefined) errors.via = via;
  if (form.label.length > 128) errors.label = "A name has at most 128 characters.";
  if (form.note.length > 1_024) errors.note = "A note has at most 1024 characters.";
  const grace = Number(form.graceMinutes);
  if (!/^\d+$/.test(form.graceMinutes.trim()) || grace < GRACE_MIN || grace > GRACE_MAX) {
    errors.graceMinutes = `Enter minutes from ${GRACE_MIN} to ${GRACE_MAX}.`;
  }
  return errors;
}

/** The record to store. Call only without errors; `before` keeps what the form does not show, such as trusted keys. */
export function recordOf(form: DeviceForm, id: string, before?: DeviceRecord): DeviceRecord {
  const host = form.host.trim();
  const via = form.via.map(({ text, algorithms }) => {
    const { user = "", host: hop, port = SSH_PORT } = splitTarget(text);
    return { host: hop, port: Number(port), user, ...(algorithms === "modern" ? {} : { algorithms }) };
  });
  const target = { host, port: Number(form.port), user: form.user.trim(), via };
  const sameTarget = before?.target.host === host && before.target.port === target.port;
  return {
    id,
    label: form.label.trim() === "" ? host : form.label.trim(),
    target,
    algorithms: form.algorithms,
    keepalive: form.keepalive,
    grace_s: Number(form.graceMinutes) * 60,
    telemetry: form.telemetry,
    ...(form.markers ? {} : { markers: false }),
    pins: sameTarget ? before.pins : [],
    ...(form.platform === "" ? {} : { platform: form.platform }),
    ...(form.note.trim() === "" ? {} : { note: form.note.trim() }),
  };
}

/** A new device's id: 128 random bits in base64url. */
export function newDeviceId(random: (bytes: Uint8Array<ArrayBuffer>) => Uint8Array): string {
  const bytes = random(new Uint8Array(16));
  return btoa(String.fromCharCode(...bytes))
    .replaceAll("+", "-")
    .replaceAll("/", "_")
    .replaceAll("=", "");
}
