import { panelDef } from "../knowledge/panels.ts";
import type { Comparison, Difference, NotCompared } from "./compare.ts";
import { maskComparison, maskData, maskDevice, maskOf, type States } from "./masking.ts";
import { SNAPSHOT_SCHEMA, type Snapshot, type SnapshotDevice } from "./snapshot.ts";

export type ReportOptions = {
  /** Minutes east of UTC, for the times of the person who reads it. */
  offsetMin: number;
  mask: boolean;
};

/** An answer of the device that a state was made of; without a text: no longer kept. Time in epoch milliseconds. */
export type ReportCapture = { capture: string; command: string; at: number; text?: string };

const WHY: Record<NotCompared["why"], string> = {
  missing_before: "was not read before",
  missing_after: "was not read after",
  no_data_before: "gave no data before",
  no_data_after: "gave no data after",
  stale_before: "could not be read before; only older data was known",
  stale_after: "could not be read after; only older data was known",
  partial_before: "was read only in part before; what else is new there is not known",
  partial_after: "was read only in part after; what else is gone there is not known",
  too_long: "is too long; only its count was kept",
  schema: "means something else in the two versions of the app",
};

/** Local time with its offset from UTC, to the second. */
export function timeWithOffset(at: number, offsetMin: number): string {
  const sign = offsetMin < 0 ? "-" : "+";
  const of = Math.abs(offsetMin);
  const two = (n: number): string => String(n).padStart(2, "0");
  const local = new Date(at + offsetMin * 60_000).toISOString().slice(0, 19);
  return `${local}${sign}${two(Math.floor(of / 60))}:${two(of % 60)}`;
}

/** Markdown takes these as its own; a device's text must not. */
const plain = (text: string): string => text.replaceAll(/[\r\n]+/g, " ").replaceAll(/[\\`*_{}[\]<>#|~!]/g, "\\$&");

/** Ready for a ticket [T87]. Same input, same bytes. */
export function comparisonMarkdown(given: Comparison, states: States, { offsetMin, mask }: ReportOptions): string {
  const comparison = mask ? maskComparison(given, maskOf(states)) : given;
  const { before, after, differences, not_compared, equal, read } = comparison;
  const title = after.device.hostname ?? after.device.label;
  const lines = [
    `# ${plain(title)}: what changed`,
    "",
    ...identity(after.device),
    `- Before: ${plain(before.name)}, ${timeWithOffset(before.at, offsetMin)}`,
    `- After: ${plain(after.name)}, ${timeWithOffset(after.at, offsetMin)}`,
    "",
  ];
  if (comparison.other_device === true) lines.push("**The serial numbers differ: this is another box.**", "");
  const panels = [...new Set(differences.map(({ panel }) => panel))];
  if (panels.length === 0) lines.push("No differences.", "");
  for (const panel of panels) {
    lines.push(`## ${panelDef(panel).title}`, "", "| what | field | before | after |", "| --- | --- | --- | --- |");
    for (const one of differences) if (one.panel === panel) lines.push(row(one));
    lines.push("");
  }
  if (equal.length > 0) lines.push(`Equal: ${equal.map((panel) => panelDef(panel).title).join(", ")}.`, "");
  if (not_compared.length > 0) {
    lines.push("Not compared:", "");
    for (const { panel, section, why } of not_compared)
      lines.push(`- ${panelDef(panel).title}${section === undefined ? "" : ` (${section})`}: ${WHY[why]}`);
    lines.push("");
  }
  if (read.length > 0) {
    const time = (at: number | undefined): string => (at === undefined ? "" : timeWithOffset(at, offsetMin));
    lines.push("## When it was read", "", "| what | before | after |", "| --- | --- | --- |");
    for (const one of read) lines.push(`| ${panelDef(one.panel).title} | ${time(one.before)} | ${time(one.after)} |`);
    lines.push("");
  }
  return lines.join("\n");
}

function identity({ model, serial, os, os_version }: SnapshotDevice): string[] {
  const parts = [model, serial && `serial ${serial}`, [os, os_version].filter(Boolean).join(" ")].filter(
    (part) => part !== undefined && part !== "",
  );
  return parts.length === 0 ? [] : [`- Device: ${plain(parts.join(", "))}`];
}

function row({ label, kind, panel, section, field, from = "", to = "" }: Difference): string {
  const words = { appeared: "appeared", gone: "gone", changed: "", grew: "" } as const;
  const def = panelDef(panel)
    .sections.filter((one) => (one.kind === "table" ? one.path === section : section === undefined))
    .flatMap(({ fields }) => fields)
    .find((one) => one.field === field);
  const name = field === undefined ? words[kind] : (def?.label ?? field);
  return `| ${plain(label)} | ${plain(name)} | ${plain(from)} | ${plain(to)} |`;
}

/** For programs: versioned, with both states as they were read. Same input, same bytes. */
export function comparisonJson(
  given: Comparison,
  states: States,
  { offsetMin, mask: hide }: ReportOptions,
  captures?: readonly ReportCapture[],
): string {
  const mask = hide ? maskOf(states) : undefined;
  const comparison = mask === undefined ? given : maskComparison(given, mask);
  const time = (at: number): object => ({ utc: new Date(at).toISOString(), offset_min: offsetMin });
  const state = (snapshot: Snapshot): unknown => {
    const { name, at, device, panels } = snapshot;
    const out = { name, time: time(at), device, panels };
    if (mask === undefined) return out;
    return { name: mask.text(name), time: time(at), device: maskDevice(device, mask), panels: maskData(panels, mask) };
  };
  const answer = ({ at, ...one }: ReportCapture): object => {
    const shown = { ...one, time: time(at), kept: one.text !== undefined };
    return mask === undefined ? shown : (maskData(shown, mask) as object);
  };
  const { before, after, read, ...rest } = comparison;
  const times = read.map(({ panel, ...at }) => ({
    panel,
    ...(at.before === undefined ? {} : { before: time(at.before) }),
    ...(at.after === undefined ? {} : { after: time(at.after) }),
  }));
  const out = {
    format: "rackside.comparison",
    version: SNAPSHOT_SCHEMA,
    device: after.device,
    before: { name: before.name, time: time(before.at) },
    after: { name: after.name, time: time(after.at) },
    ...rest,
    read: times,
    states: { before: state(states.before), after: state(states.after) },
    ...(captures && { captures: captures.map(answer) }),
  };
  return `${JSON.stringify(out, undefined, 2)}\n`;
}
