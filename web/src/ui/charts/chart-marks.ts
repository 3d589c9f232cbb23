import type uPlot from "uplot";

/** Dashes by line: none is told apart by its hue alone [U75]. */
export const DASHES: readonly (number[] | undefined)[] = [undefined, [8, 5], [2, 4]];
/** Distance of two marks on a line, CSS pixels. */
const MARK_EVERY_PX = 64;
const MARK_PX = 4;

/** `#rrggbb` with an opacity. */
export const withAlpha = (colour: string, alpha: number): string =>
  `${colour}${Math.round(alpha * 255)
    .toString(16)
    .padStart(2, "0")}`;

const two = (value: number): string => String(value).padStart(2, "0");
const DAY_MS = 86_400_000;

/** Time beside the x axis: the clock, with the day where the axis spans several. */
export function clockTick(at: number, lengthMs: number): string {
  const time = new Date(at);
  const clock = `${two(time.getHours())}:${two(time.getMinutes())}`;
  return lengthMs > 2 * DAY_MS ? `${time.getMonth() + 1}-${two(time.getDate())} ${clock}` : clock;
}

/** The shape of a line's mark: disc, square, triangle. */
export function markPath(line: number, x: number, y: number, size: number): Path2D {
  const path = new Path2D();
  if (line % 3 === 0) path.arc(x, y, size, 0, 2 * Math.PI);
  else if (line % 3 === 1) path.rect(x - size, y - size, 2 * size, 2 * size);
  else {
    path.moveTo(x, y - size);
    path.lineTo(x + size, y + size);
    path.lineTo(x - size, y + size);
    path.closePath();
  }
  return path;
}

/** Marks along a line, so far apart that the line stays one. */
export function drawMarkers(plot: uPlot, series: number, line: number, colour: string, behind: string): void {
  const { ctx } = plot;
  const ratio = devicePixelRatio;
  const [times, values] = [plot.data[0], plot.data[series]];
  if (times === undefined || values === undefined) return;
  // The lines' marks stand beside one another where their values are equal.
  let next = plot.bbox.left + (line % 3) * 0.5 * MARK_EVERY_PX * ratio;
  for (let index = 0; index < times.length; index++) {
    const [time, value] = [times[index], values[index]];
    if (time === undefined || typeof value !== "number") continue;
    const x = plot.valToPos(time, "x", true);
    if (x < next) continue;
    next = x + MARK_EVERY_PX * ratio;
    const path = markPath(line, x, plot.valToPos(value, "y", true), MARK_PX * ratio);
    ctx.save();
    ctx.fillStyle = line % 3 === 0 ? colour : behind;
    ctx.strokeStyle = colour;
    ctx.lineWidth = 1.5 * ratio;
    ctx.fill(path);
    ctx.stroke(path);
    ctx.restore();
  }
}
