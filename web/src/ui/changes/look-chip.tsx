import { Chip } from "../primitives/chip.tsx";
import type { Look } from "./change-words.ts";

/** A look as shape and word. */
export function LookChip({ look }: { look: Look }) {
  return (
    <Chip filled={look.filled === true} icon={look.icon} plain tone={look.tone}>
      {look.word}
    </Chip>
  );
}
