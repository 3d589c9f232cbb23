import type { Desk, DeskContext } from "./desk.ts";

/** Every desk there is; loaded apart, so that the first screen does not wait for them. */
export function openDesks(_context: DeskContext): readonly Desk[] {
  return [];
}
