import type { PanelId } from "#telemetry/knowledge/panels.ts";
import type { DeskContext } from "./desk.ts";

/** What a device is called in files: as the person calls it, else as it calls itself. */
export function labelOf({ publisher, reading }: Pick<DeskContext, "publisher" | "reading">, device: string): string {
  const label = publisher.get(`device:${device}`)?.record.label;
  if (label !== undefined && label !== "") return label;
  const info = reading(device, "device_info");
  return (info?.panel === "device_info" ? info.data?.hostname : undefined) ?? device;
}

/** A table that its reading carries only the length of [T77]; undefined when telemetry does not run, or it has no rows. */
export function wholeTable(
  { collectors, tables }: Pick<DeskContext, "collectors" | "tables">,
  device: string,
  panel: PanelId,
  path: string,
  now: number,
): readonly Readonly<Record<string, unknown>>[] | undefined {
  const held = tables.of(device, panel);
  if (held !== undefined && path === "rows") return held;
  const collector = collectors.of(device);
  if (collector === null) return undefined;
  const { rows } = collector.tableWindow(panel, path, { offset: 0, limit: "all" }, now);
  return rows.length === 0 ? undefined : rows;
}
