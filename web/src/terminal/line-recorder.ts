import { isQuestion, pagerAt } from "./prompt-tracker.ts";
import { maskSecrets } from "./secret-mask.ts";

/** Longest line that is kept. */
const LINE_MAX_CHARS = 2_000;

/** What was typed into one line, seen from the keyboard's side. */
type Typed = {
  /** Text before the cursor when typing began. */
  prompt: string;
  /** Characters typed and not erased again. */
  text: string;
  /** Keys whose effect only the device knows: Tab, arrows, Ctrl keys. */
  edited: boolean;
  alternateScreen: boolean;
};

/** A line on which Enter was pressed; `finish` it when the device has moved on, and its echo is complete. */
export type EnteredLine = Typed;

/** True when the characters of `part` stand in `whole` in that order: what was typed was echoed. */
function isSubsequence(part: string, whole: string): boolean {
  let at = 0;
  for (const character of part) {
    const found = whole.indexOf(character, at);
    if (found < 0) return false;
    at = found + character.length;
  }
  return true;
}

/**
 * Follows what is typed and decides on Enter whether the line may be kept [U48]. It reads the line from the screen, so
 * completion and recalled commands come out as the device shows them; what was not echoed is never kept.
 */
export class LineRecorder {
  #typed: Typed | undefined;

  /** Bytes go to the device on behalf of the person. `screen` is asked once per line, before its first character. */
  typed(data: string, screen: () => { beforeCursor: string; alternateScreen: boolean }): EnteredLine[] {
    const entered: EnteredLine[] = [];
    for (const piece of data.match(/\x1b[O[][0-9;]*[A-Za-z~]|[\s\S]/gu) ?? []) {
      if (piece === "\r") {
        entered.push(this.#current(screen));
        this.#typed = undefined;
      } else this.#piece(piece, this.#current(screen));
    }
    return entered;
  }

  /** Forgets the line under way: focus lost, session ended, paste released. */
  forget(): void {
    this.#typed = undefined;
  }

  #current(screen: () => { beforeCursor: string; alternateScreen: boolean }): Typed {
    if (this.#typed !== undefined) return this.#typed;
    const { beforeCursor, alternateScreen } = screen();
    this.#typed = { prompt: beforeCursor, text: "", edited: false, alternateScreen };
    return this.#typed;
  }

  #piece(piece: string, line: Typed): void {
    if (piece === "\x7f" || piece === "\b") {
      // At an empty line Backspace may erase what a completion wrote.
      if (line.text === "") line.edited = true;
      line.text = Array.from(line.text).slice(0, -1).join("");
    } else if (piece === "\x03" || piece === "\x15") {
      line.text = "";
      line.edited = false;
    } else if (piece < " " || piece.length > 2) line.edited = true;
    else line.text += piece;
  }
}

/** The line to keep, secrets masked; undefined when it must not be kept [U48] [U49]. `shown` is the whole screen line. */
export function lineToKeep(line: EnteredLine, shown: string): string | undefined {
  if (line.alternateScreen || isQuestion(line.prompt) || pagerAt(line.prompt) !== undefined) return undefined;
  const command = commandOf(line, shown);
  if (command === undefined || command.startsWith(" ")) return undefined;
  const trimmed = command.trimEnd();
  if (trimmed === "" || trimmed.length > LINE_MAX_CHARS) return undefined;
  return maskSecrets(trimmed).line;
}

function commandOf(line: EnteredLine, shown: string): string | undefined {
  const typed = line.text.trimEnd();
  if (!line.edited) return typed !== "" && shown.endsWith(typed) ? line.text : undefined;
  // Without the prompt at its place there is no telling where the command begins.
  const prompt = line.prompt.trimEnd();
  if (prompt === "" || !shown.startsWith(prompt)) return undefined;
  const rest = shown.slice(line.prompt.length);
  return isSubsequence(line.text.trim(), rest) ? rest : undefined;
}
