import { PANEL_IDS, type PanelId } from "../knowledge/panel-data.ts";
import type { TableSection } from "../knowledge/panel-sections.ts";
import { panelDef } from "../knowledge/panels.ts";
import { seriesRowKey } from "../knowledge/series-names.ts";
import type { Fragment, Trace } from "../parsers/result.ts";

type Row = Readonly<Record<string, unknown>>;

/** What a parser or the merge notes of an answer that has not all that was in it [T23] [T71]. */
export const PARTIAL_NOTES: ReadonlySet<string> = new Set([
  "mostly_unknown",
  "duplicate_key",
  "no_total",
  "total_differs",
]);
/** A row that an answer no longer had is told for so many answers: whoever compares may have to wait for a time to live. */
const TOLD_ANSWERS = 20;
/** Rows of one table that answers which were not whole may add up to: beyond, only the newest answer counts. */
const SHOWN_MAX = 20_000;
/** Texts are no rows that come and go. */
const WITHOUT: ReadonlySet<string> = new Set<PanelId>(["log", "collector", "audit", "raw"]);

/** Tables of a panel, whose rows have keys. */
export function tablesOf(panel: PanelId): TableSection[] {
  return panelDef(panel).sections.filter((section) => section.kind === "table");
}

/** Rows of a section in an answer, or in what was made of several, by key. */
export function rowsByKey(section: TableSection, data: object | undefined): Map<string, Row> {
  const found: unknown = data && Object.entries(data).find(([name]) => name === section.path)?.[1];
  const rows = Array.isArray(found) ? (found as Row[]) : [];
  return new Map(rows.map((row) => [seriesRowKey(section.fields, row), row]));
}

/**
 * Which rows one command showed, and which of them its answers since no longer have: proof that they are gone, whatever
 * became of the panel's other commands [T7] [T85].
 */
export class RowLedger {
  private readonly shown = new Map<string, Set<string>>();
  private readonly left = new Map<string, Map<string, number>>();

  /** An answer that was understood. */
  take(fragment: Fragment, { dropped, notes }: Trace): void {
    const isWhole = dropped === 0 && !notes.some((note) => PARTIAL_NOTES.has(note));
    for (const panel of PANEL_IDS) {
      const part = WITHOUT.has(panel) ? undefined : fragment[panel];
      for (const section of part === undefined ? [] : tablesOf(panel)) {
        const keys = new Set(rowsByKey(section, part).keys());
        this.compare(`${panel}/${section.path}`, keys, isWhole);
      }
    }
  }

  private compare(place: string, keys: Set<string>, isWhole: boolean): void {
    const before = this.shown.get(place) ?? new Set();
    const left = this.left.get(place) ?? new Map<string, number>();
    this.left.set(place, left);
    for (const [key, answers] of left) {
      if (keys.has(key) || answers >= TOLD_ANSWERS) left.delete(key);
      else left.set(key, answers + 1);
    }
    if (isWhole) for (const key of before) if (!keys.has(key)) left.set(key, 1);
    // What half an answer does not have may be there: it is compared with the next one.
    const adds = !isWhole && before.size + keys.size <= SHOWN_MAX;
    this.shown.set(place, adds ? new Set([...before, ...keys]) : keys);
  }

  /** Keys that the last answer had, or may have had. */
  has(panel: PanelId, path: string, key: string): boolean {
    return this.shown.get(`${panel}/${path}`)?.has(key) === true;
  }

  /** Keys that earlier answers had. */
  goneFrom(panel: PanelId, path: string): Iterable<string> {
    return this.left.get(`${panel}/${path}`)?.keys() ?? [];
  }
}
