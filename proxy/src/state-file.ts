import { readFile } from "node:fs/promises";
import * as v from "valibot";
import { StartupError } from "./startup-error.ts";

/** Line of a character offset, from 1. */
export function lineOf(text: string, offset: number): number {
  return text.slice(0, offset).split("\n").length;
}

/** Parses JSON; a syntax error is told with file and line. */
export function parseJson(text: string, path: string): unknown {
  try {
    return JSON.parse(text);
  } catch (error) {
    const message = error instanceof Error ? error.message : "";
    const at = /position (\d+)/.exec(message)?.[1];
    const line = at === undefined ? lineOf(text, text.length) : lineOf(text, Number(at));
    throw new StartupError(`${path}, line ${line}: not valid JSON (${message.slice(0, 120)})`);
  }
}

/** `a.b[2].c` of a schema issue. */
export function fieldOf(issue: v.BaseIssue<unknown>): string {
  const keys = issue.path?.map((item) => item.key) ?? [];
  return keys.reduce<string>(
    (text, key) => (typeof key === "number" ? `${text}[${key}]` : text === "" ? String(key) : `${text}.${String(key)}`),
    "",
  );
}

/**
 * Reads a state file of the proxy; undefined when there is none. A damaged one stops the start and is left untouched:
 * guessing at it would lose what someone stored.
 */
export async function readStateFile<S extends v.GenericSchema>(
  path: string,
  schema: S,
): Promise<v.InferOutput<S> | undefined> {
  let text: string;
  try {
    text = await readFile(path, "utf8");
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ENOENT") return undefined;
    throw new StartupError(`${path}: cannot be read (${(error as NodeJS.ErrnoException).code ?? "unknown"})`);
  }
  const parsed = v.safeParse(schema, parseJson(text, path));
  if (parsed.success) return parsed.output;
  const [issue] = parsed.issues;
  const key = issue.path?.at(-1)?.key;
  const found = typeof key === "string" ? text.indexOf(`"${key}"`) : -1;
  const line = found < 0 ? 1 : lineOf(text, found);
  throw new StartupError(`${path}, line ${line}: ${fieldOf(issue) || "content"}: ${issue.message}`);
}
