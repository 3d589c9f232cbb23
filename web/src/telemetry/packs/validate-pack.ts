import { PANEL_IDS, type PanelId } from "../knowledge/panel-data.ts";
import { PLATFORM_IDS } from "../knowledge/platforms.ts";
import type { CommandDef, Pack } from "./pack.ts";
import { isWhen } from "./versions.ts";

/** Panels that every pack must either feed or give a reason for. */
const WAVE_1: PanelId[] = PANEL_IDS.filter((id) => id !== "collector" && id !== "audit" && id !== "raw");
/** Characters that a shell or a CLI could take for more than words, besides those a pack needs. */
const FORBIDDEN = /[\u0000-\u001f\u007f`$><&\\]/;
/** Words that change something or outlive the session [T2]. */
const NEVER =
  /\b(?:configure|conf t|clear|debug|write|copy|request|reload|delete|erase|enable|monitor|tech(?:-support)?|redirect|tee|append|save|rm|mv|reboot|shutdown|kill|dd|sudo)\b/;
const PLACEHOLDER = /\{([A-Z]+)\}/g;

function reErrors(source: string, where: string): string[] {
  try {
    return new RegExp(source).source === "" ? [`${where}: empty pattern`] : [];
  } catch {
    return [`${where}: bad pattern ${source}`];
  }
}

function commandErrors(pack: Pack, id: string, def: CommandDef, parsers: ReadonlySet<string>): string[] {
  const errors: string[] = [];
  if (def.variants.length === 0) errors.push(`${id}: no variant`);
  if ((def.timeout_s ?? 0) > 180) errors.push(`${id}: timeout over 180 s`);
  if (def.guard && !pack.commands[def.guard.command]) errors.push(`${id}: unknown guard ${def.guard.command}`);
  if (def.unless_first !== undefined && !pack.commands[def.unless_first])
    errors.push(`${id}: unknown command ${def.unless_first}`);
  if (def.since !== undefined && pack.commands[def.since]?.params?.TIME !== "time")
    errors.push(`${id}: ${def.since} takes no time`);
  for (const need of def.needs ?? [])
    if (!pack.capabilities?.gives[need]) errors.push(`${id}: unknown capability ${need}`);
  for (const { text, parser, when } of def.variants) {
    if (when !== undefined && !isWhen(when)) errors.push(`${id}: cannot read the condition "${when}"`);
    if (FORBIDDEN.test(text) || text.includes("'")) errors.push(`${id}: forbidden character in "${text}"`);
    if (NEVER.test(text)) errors.push(`${id}: forbidden word in "${text}"`);
    if (!parsers.has(parser)) errors.push(`${id}: unknown parser ${parser}`);
    for (const [, name = ""] of text.matchAll(PLACEHOLDER))
      if (!def.params?.[name]) errors.push(`${id}: parameter ${name} without a type`);
  }
  return errors;
}

function capabilityErrors({ capabilities, commands }: Pack): string[] {
  if (!capabilities) return [];
  const { command, gives, missing } = capabilities;
  const def = commands[command];
  const errors = def ? [] : [`capabilities: unknown command ${command}`];
  if (def && (def.params || def.needs || def.guard)) errors.push(`capabilities: ${command} cannot wait for anything`);
  for (const name of Object.keys(gives)) if (!missing[name]) errors.push(`capabilities: no text for a missing ${name}`);
  return errors;
}

/** Everything wrong with a pack; an empty list means that it may be used [T62] [T91]. */
export function packErrors(pack: Pack, parsers: ReadonlySet<string>): string[] {
  const errors: string[] = [];
  if (!PLATFORM_IDS.includes(pack.id)) errors.push(`unknown platform ${pack.id}`);
  for (const [id, def] of Object.entries(pack.commands)) errors.push(...commandErrors(pack, id, def, parsers));
  for (const panel of [...Object.keys(pack.panels), ...Object.keys(pack.unsupported)])
    if (!(PANEL_IDS as readonly string[]).includes(panel)) errors.push(`unknown panel ${panel}`);
  for (const panel of WAVE_1) {
    const commands = pack.panels[panel]?.commands ?? [];
    for (const id of [...commands, ...(pack.panels[panel]?.also ?? [])])
      if (!pack.commands[id]) errors.push(`${panel}: unknown command ${id}`);
    if (commands.length === 0 && !pack.unsupported[panel]) errors.push(`${panel}: neither a command nor a reason`);
  }
  const allInOne = pack.all_in_one ? [pack.all_in_one.command, ...pack.all_in_one.rest] : [];
  for (const id of allInOne) if (!pack.commands[id]) errors.push(`all_in_one: unknown command ${id}`);
  errors.push(...capabilityErrors(pack));
  const patterns: [string, string][] = [
    ...Object.values(pack.capabilities?.gives ?? {}).map((re): [string, string] => [re, "capabilities"]),
    ...Object.entries(pack.errors).flatMap(([kind, list]) =>
      list.map((re): [string, string] => [re, `errors.${kind}`]),
    ),
    ...pack.hints.map(({ re }): [string, string] => [re, "hints"]),
    ...pack.session.pager.map(({ re }): [string, string] => [re, "pager"]),
    ...pack.session.dialogs.map(({ re }): [string, string] => [re, "dialogs"]),
    ...pack.detect.output.map(({ re }): [string, string] => [re, "detect"]),
    ...(pack.session.log_line ? [[pack.session.log_line, "log_line"] as [string, string]] : []),
  ];
  for (const [source, where] of patterns) errors.push(...reErrors(source, where));
  for (const text of pack.session.setup) if (NEVER.test(text) || FORBIDDEN.test(text)) errors.push(`setup: "${text}"`);
  return errors;
}
