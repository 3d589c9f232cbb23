import type { IncomingMessage } from "node:http";
import { parseGuarded } from "#protocol/guarded-json.ts";
import { HTTP_BODY_MAX_BYTES, MAX_CONTROL_DEPTH } from "#protocol/limits.ts";

export type Body = { ok: true; value: unknown } | { ok: false; status: 400 | 413 | 415 };

/** Reads a JSON body of at most so many bytes, by the guards of control frames. */
export async function readJsonBody(req: IncomingMessage, maxBytes = HTTP_BODY_MAX_BYTES): Promise<Body> {
  if (!/^application\/json\b/.test(req.headers["content-type"] ?? "")) return { ok: false, status: 415 };
  if (Number(req.headers["content-length"] ?? 0) > maxBytes) return { ok: false, status: 413 };
  const chunks: Buffer[] = [];
  let bytes = 0;
  try {
    for await (const chunk of req as AsyncIterable<Buffer>) {
      bytes += chunk.length;
      if (bytes > maxBytes) return { ok: false, status: 413 };
      chunks.push(chunk);
    }
  } catch {
    return { ok: false, status: 400 };
  }
  const json = parseGuarded(Buffer.concat(chunks).toString("utf8"), MAX_CONTROL_DEPTH);
  return json.ok ? { ok: true, value: json.value } : { ok: false, status: 400 };
}
