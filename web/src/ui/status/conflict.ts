import { commands } from "#bridge/commands.ts";
import type { DeviceRecord, UiStateView } from "#bridge/types.ts";

type Conflict = NonNullable<UiStateView["conflict"]>;

const isRecord = (value: unknown): value is Record<string, unknown> =>
  typeof value === "object" && value !== null && !Array.isArray(value);

/** What a losing change held, whether as the bare value or inside its message's payload. */
const inner = (mine: unknown, name: string): unknown => (isRecord(mine) && name in mine ? mine[name] : mine);

/** Command that sends the losing change again [U80]; undefined when it cannot be read. */
export function mineCommand({ what, key, mine }: Conflict) {
  if (what === "theme") {
    const theme = inner(mine, "theme");
    return typeof theme === "string" ? commands.setTheme(theme) : undefined;
  }
  if (what === "layout") {
    const layout = inner(mine, "layout");
    return isRecord(layout) ? commands.updateLayout(key, layout) : undefined;
  }
  if (what === "device") {
    const record = inner(mine, "record");
    return isRecord(record) && "target" in record ? commands.putDevice(record as DeviceRecord) : undefined;
  }
  const visible = inner(mine, "visible");
  return typeof visible === "boolean" ? commands.setPanelVisibility(key, visible) : undefined;
}
