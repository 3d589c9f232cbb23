import type { CommandDef, Pack } from "./pack.ts";

/** The text inside its wrapper: the session's own, or one that the command names. */
export function wrapped(pack: Pack, def: CommandDef, text: string): string {
  const wrap = def.wrap ?? pack.session.wrap;
  return wrap === undefined ? text : wrap.replaceAll("{daemon}", def.daemon ?? "").replaceAll("{command}", () => text);
}

/** What may stand where a template has a parameter [T63]. */
const VALUE = "[A-Za-z0-9._:/][A-Za-z0-9._:/-]{0,63}";

const compiled = new WeakMap<Pack, RegExp>();

function pattern(pack: Pack, def: CommandDef, template: string): string {
  return wrapped(pack, def, template)
    .split(/\{[A-Z]+\}/)
    .map((part) => part.replace(/[.*+?^${}()|[\]\\]/g, "\\$&"))
    .join(VALUE);
}

/**
 * True for a text that the pack can produce, and for nothing else: the pack's commands compiled into one pattern. Every
 * command is held against it once more, after it was built [T1] [T62].
 */
export function isAllowed(pack: Pack, text: string): boolean {
  let re = compiled.get(pack);
  if (!re) {
    const all = Object.values(pack.commands).flatMap((def) =>
      def.variants.map((variant) => pattern(pack, def, variant.text)),
    );
    re = new RegExp(`^(?:${all.join("|")})$`);
    compiled.set(pack, re);
  }
  return !/[\r\n]/.test(text) && re.test(text);
}

/** One line of the listing: what a pack can send, and when. */
export type ListedCommand = { id: string; text: string; tier: string; evidence: string; notes: string[] };

/** Every text that a pack can produce, in the pack's order, as docs/commands.md prints it [T62]. */
export function listedCommands(pack: Pack): ListedCommand[] {
  return Object.entries(pack.commands).flatMap(([id, def]) =>
    def.variants.map(({ text, when, evidence }, index) => ({
      id,
      text: wrapped(pack, def, text),
      tier: def.tier,
      evidence,
      notes: [
        ...(index > 0 ? ["where the one before is not known"] : []),
        ...(when === undefined ? [] : [`from version ${when}`.replace("from version <", "version <")]),
        ...(def.needs ? [`needs ${def.needs.join(", ")}`] : []),
        ...(def.guard ? [`only below ${def.guard.below} entries`] : []),
        ...(def.heavy || def.full ? ["never by itself"] : []),
        ...Object.entries(def.params ?? {}).map(([name, type]) => `${name}: ${type}`),
      ],
    })),
  );
}
