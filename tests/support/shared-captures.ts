import { existsSync, readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";

const ROOT = fileURLToPath(new URL("../../../shared/captures/", import.meta.url));

/** One CLI answer of the community's test data, with the records that it should give. */
export type TextCapture = {
  id: string;
  platform: string;
  command: string;
  panels: string[];
  raw: string;
  expected: Record<string, unknown>[];
};
/** Raw answers and the normalised result of another project. */
export type NormalisedCapture = {
  os: string;
  getter: string;
  case: string;
  files: Record<string, string>;
  expected: unknown;
};

/** True when the shared captures lie beside the project; they are read in place and never copied. */
export const haveCaptures = existsSync(ROOT);

/** Says once why tests are skipped; with `RACKSIDE_REQUIRE=all` a missing folder is a failure. */
export function captureSkipReason(): string | undefined {
  if (haveCaptures) return undefined;
  const line = "skipped: shared captures are not at ../shared/captures";
  if (process.env.RACKSIDE_REQUIRE === "all") throw new Error(line);
  return line;
}

function lines<T>(path: string): T[] {
  const file = `${ROOT}${path}`;
  if (!existsSync(file)) return [];
  return readFileSync(file, "utf8")
    .split("\n")
    .filter((line) => line !== "")
    .map((line) => JSON.parse(line) as T);
}

/** CLI answers of one platform. */
export const textCaptures = (platform: string): TextCapture[] => lines<TextCapture>(`text/${platform}.jsonl`);
/** Normalised cases of one operating system. */
export const normalisedCaptures = (os: string): NormalisedCapture[] =>
  lines<NormalisedCapture>(`normalised/${os}.jsonl`);
