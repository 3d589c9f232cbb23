import type { IBuffer } from "@xterm/xterm";

/** A line as the device wrote it: rows that the terminal wrapped are one line. */
export type ScreenLine = {
  /** Absolute row of its first part. */
  row: number;
  text: string;
  /** Its text before the cursor; all of it when the cursor is elsewhere. */
  beforeCursor: string;
};

/** A wrapped line longer than this is not a prompt or a command; reading stops. */
const ROWS_MAX = 40;

/** First row of the wrapped line that `row` is part of. */
function firstRow(buffer: IBuffer, row: number): number {
  let first = row;
  while (first > 0 && row - first < ROWS_MAX && buffer.getLine(first)?.isWrapped === true) first--;
  return first;
}

/** The whole line that begins at `row`, trailing blanks removed. */
export function lineFrom(buffer: IBuffer, row: number): string {
  let text = buffer.getLine(row)?.translateToString(false) ?? "";
  for (let next = row + 1; next - row < ROWS_MAX; next++) {
    const line = buffer.getLine(next);
    if (line?.isWrapped !== true) break;
    text += line.translateToString(false);
  }
  return text.trimEnd();
}

/** The line that the cursor stands in. */
export function cursorLine(buffer: IBuffer): ScreenLine {
  const cursorRow = buffer.baseY + buffer.cursorY;
  const row = firstRow(buffer, cursorRow);
  let before = "";
  for (let part = row; part < cursorRow; part++) before += buffer.getLine(part)?.translateToString(false) ?? "";
  before += buffer.getLine(cursorRow)?.translateToString(false, 0, buffer.cursorX) ?? "";
  return { row, text: lineFrom(buffer, row), beforeCursor: before };
}
