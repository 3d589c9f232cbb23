import { useEffect, useRef } from "react";
import { bridge } from "#bridge/app-bridge.ts";
import { KeyRepeat, REPEAT_MAX_UNACKED_BYTES } from "#terminal/key-repeat.ts";
import type { ModifierState } from "#terminal/sticky-modifiers.ts";

/** Whether a held key may go on: a live session that keeps up [U19]. */
function mayRepeat(device: string): boolean {
  const view = bridge.view(`device:${device}`).getSnapshot()?.ssh1;
  return view === undefined || (view.phase === "live" && view.unacked_bytes <= REPEAT_MAX_UNACKED_BYTES);
}

type BarKeyProps = {
  device: string;
  face: string;
  label: string;
  wide?: boolean | undefined;
  repeats: boolean;
  state?: ModifierState;
  onPress: () => void;
};

/** A key of the bar: acts on touch, keeps the focus where it is, repeats while held [U19] [U20]. */
export function BarKeyButton({ device, face, label, wide, repeats, state, onPress }: BarKeyProps) {
  const repeat = useRef<KeyRepeat>(undefined);
  repeat.current ??= new KeyRepeat({
    schedule(ms, run) {
      const timer = setTimeout(run, ms);
      return () => clearTimeout(timer);
    },
    mayRepeat: () => mayRepeat(device),
  });
  useEffect(() => () => repeat.current?.release(), []);
  const release = () => repeat.current?.release();
  const glyph = state === "locked" ? "⇩" : state === "once" ? "•" : "";
  return (
    <button
      aria-label={state === "locked" ? `${label}, locked` : label}
      aria-pressed={state === undefined ? undefined : state !== "off"}
      className="rs-key"
      data-state={state}
      data-wide={wide || undefined}
      // A press by the keyboard or a screen reader has no pointer before it.
      onClick={(event) => {
        if (event.detail === 0) onPress();
      }}
      onContextMenu={(event) => event.preventDefault()}
      onMouseDown={(event) => event.preventDefault()}
      onPointerCancel={release}
      onPointerDown={(event) => {
        event.preventDefault();
        if (event.button === 0) repeat.current?.hold(onPress, repeats);
      }}
      onPointerLeave={release}
      onPointerUp={release}
      tabIndex={-1}
      type="button"
    >
      {face}
      {state === undefined ? null : (
        <span aria-hidden="true" className="rs-key-glyph">
          {glyph}
        </span>
      )}
    </button>
  );
}
