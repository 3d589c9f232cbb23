/** JSON of a peer, held to a nesting limit before it is parsed and to harmless keys after [S26]. */
export type GuardedJson =
  | { ok: true; value: unknown }
  | { ok: false; reason: "bad_json" | "too_deep" | "forbidden_key" };

/** Keys that reach prototypes when such an object is merged or assigned somewhere. */
const FORBIDDEN_KEYS: ReadonlySet<string> = new Set(["__proto__", "constructor", "prototype"]);

const QUOTE = 0x22;
const BACKSLASH = 0x5c;

/** Whether `text` opens more than `max` brackets inside each other; one pass, no allocation, right for invalid JSON too. */
function nestsDeeperThan(text: string, max: number): boolean {
  let depth = 0;
  let inString = false;
  for (let at = 0; at < text.length; at++) {
    const code = text.charCodeAt(at);
    if (inString) {
      if (code === BACKSLASH) at++;
      else if (code === QUOTE) inString = false;
    } else if (code === QUOTE) inString = true;
    else if (code === 0x7b || code === 0x5b) {
      depth++;
      if (depth > max) return true;
    } else if (code === 0x7d || code === 0x5d) depth--;
  }
  return false;
}

/** Parses `text`; never throws. */
export function parseGuarded(text: string, maxDepth: number): GuardedJson {
  if (nestsDeeperThan(text, maxDepth)) return { ok: false, reason: "too_deep" };
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    return { ok: false, reason: "bad_json" };
  }
  return hasForbiddenKey(value) ? { ok: false, reason: "forbidden_key" } : { ok: true, value };
}

/** Depth is bounded by the caller's limit, so recursion is too. */
function hasForbiddenKey(value: unknown): boolean {
  if (typeof value !== "object" || value === null) return false;
  if (Array.isArray(value)) return value.some(hasForbiddenKey);
  return Object.entries(value).some(([key, inner]) => FORBIDDEN_KEYS.has(key) || hasForbiddenKey(inner));
}
