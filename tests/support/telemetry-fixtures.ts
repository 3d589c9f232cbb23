import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join, relative } from "node:path";
import { fileURLToPath } from "node:url";
import type { ParseContext, ParseResult } from "#telemetry/parsers/result.ts";
import { packs } from "#telemetry/platforms/packs.ts";
import { parsers } from "#telemetry/platforms/parsers.ts";
import { normalise } from "#telemetry/transcript/normaliser.ts";

const ROOT = fileURLToPath(new URL("../fixtures/telemetry/", import.meta.url));

/** What a fixture says about itself. `own`: recorded by the project; `written`: made up in the form of the platform. */
export type FixtureMeta = {
  platform: "frr" | "linux" | "cisco_ios";
  command: string;
  params?: Record<string, string>;
  parser: string;
  exit: number | null;
  stderr: string;
  source: "own" | "written";
};

/** One recorded or written answer. */
export type Fixture = { name: string; dir: string; meta: FixtureMeta; text: string };

function dirs(root: string): string[] {
  if (existsSync(join(root, "meta.json"))) return [root];
  return readdirSync(root, { withFileTypes: true }).flatMap((entry) =>
    entry.isDirectory() ? dirs(join(root, entry.name)) : [],
  );
}

/** Every fixture of telemetry, in a fixed order. */
export function fixtures(): Fixture[] {
  return dirs(ROOT)
    .toSorted()
    .map((dir) => {
      const meta = JSON.parse(readFileSync(join(dir, "meta.json"), "utf8")) as FixtureMeta;
      const { lines } = normalise(new Uint8Array(readFileSync(join(dir, "capture.bin"))));
      return { name: relative(ROOT, dir), dir, meta, text: lines.map((line) => `${line}\n`).join("") };
    });
}

/** What parsers of a platform may know. */
export function contextOf(platform: FixtureMeta["platform"], params: Record<string, string> = {}): ParseContext {
  return { prefixes: packs[platform].interfaces.prefixes, params: new Map(Object.entries(params)) };
}

/** Parses a text as a fixture's command would be. */
export function parseAs(meta: Pick<FixtureMeta, "platform" | "parser" | "params">, text: string): ParseResult {
  const parser = parsers.get(meta.parser);
  if (!parser) throw new Error(`no parser ${meta.parser}`);
  return parser.parse(text, contextOf(meta.platform, meta.params));
}

/** JSON with bigints as decimal text, keys as they come. */
export function toJson(value: unknown): string {
  return `${JSON.stringify(value, (_key, inner: unknown) => (typeof inner === "bigint" ? inner.toString() : inner), 2)}\n`;
}
