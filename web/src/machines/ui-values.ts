import type { Down } from "#protocol/down.ts";
import type { UiStateCommand } from "#protocol/local-messages.ts";
import type { DeviceRecord } from "#protocol/messages/devices.ts";
import type { CatalogView, UiStateView } from "./views.ts";

/** What the proxy confirmed last; kept on the tablet for starts without it. */
export type UiValues = {
  theme: { theme: string; rev: number };
  layouts: UiStateView["layouts"];
  panels: UiStateView["panels"];
  devices: { records: readonly DeviceRecord[]; rev: number };
};

/** A wish that is not confirmed. `sent_at` null: made offline, not sent yet [U80]. */
export type PendingChange = { id: string; wish: UiStateCommand; base_rev: number; sent_at: number | null };

export const NO_VALUES: UiValues = {
  theme: { theme: "dark", rev: 0 },
  layouts: {},
  panels: {},
  devices: { records: [], rev: 0 },
};

/** What the proxy says about the shared state, as confirmation and as broadcast. */
export type UiFact = Down<"theme_changed" | "layout_changed" | "panel_updated" | "devices_changed">;

/** Takes the proxy's word over. */
export function withFact(values: UiValues, { action, payload }: UiFact): UiValues {
  switch (action) {
    case "theme_changed":
      return { ...values, theme: payload };
    case "layout_changed": {
      const { key, layout, rev } = payload;
      return { ...values, layouts: { ...values.layouts, [key]: { layout, rev } } };
    }
    case "panel_updated": {
      const { panel, visible, rev } = payload;
      return { ...values, panels: { ...values.panels, [panel]: { visible, rev } } };
    }
    default:
      return { ...values, devices: { records: payload.records, rev: payload.rev } };
  }
}

/** Shows a wish as if it were confirmed: the preview [U79]. Revisions stay the proxy's. */
export function withWish(values: UiValues, { action, payload }: UiStateCommand): UiValues {
  switch (action) {
    case "set_theme":
      return { ...values, theme: { ...values.theme, theme: payload.theme } };
    case "update_layout": {
      const rev = values.layouts[payload.key]?.rev ?? 0;
      return { ...values, layouts: { ...values.layouts, [payload.key]: { layout: payload.layout, rev } } };
    }
    case "set_panel_visibility": {
      const rev = values.panels[payload.panel]?.rev ?? 0;
      return { ...values, panels: { ...values.panels, [payload.panel]: { visible: payload.visible, rev } } };
    }
    case "put_device": {
      const { records, rev } = values.devices;
      const known = records.some((record) => record.id === payload.record.id);
      const next = known
        ? records.map((record) => (record.id === payload.record.id ? payload.record : record))
        : [...records, payload.record];
      return { ...values, devices: { records: next, rev } };
    }
    default: {
      const { records, rev } = values.devices;
      return { ...values, devices: { records: records.filter((record) => record.id !== payload.id), rev } };
    }
  }
}

/** What is shown: the confirmed values with every pending wish on top. */
export function shownValues(values: UiValues, pending: readonly PendingChange[]): UiValues {
  return pending.reduce((shown, change) => withWish(shown, change.wish), values);
}

export type UiSubject = { what: "theme" | "layout" | "panel" | "device"; key: string };

/** What a wish is about; wishes with the same subject replace each other. */
export function subjectOf({ action, payload }: UiStateCommand): UiSubject {
  switch (action) {
    case "set_theme":
      return { what: "theme", key: "theme" };
    case "update_layout":
      return { what: "layout", key: payload.key };
    case "set_panel_visibility":
      return { what: "panel", key: payload.panel };
    case "put_device":
      return { what: "device", key: payload.record.id };
    default:
      return { what: "device", key: payload.id };
  }
}

export function sameSubject(a: UiSubject, b: UiSubject): boolean {
  return a.what === b.what && a.key === b.key;
}

/** Revision that a wish is based on. */
export function baseRev(values: UiValues, { what, key }: UiSubject): number {
  if (what === "theme") return values.theme.rev;
  if (what === "layout") return values.layouts[key]?.rev ?? 0;
  if (what === "panel") return values.panels[key]?.rev ?? 0;
  return values.devices.rev;
}

/** The value of a subject; for conflicts and for finding out whether a wish came true. */
export function subjectValue(values: UiValues, { what, key }: UiSubject): unknown {
  if (what === "theme") return values.theme.theme;
  if (what === "layout") return values.layouts[key]?.layout;
  if (what === "panel") return values.panels[key]?.visible;
  return values.devices.records.find((record) => record.id === key);
}

/** Whether the confirmed values already are what the wish asks for. */
export function isFulfilled(values: UiValues, wish: UiStateCommand): boolean {
  const subject = subjectOf(wish);
  return (
    JSON.stringify(subjectValue(values, subject)) === JSON.stringify(subjectValue(withWish(values, wish), subject))
  );
}

/**
 * The current value that a `conflict` carries, as the fact that states it; undefined when it carries none. Of the device
 * list it carries the one record that the wish was about: the rest came with the welcome, or since.
 */
export function factOfConflict(wish: UiStateCommand, current: unknown, values: UiValues): UiFact | undefined {
  if (typeof current !== "object" || current === null) return undefined;
  const base = { v: 1, device: "-", session_id: "ui_state", type: "system" } as const;
  const shaped = (fields: readonly string[]): boolean => fields.every((field) => Object.hasOwn(current, field));
  switch (wish.action) {
    case "set_theme":
      if (!shaped(["theme", "rev"])) return undefined;
      return { ...base, action: "theme_changed", payload: current as Down<"theme_changed">["payload"] };
    case "update_layout":
      if (!shaped(["key", "layout", "rev"])) return undefined;
      return { ...base, action: "layout_changed", payload: current as Down<"layout_changed">["payload"] };
    case "set_panel_visibility":
      if (!shaped(["panel", "visible", "rev"])) return undefined;
      return { ...base, action: "panel_updated", payload: current as Down<"panel_updated">["payload"] };
    default: {
      if (!shaped(["record", "rev"])) return undefined;
      const { record, rev } = current as { record: DeviceRecord | null; rev: number };
      const { key } = subjectOf(wish);
      const { records } = values.devices;
      const others = records.filter(({ id }) => id !== key);
      const known = others.length < records.length;
      const replaced = records.flatMap((one) => (one.id !== key ? [one] : record === null ? [] : [record]));
      const payload = { records: known || record === null ? replaced : [...others, record], rev };
      return { ...base, action: "devices_changed", payload };
    }
  }
}

/** Projection of the device list. */
export function catalogView(
  shown: UiValues,
  from: "proxy" | "cache",
  open: readonly string[],
  elsewhere: CatalogView["elsewhere"],
  ending: CatalogView["ending"] = [],
): CatalogView {
  const { records, rev } = shown.devices;
  return { records, rev, from, open, elsewhere, ...(ending.length === 0 ? {} : { ending }) };
}
