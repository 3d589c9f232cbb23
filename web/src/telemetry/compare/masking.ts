import type { Comparison, Difference } from "./compare.ts";
import { isMac, Mask } from "./mask.ts";
import type { Snapshot, SnapshotDevice } from "./snapshot.ts";

/** Both sides of a comparison as they were frozen. */
export type States = { before: Snapshot; after: Snapshot };

/** Fields that hold the name of a person, a box or a place. */
const NAMES: ReadonlySet<string> = new Set([
  "hostname",
  "remote_name",
  "desc",
  "location",
  "config_changed_by",
  "user",
  "serial",
  "vrf",
]);
const HOSTS: ReadonlySet<string> = new Set(["hostname", "remote_name"]);
/** Every box calls its own so: hiding it would only hide the word elsewhere. */
const EVERYWHERE: ReadonlySet<string> = new Set(["default", "global"]);

/** What a field's text is the name of; undefined: free text. Boxes that have no MAC to tell call themselves by name. */
function kindOf(field: string, text: string): "name" | "serial" | undefined {
  if (field === "serial") return "serial";
  if (field === "vrf" && EVERYWHERE.has(text)) return undefined;
  if (field === "chassis_id") return isMac(text) ? undefined : "name";
  return NAMES.has(field) || field.endsWith("_desc") ? "name" : undefined;
}

function hidden(mask: Mask, field: string, text: string): string {
  const kind = kindOf(field, text);
  return kind === undefined ? mask.text(text) : mask.name(kind, text);
}

/** A mask that knows every name of both sides before any text is written: what quotes one comes out the same. */
export function maskOf({ before, after }: States): Mask {
  const mask = new Mask();
  for (const { device, panels } of [after, before]) {
    maskDevice(device, mask);
    eachText(panels, (field, text) => {
      const kind = kindOf(field, text);
      if (HOSTS.has(field)) hostName(mask, text);
      else if (kind !== undefined) mask.name(kind, text);
    });
  }
  return mask;
}

/** Host and domain; an address is no name. */
const FULL_NAME = /^(?![\d.]+$)([\w-]+)\.([\w-]+(?:\.[\w-]+)*)$/;

/** A host is also called by the first part of its full name, and its domain tells of its owner. */
function hostName(mask: Mask, text: string): string {
  const made = mask.name("name", text);
  const [, host, domain] = FULL_NAME.exec(text) ?? [];
  if (host !== undefined && domain !== undefined) for (const part of [host, domain]) mask.name("name", part);
  return made;
}

function eachText(value: unknown, tell: (field: string, text: string) => void, field = ""): void {
  if (typeof value === "string") tell(field, value);
  else if (typeof value === "object" && value !== null)
    for (const [name, part] of Object.entries(value)) eachText(part, tell, Array.isArray(value) ? field : name);
}

export function maskDevice(device: SnapshotDevice, mask: Mask): SnapshotDevice {
  const out = { ...device, label: hostName(mask, device.label) };
  if (device.hostname !== undefined) out.hostname = hostName(mask, device.hostname);
  if (device.serial !== undefined) out.serial = mask.name("serial", device.serial);
  return out;
}

export function maskComparison(comparison: Comparison, mask: Mask): Comparison {
  const side = <S extends Comparison["before"]>(one: S): S => ({
    ...one,
    name: mask.text(one.name),
    device: maskDevice(one.device, mask),
  });
  const differences = comparison.differences.map((one): Difference => {
    const out: Difference = { ...one, label: mask.text(one.label), key: mask.text(one.key) };
    if (one.from !== undefined) out.from = hidden(mask, one.field ?? "", one.from);
    if (one.to !== undefined) out.to = hidden(mask, one.field ?? "", one.to);
    return out;
  });
  return { ...comparison, before: side(comparison.before), after: side(comparison.after), differences };
}

/** Data of any shape, with its texts hidden; numbers and names of fields stay. */
export function maskData(value: unknown, mask: Mask, field = ""): unknown {
  if (typeof value === "string") return hidden(mask, field, value);
  if (Array.isArray(value)) return value.map((part) => maskData(part, mask, field));
  if (typeof value !== "object" || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([name, part]) => [name, maskData(part, mask, name)]));
}
