import { completeName } from "../model/interface-names.ts";
import type { Pack } from "../packs/pack.ts";
import type { Fragment, ParseResult } from "../parsers/result.ts";

/** How boxes end a name that did not fit its column. */
const CUT = /(?:\.\.\.?|…|~)$/;
/** Fields that name one of the box's own interfaces, by panel. */
const OWN_INTERFACE = {
  ifstate: "name",
  ifcounters: "name",
  neighbors: "local_if",
  ospf: "if",
  optics: "if",
  poe: "if",
} as const;
type Named = keyof typeof OWN_INTERFACE;
type Row = Record<string, unknown>;

/** The rows with whole names; one whose cut name stands for no interface, or for several, is left out [T22]. */
function wholeNames(rows: readonly Row[], field: string, names: () => ReadonlySet<string>): readonly Row[] {
  if (!rows.some(({ [field]: name }) => typeof name === "string" && CUT.test(name))) return rows;
  const known = names();
  return rows.flatMap((row) => {
    const name = row[field];
    if (typeof name !== "string" || !CUT.test(name) || known.has(name)) return [row];
    const whole = completeName(name.replace(CUT, ""), known);
    return whole === undefined ? [] : [{ ...row, [field]: whole }];
  });
}

const compiled = new WeakMap<Pack, RegExp[]>();

function hiding(pack: Pack): RegExp[] {
  const list = compiled.get(pack) ?? pack.interfaces.hide.map((source) => new RegExp(source));
  compiled.set(pack, list);
  return list;
}

/**
 * Interface names as the rest of the box's answers have them: what the box cut off is completed where exactly one known
 * name begins so, else its row is dropped and counted [T22]; what the platform keeps for itself is marked hidden [T24].
 */
export function settleNames(
  result: ParseResult & { ok: true },
  pack: Pack,
  { form, known }: { form: string; known: () => ReadonlySet<string> },
): ParseResult & { ok: true } {
  const data: Fragment = { ...result.data };
  let dropped = 0;
  for (const panel of Object.keys(OWN_INTERFACE) as Named[]) {
    const part = data[panel];
    const rows: readonly Row[] | undefined = part?.rows;
    if (!part || !rows) continue;
    const field = OWN_INTERFACE[panel];
    // Only columns of text have an end that a name may run into.
    const whole = form === "text" ? wholeNames(rows, field, known) : rows;
    dropped += rows.length - whole.length;
    const hides = panel === "ifstate" || panel === "ifcounters" ? hiding(pack) : [];
    const settled = whole.map((row) => {
      const name = row[field];
      return typeof name === "string" && hides.some((re) => re.test(name)) ? { ...row, hidden: true } : row;
    });
    const counted = Object.hasOwn(part, "row_count") ? { row_count: settled.length } : {};
    // Only names were changed and marks added: the rows are what the parser made of them.
    Object.assign(data, { [panel]: { ...part, rows: settled, ...counted } });
  }
  if (dropped === 0) return { ...result, data };
  const { trace } = result;
  const notes = [...new Set([...trace.notes, "name_cut_off"])];
  return { ...result, data, trace: { ...trace, dropped: trace.dropped + dropped, notes } };
}
