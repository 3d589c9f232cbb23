import type { CatalogView, DeviceRecord } from "#bridge/types.ts";

/** Address of a device as people write it: `user@host`, with the port when it is not SSH's own. */
export function addressText({ target }: DeviceRecord): string {
  const host = target.host.includes(":") && !target.host.startsWith("demo:") ? `[${target.host}]` : target.host;
  const port = target.port === 22 || target.host.startsWith("demo:") ? "" : `:${target.port}`;
  return `${target.user === "" ? "" : `${target.user}@`}${host}${port}`;
}

/** True when every word of the search occurs somewhere in the device. */
export function matchesDevice(record: DeviceRecord, search: string): boolean {
  const text = `${record.label} ${addressText(record)} ${record.platform ?? ""} ${record.note ?? ""}`.toLowerCase();
  return search
    .toLowerCase()
    .split(/\s+/)
    .every((word) => text.includes(word));
}

export type ElsewhereGroup = { device: string; label: string; holder?: string; record: DeviceRecord | undefined };

/** Sessions elsewhere, one entry per device, without the devices that are open in this page. */
export function elsewhereByDevice(catalog: CatalogView | undefined): ElsewhereGroup[] {
  const groups = new Map<string, ElsewhereGroup>();
  for (const { device, label, holder } of catalog?.elsewhere ?? []) {
    if (catalog?.open.includes(device) || groups.has(device)) continue;
    const record = catalog?.records.find((one) => one.id === device);
    groups.set(device, { device, label, record, ...(holder === undefined ? {} : { holder }) });
  }
  return [...groups.values()];
}
