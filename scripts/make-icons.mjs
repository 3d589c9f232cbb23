// Draws the app's icons into web/public, without network or other programs: `node scripts/make-icons.mjs`.
// The mark is three units of a rack, the middle one a prompt; the same shapes as in web/src/ui/status/brand.tsx.
import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { crc32, deflateSync } from "node:zlib";

const OUT = join(import.meta.dirname, "../web/public");
const BACKGROUND = [14, 17, 22];
const FRAME = [139, 148, 158];
const ACCENT = [255, 176, 46];
/** Samples per pixel and direction: smooth edges without a graphics library. */
const SAMPLES = 4;

/** Distance from point to segment, in units of the 32 by 32 drawing. */
function toSegment(x, y, [ax, ay, bx, by]) {
  const [dx, dy] = [bx - ax, by - ay];
  const t = Math.max(0, Math.min(1, ((x - ax) * dx + (y - ay) * dy) / (dx * dx + dy * dy)));
  return Math.hypot(x - ax - t * dx, y - ay - t * dy);
}

/** Distance from point to the edge of a rounded square with its middle at 16, 16. */
function toRoundedSquare(x, y, half, radius) {
  const [qx, qy] = [Math.abs(x - 16) - half + radius, Math.abs(y - 16) - half + radius];
  return Math.hypot(Math.max(qx, 0), Math.max(qy, 0)) + Math.min(Math.max(qx, qy), 0) - radius;
}

/** Lines of the mark: segment, width, colour, opacity. */
const LINES = [
  { segment: [8, 9, 24, 9], width: 2.5, ink: FRAME, alpha: 0.75 },
  { segment: [8, 14.5, 12, 17.5], width: 2.5, ink: ACCENT, alpha: 1 },
  { segment: [12, 17.5, 8, 20.5], width: 2.5, ink: ACCENT, alpha: 1 },
  { segment: [15.5, 20.5, 24, 20.5], width: 2.5, ink: ACCENT, alpha: 1 },
  { segment: [8, 25, 18, 25], width: 2, ink: FRAME, alpha: 0.75 },
];

const over = (below, colour, alpha) => below.map((part, index) => part + (colour[index] - part) * alpha);

/** Colour and opacity at a point of the drawing. `plate`: rounded square behind the mark, or the whole square. */
function sample(x, y, { plate, scale }) {
  const inside = plate === "full" || toRoundedSquare(x, y, 16, 7) <= 0;
  if (!inside) return [0, 0, 0, 0];
  const [mx, my] = [(x - 16) / scale + 16, (y - 16) / scale + 16];
  let colour = BACKGROUND;
  if (Math.abs(toRoundedSquare(mx, my, 13.5, 5)) <= 1) colour = over(colour, FRAME, 0.75);
  for (const { segment, width, ink, alpha } of LINES) {
    if (toSegment(mx, my, segment) <= width / 2) colour = over(colour, ink, alpha);
  }
  return [...colour, 255];
}

/** Pixels of a square image, RGBA. */
function draw(size, look) {
  const pixels = Buffer.alloc(size * size * 4);
  for (let py = 0; py < size; py += 1) {
    for (let px = 0; px < size; px += 1) {
      const sum = [0, 0, 0, 0];
      for (let step = 0; step < SAMPLES * SAMPLES; step += 1) {
        const x = ((px + ((step % SAMPLES) + 0.5) / SAMPLES) * 32) / size;
        const y = ((py + (Math.floor(step / SAMPLES) + 0.5) / SAMPLES) * 32) / size;
        const [r, g, b, a] = sample(x, y, look);
        sum[0] += r * a;
        sum[1] += g * a;
        sum[2] += b * a;
        sum[3] += a;
      }
      const alpha = sum[3];
      const at = (py * size + px) * 4;
      for (let part = 0; part < 3; part += 1) pixels[at + part] = alpha === 0 ? 0 : Math.round(sum[part] / alpha);
      pixels[at + 3] = Math.round(alpha / (SAMPLES * SAMPLES));
    }
  }
  return pixels;
}

function chunk(type, body) {
  const data = Buffer.concat([Buffer.from(type, "latin1"), body]);
  const size = Buffer.alloc(4);
  size.writeUInt32BE(body.length);
  const sum = Buffer.alloc(4);
  sum.writeUInt32BE(crc32(data));
  return Buffer.concat([size, data, sum]);
}

/** RGBA pixels as a PNG file. */
function png(size, pixels) {
  const head = Buffer.alloc(13);
  head.writeUInt32BE(size, 0);
  head.writeUInt32BE(size, 4);
  head.set([8, 6, 0, 0, 0], 8);
  const rows = Buffer.alloc(size * (size * 4 + 1));
  for (let y = 0; y < size; y += 1) pixels.copy(rows, y * (size * 4 + 1) + 1, y * size * 4, (y + 1) * size * 4);
  return Buffer.concat([
    Buffer.from([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a]),
    chunk("IHDR", head),
    chunk("IDAT", deflateSync(rows, { level: 9 })),
    chunk("IEND", Buffer.alloc(0)),
  ]);
}

const hex = (colour) => `#${colour.map((part) => part.toString(16).padStart(2, "0")).join("")}`;

function svg() {
  const lines = LINES.map(({ segment: [x1, y1, x2, y2], width, ink, alpha }) => {
    const line = `M${x1} ${y1} ${x2} ${y2}`;
    return `<path d="${line}" stroke="${hex(ink)}" stroke-opacity="${alpha}" stroke-width="${width}"/>`;
  }).join("");
  return `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 32 32" fill="none" stroke-linecap="round"><rect width="32" height="32" rx="7" fill="${hex(BACKGROUND)}"/><g transform="translate(16 16) scale(.86) translate(-16 -16)"><rect x="2.5" y="2.5" width="27" height="27" rx="5" stroke="${hex(FRAME)}" stroke-opacity=".75" stroke-width="2"/>${lines}</g></svg>\n`;
}

mkdirSync(OUT, { recursive: true });
const icons = [
  ["icon-180.png", 180, { plate: "full", scale: 0.86 }],
  ["icon-192.png", 192, { plate: "rounded", scale: 0.86 }],
  ["icon-512.png", 512, { plate: "rounded", scale: 0.86 }],
  // Android cuts a maskable icon to a circle: the mark stays within the inner four fifths.
  ["icon-maskable-512.png", 512, { plate: "full", scale: 0.62 }],
];
for (const [name, size, look] of icons) writeFileSync(join(OUT, name), png(size, draw(size, look)));
writeFileSync(join(OUT, "icon.svg"), svg());
console.log(`${icons.length + 1} icons written to web/public`);
