import { ipAddress, ipPrefix, macAddress } from "../model/addresses.ts";
import type { CommandDef, Pack } from "../packs/pack.ts";

/** What a person wants to look up, in one word. */
export type Lookup = "route" | "address" | "mac";
/** Tables that are read whole only when a person asks [T77]. */
export type FullTable = "routes" | "arp" | "mac";
/** A command of the pack with its parameters. */
export type Question = { command: string; params: Record<string, string> };
/** What to ask, or why nothing can be asked. */
export type Questions = { ok: true; questions: Question[] } | { ok: false; why: "lookup" | "no_such_command" };

/** The panel that lists the commands of each. */
const PANEL_OF = { route: "route_lookup", address: "arp_table", mac: "mac_table" } as const;
const TABLE_PANEL = { routes: "routes", arp: "arp_table", mac: "mac_table" } as const;
/** The name of the VRF that every box has, where a command must name one. */
const DEFAULT_VRF = "default";

const dotted = (mac: string): string => mac.replaceAll(":", "").replaceAll(/(.{4})(?=.)/g, "$1.");

type Family = "ipv4" | "ipv6";

/** A query as the device is asked it: a prefix by its address, a MAC in the usual form. */
function askedValue(
  pack: Pack,
  what: Lookup,
  query: string,
): { param: "IP" | "MAC"; value: string; family?: Family } | undefined {
  const text = query.trim();
  if (what === "mac") {
    const mac = macAddress(text);
    return mac === undefined ? undefined : { param: "MAC", value: pack.mac_form === "dotted" ? dotted(mac) : mac };
  }
  const address = ipAddress(text) ?? ipPrefix(text)?.split("/")[0];
  if (address === undefined) return undefined;
  return { param: "IP", value: address, family: address.includes(":") ? "ipv6" : "ipv4" };
}

/** Families that a command speaks of; one that names none answers for both. */
function familyOf({ variants }: CommandDef): Family | undefined {
  const text = variants[0]?.text ?? "";
  if (/\bipv6\b|\bip -6\b/.test(text)) return "ipv6";
  return /\bshow ip\b|\bshow arp\b/.test(text) ? "ipv4" : undefined;
}

/**
 * The commands that answer a lookup on this platform [T63]. `vrf`: only there; absent: where the box looks by itself, or
 * its default VRF where a command must name one.
 */
export function lookupQuestions(pack: Pack, what: Lookup, query: string, vrf?: string): Questions {
  const value = askedValue(pack, what, query);
  if (value === undefined) return { ok: false, why: "lookup" };
  const questions = (pack.panels[PANEL_OF[what]]?.commands ?? []).flatMap((id) => {
    const def = pack.commands[id];
    if (def === undefined || def.params?.[value.param] === undefined) return [];
    const family = familyOf(def);
    if (value.family !== undefined && family !== undefined && family !== value.family) return [];
    return questionOf(pack, id, def, vrf, { [value.param]: value.value });
  });
  return questions.length === 0 ? { ok: false, why: "no_such_command" } : { ok: true, questions };
}

/** What a port's card asks for by itself, in this order: what is seen quickly first [T88]. */
const PORT_PANELS = ["optics", "poe", "mac_table"] as const;
export type PortPanel = (typeof PORT_PANELS)[number];
/** A question of a port's card, and the panel that its answer belongs to. */
export type PortQuestion = Question & { panel: PortPanel };
/** A part of the card that this platform has no command for, and why, where the pack says so [T76]. */
export type PortGap = { panel: PortPanel; why?: string };

/** The commands that tell of one port beside what is polled, and what cannot be asked [T88]. */
export function portQuestions(pack: Pack, name: string): { questions: PortQuestion[]; gaps: PortGap[] } {
  const questions: PortQuestion[] = [];
  const gaps: PortGap[] = [];
  for (const panel of PORT_PANELS) {
    const { commands = [], also = [] } = pack.panels[panel] ?? {};
    const command = [...commands, ...also].find((id) => {
      const params = Object.keys(pack.commands[id]?.params ?? {});
      return params.length === 1 && params[0] === "IF";
    });
    const why = pack.unsupported[panel];
    if (command !== undefined) questions.push({ panel, command, params: { IF: name } });
    else gaps.push(why === undefined ? { panel } : { panel, why });
  }
  return { questions, gaps };
}

/** The commands that print a whole table [T77]. */
export function tableQuestions(pack: Pack, table: FullTable, vrf?: string): Questions {
  const questions = (pack.panels[TABLE_PANEL[table]]?.commands ?? []).flatMap((id) => {
    const def = pack.commands[id];
    const others = Object.keys(def?.params ?? {}).filter((name) => name !== "VRF");
    return def?.full === true && others.length === 0 ? questionOf(pack, id, def, vrf, {}) : [];
  });
  return questions.length === 0 ? { ok: false, why: "no_such_command" } : { ok: true, questions };
}

/** With a VRF only commands that name one; without, only those that need none, or no other way is there. */
function questionOf(
  pack: Pack,
  id: string,
  { params = {} }: CommandDef,
  vrf: string | undefined,
  known: Record<string, string>,
): Question[] {
  const wants = params.VRF !== undefined;
  if (vrf !== undefined && vrf !== DEFAULT_VRF) return wants ? [{ command: id, params: { ...known, VRF: vrf } }] : [];
  if (!wants) return [{ command: id, params: known }];
  // `lookup4_vrf` is `lookup4` in a VRF: the plain one is asked then.
  const plain = pack.commands[id.replace(/_vrf$/, "")];
  return id.endsWith("_vrf") && plain !== undefined ? [] : [{ command: id, params: { ...known, VRF: DEFAULT_VRF } }];
}

/** Bytes of a row in the form in which a table is asked for, for an estimate before it is asked for [T77]. */
const ROW_BYTES = { routes: 142, arp: 90, mac: 80 } as const;
/** From this size on a person is asked first. */
export const CONFIRM_BYTES = 2 * 1024 * 1024;

/** About how many bytes the device will send; undefined where no count is known. */
export function tableBytes(table: FullTable, count: number | undefined): number | undefined {
  return count === undefined ? undefined : count * ROW_BYTES[table];
}
