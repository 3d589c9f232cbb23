import { ipAddress, ipPrefix, macAddress } from "../model/addresses.ts";
import type { AllowedCommand } from "../transcript/writer.ts";
import { isAllowed, wrapped } from "./allow-list.ts";
import type { Pack, ParamType } from "./pack.ts";

/** Names that a reading of this device has shown; interface, VRF and peer values must be among them [T63]. */
export type SeenNames = { interface: ReadonlySet<string>; vrf: ReadonlySet<string>; peer: ReadonlySet<string> };

/** A command ready to be sent, or why it may not be. */
export type Built =
  | { ok: true; command: AllowedCommand }
  | { ok: false; code: BuildRefusal; param?: string; why: string };

/** `unseen`: of a kind that only readings of this device may name, and none has; `form`: not what its type asks for. */
export type BuildRefusal = "no_command" | "missing" | "charset" | "form" | "unseen";

const CHARSET = /^[A-Za-z0-9._:/-]{1,64}$/;

function paramError(type: ParamType, value: string, seen: SeenNames): BuildRefusal | undefined {
  if (!CHARSET.test(value)) return "charset";
  if (value.startsWith("-") || value.includes("..")) return "form";
  const known: Record<ParamType, () => boolean> = {
    interface: () => seen.interface.has(value),
    vrf: () => seen.vrf.has(value),
    peer: () => seen.peer.has(value),
    ip: () => ipAddress(value) !== undefined,
    prefix: () => ipPrefix(value) !== undefined || ipAddress(value) !== undefined,
    mac: () => macAddress(value) !== undefined,
    count: () => /^\d{1,5}$/.test(value),
    time: () => /^[\d:]{1,20}$/.test(value),
  };
  if (known[type]()) return undefined;
  return type === "interface" || type === "vrf" || type === "peer" ? "unseen" : "form";
}

const WHY: Record<BuildRefusal, string> = {
  no_command: "no such command",
  missing: "missing",
  charset: "has characters that no command may carry",
  form: "not of the form that its type asks for",
  unseen: "not known on this device",
};

/**
 * Builds one command of a pack [T63]. This and `allowList` are the only ways to a command text; parameters pass only
 * when their type, charset and, for names, the device's own readings allow them.
 */
export function buildCommand(
  pack: Pack,
  id: string,
  variant: number,
  params: ReadonlyMap<string, string>,
  seen: SeenNames,
): Built {
  const def = pack.commands[id];
  const chosen = def?.variants[variant];
  if (!def || !chosen) return { ok: false, code: "no_command", why: `no such command: ${id}` };
  let text = chosen.text;
  for (const [name, type] of Object.entries(def.params ?? {})) {
    const value = params.get(name);
    const code = value === undefined ? "missing" : paramError(type, value, seen);
    if (value === undefined || code) {
      const why = code ?? "missing";
      return { ok: false, code: why, param: name, why: `${name}: ${WHY[why]}` };
    }
    text = text.replaceAll(`{${name}}`, () => value);
  }
  if (/[{}]/.test(text)) return { ok: false, code: "missing", why: "unfilled parameter" };
  const whole = wrapped(pack, def, text);
  // Built from the pack's own template, and held against all of them once more: what is sent was compiled from a pack.
  if (!isAllowed(pack, whole)) return { ok: false, code: "charset", why: "not a command of the pack" };
  return { ok: true, command: { text: whole } as AllowedCommand };
}

/** Every text that a pack can produce, parameters as `{NAME}` [T62]. */
export function allowList(pack: Pack): string[] {
  return Object.values(pack.commands).flatMap((def) => def.variants.map(({ text }) => wrapped(pack, def, text)));
}

/** Read-only questions of platform detection; nothing else is asked before a pack is chosen. */
export const DETECTION = {
  posix: "uname -srm; cat /etc/os-release; command -v vtysh",
  show: "show version",
  get: "get system status",
  system: "show system",
  vtysh: "vtysh -c 'show version'",
} as const;

/** One of the questions of detection. */
export type DetectionQuestion = keyof typeof DETECTION;

/** The command of a detection question. */
export function detectionCommand(question: DetectionQuestion): AllowedCommand {
  return { text: DETECTION[question] } as AllowedCommand;
}
