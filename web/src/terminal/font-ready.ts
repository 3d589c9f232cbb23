/** The bundled face with box drawing; a terminal measured before it is there would have wrong cells [U36]. */
const TERMINAL_FONT = '"IBM Plex Mono"';
export const TERMINAL_FONT_STACK = `${TERMINAL_FONT}, ui-monospace, "DejaVu Sans Mono", monospace`;
/** Longest wait for it [U36]. */
const FONT_WAIT_MS = 1_000;

/** Resolves when the face is there in both weights, or after a second; true when it came in time. */
export async function fontReady(fonts: FontFaceSet, sizePx: number): Promise<boolean> {
  const wanted = Promise.all([
    fonts.load(`${sizePx}px ${TERMINAL_FONT}`),
    fonts.load(`600 ${sizePx}px ${TERMINAL_FONT}`),
  ])
    .then((faces) => faces.flat().length > 0)
    .catch(() => false);
  const late = new Promise<boolean>((done) => setTimeout(() => done(false), FONT_WAIT_MS));
  return Promise.race([wanted, late]);
}
