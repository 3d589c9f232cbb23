/** Theme, layouts, panel visibility and device list of one user: revisions, conflicts, one atomic file [S23]. */
import { createHash } from "node:crypto";
import { join } from "node:path";
import * as v from "valibot";
import { uiFrame } from "#protocol/builders.ts";
import type { Down } from "#protocol/down.ts";
import { DEVICES_MAX, DEVICES_MAX_BYTES, UI_KEYS_MAX, UI_VALUE_MAX_BYTES } from "#protocol/limits.ts";
import { type DeviceRecord, DevicesChanged } from "#protocol/messages/devices.ts";
import { LayoutChanged, PanelUpdated, ThemeChanged } from "#protocol/messages/ui-state.ts";
import type { Up } from "#protocol/up.ts";
import { ensureStateDir, writeAtomic } from "./atomic-file.ts";
import { failed, type Outcome, succeeded } from "./failure.ts";
import { Serial } from "./serial.ts";
import { readStateFile } from "./state-file.ts";

const UiStateFile = v.object({
  version: v.literal(1),
  theme: v.nullable(ThemeChanged.entries.payload),
  layouts: v.array(LayoutChanged.entries.payload),
  panels: v.array(PanelUpdated.entries.payload),
  devices: DevicesChanged.entries.payload,
});
type UiState = v.InferOutput<typeof UiStateFile>;
export type UiWish = Up<"set_theme" | "update_layout" | "set_panel_visibility" | "put_device" | "remove_device">;
type Fact = Extract<Down, { session_id: "ui_state" }>;
type Edit = { state: UiState; facts: readonly Fact[] };
/** Room for what stands around a value in its message. */
const ENVELOPE_BYTES = 1_024;
/** Revisions that a link was told at its welcome: an edit based on an older one was made offline. */
export type UiRevs = {
  theme: number;
  layouts: ReadonlyMap<string, number>;
  panels: ReadonlyMap<string, number>;
  devices: number;
};

const EMPTY: UiState = { version: 1, theme: null, layouts: [], panels: [], devices: { records: [], rev: 0 } };

/** Largest value and number of keys of a kind, as configured. */
export type UiLimits = { ui_value_bytes: number; ui_keys: number };
const USUAL: UiLimits = { ui_value_bytes: UI_VALUE_MAX_BYTES, ui_keys: UI_KEYS_MAX };

/** A user id as a file name: hashed, so that no name can leave the folder. */
function fileOf(user: string): string {
  return `${createHash("sha256").update(user).digest("hex").slice(0, 32)}.json`;
}

export class UiStateStore {
  readonly #path: string;
  #state: UiState;
  /** Devices that the proxy itself simulates: shown to everyone, never stored [S42]. */
  readonly #simulated: readonly DeviceRecord[];
  readonly #limits: UiLimits;
  readonly #writing = new Serial();

  private constructor(path: string, state: UiState, simulated: readonly DeviceRecord[], limits: UiLimits) {
    this.#limits = limits;
    this.#path = path;
    this.#state = state;
    this.#simulated = simulated;
  }

  /** Reads a user's file; a damaged one is a StartupError with file and line. */
  static async open(
    dataDir: string,
    user: string,
    simulated: readonly DeviceRecord[],
    limits: UiLimits = USUAL,
  ): Promise<UiStateStore> {
    const dir = join(dataDir, "ui-state");
    await ensureStateDir(dir);
    const path = join(dir, fileOf(user));
    return new UiStateStore(path, (await readStateFile(path, UiStateFile)) ?? EMPTY, simulated, limits);
  }

  /** The current values, as their messages: what a link gets after its welcome. Nothing is replayed. */
  current(): Fact[] {
    const { theme, layouts, panels } = this.#state;
    return [
      ...(theme === null ? [] : [uiFrame("theme_changed", theme)]),
      ...layouts.map((layout) => uiFrame("layout_changed", layout)),
      ...panels.map((panel) => uiFrame("panel_updated", panel)),
      ...this.#devicesFacts(this.#state),
    ];
  }

  /** A record of the user's list, or one the proxy simulates. */
  device(id: string): DeviceRecord | undefined {
    return [...this.#simulated, ...this.#state.devices.records].find((record) => record.id === id);
  }

  /** Revisions now, for {@link apply}. */
  revs(): UiRevs {
    const { theme, layouts, panels, devices } = this.#state;
    return {
      theme: theme?.rev ?? 0,
      layouts: new Map(layouts.map(({ key, rev }) => [key, rev])),
      panels: new Map(panels.map(({ panel, rev }) => [panel, rev])),
      devices: devices.rev,
    };
  }

  /**
   * Stores a wish and returns the facts to broadcast, in this order: one, or the parts of a long device list. Wishes are taken one after the other; when the file cannot be
   * written the value stays as it was. Online the order of arrival wins; an edit based on a revision older than what its
   * link was told at the welcome was made offline, and is refused as a conflict when the value has moved on.
   */
  apply(wish: UiWish, told: UiRevs): Promise<Outcome<readonly Fact[]>> {
    return this.#writing.run(async (): Promise<Outcome<readonly Fact[]>> => {
      const edit = this.#edit(wish, told);
      if (!edit.ok) return edit;
      try {
        await writeAtomic(this.#path, `${JSON.stringify(edit.value.state)}\n`);
      } catch (error) {
        return failed("storage", undefined, `not stored (${(error as NodeJS.ErrnoException).code ?? "unknown"})`);
      }
      this.#state = edit.value.state;
      return succeeded(edit.value.facts);
    });
  }

  /** The list as one message, or as the parts that it takes. */
  #devicesFacts(state: UiState): Fact[] {
    const { rev } = state.devices;
    const parts: DeviceRecord[][] = [[]];
    let room = UI_VALUE_MAX_BYTES - ENVELOPE_BYTES;
    for (const record of [...this.#simulated, ...state.devices.records]) {
      const bytes = sizeOf(record) + 1;
      if (bytes > room && parts.at(-1)?.length !== 0) {
        parts.push([]);
        room = UI_VALUE_MAX_BYTES - ENVELOPE_BYTES;
      }
      parts.at(-1)?.push(record);
      room -= bytes;
    }
    const of = parts.length;
    return parts.map((records, index) =>
      uiFrame("devices_changed", of === 1 ? { records, rev } : { records, rev, part: { index, of } }),
    );
  }

  #edit(wish: UiWish, told: UiRevs): Outcome<Edit> {
    switch (wish.action) {
      case "set_theme":
        return this.#setTheme(wish.payload, told.theme);
      case "update_layout":
        return this.#updateLayout(wish.payload, told.layouts.get(wish.payload.key) ?? 0);
      case "set_panel_visibility":
        return this.#setPanel(wish.payload, told.panels.get(wish.payload.panel) ?? 0);
      default:
        return this.#editDevices(wish, told.devices);
    }
  }

  #setTheme({ theme, base_rev }: Up<"set_theme">["payload"], told: number): Outcome<Edit> {
    const old = this.#state.theme;
    if (base_rev < told) return conflict(old);
    const value = { theme, rev: (old?.rev ?? 0) + 1 };
    return succeeded({ state: { ...this.#state, theme: value }, facts: [uiFrame("theme_changed", value)] });
  }

  #updateLayout({ key, layout, base_rev }: Up<"update_layout">["payload"], told: number): Outcome<Edit> {
    const { layouts } = this.#state;
    const old = layouts.find((one) => one.key === key);
    if (base_rev < told) return conflict(old);
    if (Buffer.byteLength(JSON.stringify(layout)) > this.#limits.ui_value_bytes)
      return failed("invalid", "too_large", "layout");
    if (old === undefined && layouts.length >= this.#limits.ui_keys) return failed("limit", "keys", "too many layouts");
    const value = { key, layout, rev: (old?.rev ?? 0) + 1 };
    const others = layouts.filter((one) => one.key !== key);
    return succeeded({
      state: { ...this.#state, layouts: [...others, value] },
      facts: [uiFrame("layout_changed", value)],
    });
  }

  #setPanel({ panel, visible, base_rev }: Up<"set_panel_visibility">["payload"], told: number): Outcome<Edit> {
    const { panels } = this.#state;
    const old = panels.find((one) => one.panel === panel);
    if (base_rev < told) return conflict(old);
    if (old === undefined && panels.length >= this.#limits.ui_keys) return failed("limit", "keys", "too many panels");
    const value = { panel, visible, rev: (old?.rev ?? 0) + 1 };
    const others = panels.filter((one) => one.panel !== panel);
    return succeeded({
      state: { ...this.#state, panels: [...others, value] },
      facts: [uiFrame("panel_updated", value)],
    });
  }

  #editDevices(wish: Up<"put_device" | "remove_device">, told: number): Outcome<Edit> {
    const { records, rev } = this.#state.devices;
    const id = wish.action === "put_device" ? wish.payload.record.id : wish.payload.id;
    if (wish.payload.base_rev < told) return conflict({ record: this.device(id) ?? null, rev });
    if (!/^[A-Za-z0-9_-]{22}$/.test(id)) return failed("invalid", "simulated", "simulated devices cannot be edited");
    const others = records.filter((record) => record.id !== id);
    if (wish.action === "remove_device") return this.#withDevices(others, rev + 1);
    if (others.length >= DEVICES_MAX - this.#simulated.length) {
      return failed("limit", "devices", `at most ${DEVICES_MAX} devices`);
    }
    const { simulated: _, ...record } = wish.payload.record;
    if (sizeOf(record) > this.#limits.ui_value_bytes - 2 * ENVELOPE_BYTES)
      return failed("invalid", "too_large", "device");
    const next = [...others, record];
    if (sizeOf(next) > DEVICES_MAX_BYTES) return failed("limit", "devices", "the device list is full");
    return this.#withDevices(next, rev + 1);
  }

  #withDevices(records: DeviceRecord[], rev: number): Outcome<Edit> {
    const state = { ...this.#state, devices: { records, rev } };
    return succeeded({ state, facts: this.#devicesFacts(state) });
  }
}

function sizeOf(value: unknown): number {
  return Buffer.byteLength(JSON.stringify(value));
}

function conflict(current: unknown): Outcome<never> {
  return { ok: false, failure: { code: "conflict", current: current ?? null } };
}
