import type { ErrorPayload, LookupAnswer } from "#bridge/types.ts";
import type { What } from "./lookup-plan.ts";

/** One question and what became of it. */
export type Asked = {
  at: number;
  what: What;
  query: string;
  vrf?: string;
  answers?: readonly LookupAnswer[];
  error?: ErrorPayload;
};

/** Questions kept per device; in memory only, so that they are gone with the page. */
const KEPT = 12;
const byDevice = new Map<string, readonly Asked[]>();

const same = (a: Asked, b: Asked): boolean => a.what === b.what && a.query === b.query && a.vrf === b.vrf;

export const askedBefore = (device: string): readonly Asked[] => byDevice.get(device) ?? [];

/** Newest first; the same question asked again takes the place of the older one. */
export function keepAsked(device: string, asked: Asked): readonly Asked[] {
  const kept = [asked, ...askedBefore(device).filter((one) => !same(one, asked))].slice(0, KEPT);
  byDevice.set(device, kept);
  return kept;
}
