import type { DeviceRecord } from "#bridge/types.ts";
import { Chip } from "../primitives/chip.tsx";

const WORDS: Readonly<Record<DeviceRecord["algorithms"], string | undefined>> = {
  modern: undefined,
  compatible: "Legacy 1",
  legacy: "Legacy 2",
};

/** A device that may use older, weaker algorithms wears this as long as it may [S61]. */
export function LegacyMark({ record }: { record: DeviceRecord | undefined }) {
  const word = WORDS[record?.algorithms ?? "modern"];
  if (word === undefined) return null;
  return (
    <Chip icon="shield_alert" plain tone="warn">
      {word}
    </Chip>
  );
}
