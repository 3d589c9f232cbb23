import type { Pack } from "./pack.ts";
import { readPack } from "./pack-schema.ts";
import { packErrors } from "./validate-pack.ts";

/** What may begin a command of a pack that the project did not write; RouterOS has paths that end in `print`. */
const FIRST_WORD = /^(?:show|get|display)(?= )/;
const ROUTEROS = /^\/[a-z][a-z0-9/ -]* print(?: [a-z][a-z0-9 -]*)?$/;
/** The filters that only choose or shape what is printed. */
const FILTER =
  /^(?:json|json native|display xml|no-more|count|(?:include|exclude|begin|section|match|except) [\w .:{}/-]{1,80}|last \d{1,4})$/;
/** A `show` can write files through these, and some boxes take `>` for the same. */
const WRITES = /\b(?:redirect|tee|append|save)\b|>/;
/** Words, numbers, names and parameters; nothing that a shell could take for more. */
const WORDS = /^[A-Za-z0-9 ._:/{}*-]+$/;
/** A line end would begin a second line, a tab asks for completion; each command is sent as it stands. */
const CONTROL = /\p{Cc}|\p{Zl}|\p{Zp}/u;
/** Settings of the session that end with it. */
const SETUP =
  /^(?:terminal (?:length|width) \d{1,3}|set terminal (?:length|width) \d{1,3}|no page|set cli (?:screen-length|screen-width) \d{1,3}|set cli complete-on-space off)$/;
const EXITS = new Set(["exit", "quit", "logout"]);
/** Keys that leave a pager or turn its page. */
const KEY = /^[ qQnN]$/;
/** A group that repeats with a repetition inside may need time beyond any bound on a line that is made to hurt [T74]. */
const NESTED = /\([^()]*[+*}][^()]*\)[+*{]|\\[1-9]|\\k</;

/** Why a command text may not come from an imported pack or a person; nothing when it may [T65]. */
export function importedTextError(text: string): string | undefined {
  if (CONTROL.test(text)) return "a control character";
  if (text !== text.trim()) return "a blank before or after it";
  if (WRITES.test(text)) return "it could write a file";
  const [head = "", ...filters] = text.split("|").map((part) => part.trim());
  if (!WORDS.test(head)) return "a character that no command needs";
  if (!FIRST_WORD.test(head) && !ROUTEROS.test(head)) return "it does not begin with show, get or display";
  const filter = filters.find((each) => !FILTER.test(each));
  return filter === undefined ? undefined : `"| ${filter}" is no filter that only reads`;
}

function patternsOf(pack: Pack): string[] {
  const { detect, session, errors, hints, interfaces, capabilities } = pack;
  return [
    ...(detect.ident ?? []),
    ...(detect.prompt ?? []),
    ...detect.output.flatMap(({ re, fields }) => [re, ...Object.values(fields)]),
    ...session.pager.map(({ re }) => re),
    ...session.dialogs.map(({ re }) => re),
    ...(session.log_line === undefined ? [] : [session.log_line]),
    ...Object.values(errors).flat(),
    ...hints.map(({ re }) => re),
    ...interfaces.hide,
    ...Object.values(capabilities?.gives ?? {}),
  ];
}

/** Everything that an imported pack may not do although a pack of the project may. */
function strangerErrors(pack: Pack): string[] {
  const { session, commands } = pack;
  const errors: string[] = [];
  // A POSIX shell turns any text into a program: nobody's commands but the project's own go there.
  const posix = session.wrap !== undefined || pack.id === "linux" || pack.based_on === "linux";
  if (posix) errors.push("session: no commands of one's own on a POSIX shell");
  for (const [id, def] of Object.entries(commands)) {
    if (def.wrap !== undefined) errors.push(`${id}: no wrapper of one's own`);
    for (const { text } of def.variants) {
      const why = importedTextError(text);
      if (why !== undefined) errors.push(`${id}: "${text}": ${why}`);
    }
  }
  for (const text of session.setup) if (!SETUP.test(text)) errors.push(`setup: "${text}" is no setting of the session`);
  if (!EXITS.has(session.exit)) errors.push(`exit: "${session.exit}"`);
  for (const { quit, next } of session.pager)
    if (!KEY.test(quit) || !KEY.test(next)) errors.push(`pager: "${quit}", "${next}"`);
  for (const { key } of session.dialogs) if (!KEY.test(key)) errors.push(`dialogs: "${key}"`);
  for (const source of patternsOf(pack)) if (NESTED.test(source)) errors.push(`pattern: too costly: ${source}`);
  return errors;
}

/** Reads a pack that a person imported: the schema of all packs and a stricter grammar [T65]. */
export function importPack(
  data: unknown,
  parsers: ReadonlySet<string>,
): { ok: true; pack: Pack } | { ok: false; errors: string[] } {
  const read = readPack(data);
  if (!read.ok) return read;
  const errors = [...packErrors(read.pack, parsers), ...strangerErrors(read.pack)];
  return errors.length === 0 ? read : { ok: false, errors };
}
