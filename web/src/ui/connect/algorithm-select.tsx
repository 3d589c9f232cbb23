import type { DeviceRecord } from "#bridge/types.ts";
import { SelectField } from "../primitives/field.tsx";

export type AlgorithmSet = DeviceRecord["algorithms"];

const SETS: readonly { value: AlgorithmSet; label: string }[] = [
  { value: "modern", label: "Default" },
  { value: "compatible", label: "Legacy 1: also SHA-1 (older devices)" },
  { value: "legacy", label: "Legacy 2: also CBC, DSA, group 1 (very old devices)" },
];

type AlgorithmSelectProps = {
  label: string;
  hint?: string;
  value: AlgorithmSet;
  onChange: (set: AlgorithmSet) => void;
};

/** The algorithm set of one host: the device, or a jump host on the way to it [S61]. */
export function AlgorithmSelect({ label, hint, value, onChange }: AlgorithmSelectProps) {
  return (
    <SelectField
      choices={SETS}
      label={label}
      onChange={onChange}
      value={value}
      {...(hint === undefined ? {} : { hint })}
    />
  );
}
