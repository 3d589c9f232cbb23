import { Icon } from "../primitives/icon.tsx";
import { escapeDeviceText } from "../text/escape-device-text.ts";
import { stateLook } from "./state-words.ts";

/** A state of the closed vocabularies as shape and word [U75]. */
export function StateMark({ word }: { word: string }) {
  const { icon, tone } = stateLook(word);
  return (
    <span className="rs-state" data-tone={tone}>
      <Icon name={icon} size={16} />
      <span>{escapeDeviceText(word.replaceAll("_", " "), 40)}</span>
    </span>
  );
}
