import type { SignalLevel } from "./signal-levels.ts";

/** Pitches in Hz one after the other, each for {@link TONE_S}. */
const TONES: Record<SignalLevel, readonly number[]> = {
  critical: [880, 660, 880],
  asks: [660, 880],
  warning: [660],
  change: [523],
};
const TONE_S = 0.14;
const GAP_S = 0.05;
/** Loud enough beside fans, without clipping; the tablet's own volume does the rest. */
const GAIN = 0.3;
/** Rise and fall of a tone, seconds: a hard edge clicks. */
const EDGE_S = 0.012;

let context: AudioContext | undefined;

/**
 * Browsers let a page sound only after a touch; the first one after a start wakes the device. Call while sound is wanted;
 * the answer ends it.
 */
export function wakeSoundOnTouch(page: Pick<Document, "addEventListener" | "removeEventListener">): () => void {
  const wake = (): void => {
    context ??= make();
    void context?.resume().catch(() => undefined);
  };
  page.addEventListener("pointerdown", wake);
  page.addEventListener("keydown", wake);
  return () => {
    page.removeEventListener("pointerdown", wake);
    page.removeEventListener("keydown", wake);
  };
}

function make(): AudioContext | undefined {
  try {
    return new AudioContext();
  } catch {
    // No sound device, or none for pages.
    return undefined;
  }
}

export const canSound = (): boolean => "AudioContext" in globalThis;

/** Plays the tones of a level; nothing when the browser does not let the page sound yet: a late tone would mislead. */
export function playTones(level: SignalLevel): void {
  context ??= make();
  if (context?.state !== "running") return;
  for (const [index, pitch] of TONES[level].entries()) {
    const from = context.currentTime + index * (TONE_S + GAP_S);
    const oscillator = new OscillatorNode(context, { type: "triangle", frequency: pitch });
    const gain = new GainNode(context, { gain: 0 });
    gain.gain.setValueAtTime(0, from);
    gain.gain.linearRampToValueAtTime(GAIN, from + EDGE_S);
    gain.gain.setValueAtTime(GAIN, from + TONE_S - EDGE_S);
    gain.gain.linearRampToValueAtTime(0, from + TONE_S);
    oscillator.connect(gain).connect(context.destination);
    oscillator.start(from);
    oscillator.stop(from + TONE_S);
  }
}

/** A touch of the switch itself: wakes the sound and lets the person hear it. */
export async function trySound(): Promise<boolean> {
  context ??= make();
  if (context === undefined) return false;
  await context.resume().catch(() => undefined);
  playTones("critical");
  return context.state === "running";
}
