import type { Colour } from "./theme.ts";

/** Channels 0..1. */
export type Rgb = readonly [r: number, g: number, b: number];

/** Reads `#rrggbb`; undefined for anything else, so that a theme that was not made here can be judged [U78]. */
export function parseColour(text: string): Rgb | undefined {
  const match = /^#([0-9a-f]{2})([0-9a-f]{2})([0-9a-f]{2})$/i.exec(text);
  if (!match) return undefined;
  const channel = (index: number) => Number.parseInt(match[index] ?? "0", 16) / 255;
  return [channel(1), channel(2), channel(3)];
}

/** Removes the sRGB transfer curve (IEC 61966-2-1). */
function linear(channel: number): number {
  return channel <= 0.04045 ? channel / 12.92 : ((channel + 0.055) / 1.055) ** 2.4;
}

/** Relative luminance 0..1 (WCAG 2.2, "relative luminance"). */
function luminance(rgb: Rgb): number {
  return 0.2126 * linear(rgb[0]) + 0.7152 * linear(rgb[1]) + 0.0722 * linear(rgb[2]);
}

/** Contrast ratio 1..21 of two colours (WCAG 2.2, "contrast ratio"); 0 when one of them is no colour. */
export function contrastRatio(a: Colour, b: Colour): number {
  const first = parseColour(a);
  const second = parseColour(b);
  if (!first || !second) return 0;
  const [low, high] = [luminance(first), luminance(second)].sort((x, y) => x - y) as [number, number];
  return (high + 0.05) / (low + 0.05);
}

/** Kinds of sight that state colours are checked for [U75]; `achromat` also stands for a single-hue display. */
export type Sight = "normal" | "protan" | "deutan" | "tritan" | "achromat";

/** Full dichromacy in linear RGB (Machado, Oliveira, Fernandes 2009, severity 1.0); rows per output channel. */
const SIGHT_MATRICES: Readonly<Record<Sight, readonly number[]>> = {
  normal: [1, 0, 0, 0, 1, 0, 0, 0, 1],
  protan: [0.152286, 1.052583, -0.204868, 0.114503, 0.786281, 0.099216, -0.003882, -0.048116, 1.051998],
  deutan: [0.367322, 0.860646, -0.227968, 0.280085, 0.672501, 0.047413, -0.01182, 0.04294, 0.968881],
  tritan: [1.255528, -0.076749, -0.178779, -0.078411, 0.930809, 0.147602, 0.004733, 0.691367, 0.3039],
  achromat: [0.2126, 0.7152, 0.0722, 0.2126, 0.7152, 0.0722, 0.2126, 0.7152, 0.0722],
};

/** OKLab coordinates of a colour as the given sight sees it (Ottosson 2020). */
function perceived(rgb: Rgb, sight: Sight): Rgb {
  const source = [linear(rgb[0]), linear(rgb[1]), linear(rgb[2])] as const;
  const m = SIGHT_MATRICES[sight];
  const mix = (row: number) =>
    Math.max(0, (m[row] ?? 0) * source[0] + (m[row + 1] ?? 0) * source[1] + (m[row + 2] ?? 0) * source[2]);
  const [r, g, b] = [mix(0), mix(3), mix(6)];
  const l = Math.cbrt(0.4122214708 * r + 0.5363325363 * g + 0.0514459929 * b);
  const c = Math.cbrt(0.2119034982 * r + 0.6806995451 * g + 0.1073969566 * b);
  const s = Math.cbrt(0.0883024619 * r + 0.2817188376 * g + 0.6299787005 * b);
  return [
    0.2104542553 * l + 0.793617785 * c - 0.0040720468 * s,
    1.9779984951 * l - 2.428592205 * c + 0.4505937099 * s,
    0.0259040371 * l + 0.7827717662 * c - 0.808675766 * s,
  ];
}

/** Distance of two colours as seen with the given sight, in OKLab units (black to white is 1); 0 for no colour. */
export function distance(a: Colour, b: Colour, sight: Sight): number {
  const first = parseColour(a);
  const second = parseColour(b);
  if (!first || !second) return 0;
  const [p, q] = [perceived(first, sight), perceived(second, sight)];
  return Math.hypot(p[0] - q[0], p[1] - q[1], p[2] - q[2]);
}
