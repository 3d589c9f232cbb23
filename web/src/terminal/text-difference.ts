/** How to get from one text to another when only its end can be changed. */
export type Difference = {
  /** Characters (code points) to erase at the end of the old text. */
  erase: number;
  /** Characters to write then. */
  write: string;
};

/** Length of the common beginning, in UTF-16 units, never ending inside a surrogate pair. */
function commonPrefix(a: string, b: string): number {
  const end = Math.min(a.length, b.length);
  let n = 0;
  while (n < end && a.charCodeAt(n) === b.charCodeAt(n)) n++;
  const unit = n > 0 ? a.charCodeAt(n - 1) : 0;
  return unit >= 0xd800 && unit <= 0xdbff ? n - 1 : n;
}

/** Erase-and-write that turns `before` into `after`. A device erases one code point per Backspace. */
export function difference(before: string, after: string): Difference {
  const same = commonPrefix(before, after);
  return { erase: Array.from(before.slice(same)).length, write: after.slice(same) };
}
