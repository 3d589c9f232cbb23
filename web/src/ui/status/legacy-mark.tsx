import type { DeviceRecord } from "#bridge/types.ts";
import { Chip } from "../primitives/chip.tsx";

const WORDS: Readonly<Record<DeviceRecord["algorithms"], string | undefined>> = {
  modern: undefined,
  compatible: "Legacy 1",
  legacy: "Legacy 2",
};

/** A device, or a jump host before it, that may use older, weaker algorithms wears this as long as it may [S61] [S39]. */
export function LegacyMark({ record }: { record: DeviceRecord | undefined }) {
  if (record === undefined) return null;
  const own = WORDS[record.algorithms];
  const jumps = record.target.via.flatMap(({ algorithms = "modern" }, at) => {
    const word = WORDS[algorithms];
    return word === undefined ? [] : [`${word}, jump host ${at + 1}`];
  });
  return [...(own === undefined ? [] : [own]), ...jumps].map((word) => (
    <Chip icon="shield_alert" key={word} plain tone="warn">
      {word}
    </Chip>
  ));
}
