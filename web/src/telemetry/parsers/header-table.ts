/** A column of a printed table: the label in its header and what a cell may look like. */
export type Column = {
  label: string;
  field: string /** Pattern of one cell, without capture groups. */;
  cell: string /** The cell may be empty. */;
  optional?: true;
};

/** Reads the rows of one table whose header was seen. */
export type RowReader = (line: string) => Map<string, string> | undefined;

const escapeRe = (text: string): string => text.replace(/[.*+?^${}()|[\]\\]/g, "\\$&");

/**
 * A reader for the rows under a header [T71]: cells are matched in the order in which the header names the columns, so
 * that a device with another order or fewer columns is read rightly. Nothing when the line is not such a header.
 * @param required labels without which the line is no header
 */
export function headerReader(
  line: string,
  columns: readonly Column[],
  required: readonly string[],
): RowReader | undefined {
  const found: { column: Column; at: number }[] = [];
  for (const column of columns) {
    const at = new RegExp(`(?:^|\\s)${escapeRe(column.label)}(?=\\s|$)`, "i").exec(line);
    if (at) found.push({ column, at: at.index });
    else if (required.includes(column.label)) return undefined;
  }
  found.sort((a, b) => a.at - b.at);
  const source = found.map(({ column }, index) => cellSource(column, index, index === found.length - 1)).join("");
  const re = new RegExp(`^\\s*${source}\\s*$`);
  return (row) => {
    const cells = re.exec(row);
    if (!cells) return undefined;
    const out = new Map<string, string>();
    found.forEach(({ column }, index) => {
      const cell = cells[index + 1]?.trim();
      if (cell) out.set(column.field, cell);
    });
    return out;
  };
}

/** A cell with the blanks before it; an empty cell leaves out both. */
function cellSource({ cell, optional }: Column, index: number, last: boolean): string {
  const gap = index === 0 ? "" : "\\s+";
  if (!optional) return `${gap}(${cell})`;
  return last ? `(?:${gap}(${cell}))?` : `(?:${gap}(${cell}))??`;
}
