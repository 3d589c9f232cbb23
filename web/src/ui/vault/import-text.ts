import type { VaultImportReport } from "#bridge/types.ts";

/** What became of the file's entries, all of them. */
export function importText(report: VaultImportReport): string {
  const { imported, replaced, kept, unreadable, left_out } = report;
  const parts = [
    `${imported} imported${replaced === 0 ? "" : `, of which ${replaced} replaced an older one`}`,
    ...(kept === 0 ? [] : [`${kept} left as the vault has them, which is as new or newer`]),
    ...(unreadable === 0 ? [] : [`${unreadable} damaged and left out`]),
    ...(left_out === 0 ? [] : [`${left_out} left out: the vault is full, or was locked meanwhile`]),
  ];
  return `${parts.join("; ")}.`;
}
