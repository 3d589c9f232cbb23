import type { FieldDef } from "./field-defs.ts";
import type { PanelId } from "./panel-data.ts";

/** A group of fields shown as label and value. */
export type RecordSection = {
  kind: "record";
  id: string;
  title?: string;
  fields: FieldDef[] /** Object inside the payload; absent: the payload itself. */;
  path?: string;
};
/** Rows under `path` of the payload. */
export type TableSection = {
  kind: "table";
  id: string;
  title?: string;
  path: string;
  fields: FieldDef[];
  empty: string;
};
/** One part of a panel. */
export type PanelSection = RecordSection | TableSection;

/** `port` and `lookup` panels are not offered in the list of cards. */
export type PanelPlace = "card" | "port" | "lookup";

/** What a view needs to draw a panel without knowing it. */
export type PanelDef = {
  id: PanelId;
  title: string;
  order: number;
  kind: "record" | "table" | "mixed" | "text";
  /** Shown before the user chose. */
  initial: boolean;
  /** Where a view shows it: as a card of its own, on the card of one port, or as the answer to a question. */
  place: PanelPlace;
  /** Schema number of the payload [T30]. */
  schema: number;
  sections: PanelSection[];
};

/** A record section. */
export const record = (id: string, fields: FieldDef[], title?: string): RecordSection => ({
  kind: "record",
  id,
  fields,
  ...(title ? { title } : {}),
});
/** A table section; `empty` is what a view says when it has no rows. */
export const table = (path: string, empty: string, fields: FieldDef[], title?: string): TableSection => ({
  kind: "table",
  id: path,
  path,
  fields,
  empty,
  ...(title ? { title } : {}),
});

/** The part of a definition that does not follow from the panel's place in the list. */
export type PanelContent = {
  title: string;
  kind: PanelDef["kind"];
  initial?: true;
  place?: "port" | "lookup";
  schema?: number;
  sections: PanelSection[];
};
