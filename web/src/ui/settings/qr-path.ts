import { encode } from "uqr";

/** Light modules around the code: cameras need them [ISO 18004]. */
const QUIET_MODULES = 4;

/** A QR code as one SVG path in a square of `size` modules: drawn, never markup made of text. */
export function qrPath(text: string): { path: string; size: number } {
  const { data, size } = encode(text, { ecc: "L", border: QUIET_MODULES });
  const path = data.flatMap((row, y) => row.flatMap((dark, x) => (dark ? [`M${x} ${y}h1v1h-1z`] : []))).join("");
  return { path, size };
}
