/** A JSON value with exact integers; objects are maps, so that no key can ever reach a prototype [T8] [T14]. */
export type JsonValue = null | boolean | string | number | bigint | JsonValue[] | JsonObject;
/** A JSON object in the order of its keys. */
export type JsonObject = Map<string, JsonValue>;

/** What was found in a device's answer: every document, and the text around them. */
export type JsonReading = {
  documents: JsonValue[];
  before: string;
  after: string;
  /** False when the text ended inside a document; nothing of it may be used [T67]. */
  complete: boolean;
  notes: string[];
};

/** Nesting beyond this is refused: no device prints it, and recursion must stay bounded. */
const MAX_DEPTH = 64;
/** The largest integer text that every `number` of its length holds exactly. */
const SAFE_DIGITS = 15;

class Malformed extends Error {}
class Unfinished extends Error {}

const NUMBER = /^-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?$/;
const NUMBER_CHARS = /[-+.\deE]+/y;
const PLAIN_STRING = /[^"\\\u0000-\u001f]*/y;
const ESCAPES: Record<string, string> = { '"': '"', "\\": "\\", "/": "/", b: "\b", f: "\f", n: "\n", r: "\r", t: "\t" };

class Reader {
  pos: number;
  duplicates = 0;
  private readonly text: string;

  constructor(text: string, pos: number) {
    this.text = text;
    this.pos = pos;
  }

  skipBlanks(): void {
    for (;;) {
      const c = this.text.charCodeAt(this.pos);
      if (c !== 32 && c !== 10 && c !== 13 && c !== 9) return;
      this.pos++;
    }
  }

  value(depth: number): JsonValue {
    if (depth > MAX_DEPTH) throw new Malformed("depth");
    this.skipBlanks();
    const c = this.text[this.pos];
    if (c === undefined) throw new Unfinished();
    if (c === "{") return this.object(depth);
    if (c === "[") return this.array(depth);
    if (c === '"') return this.string();
    if (c === "t") return this.word("true", true);
    if (c === "f") return this.word("false", false);
    if (c === "n") return this.word("null", null);
    return this.number();
  }

  private word<V extends JsonValue>(word: string, value: V): V {
    const found = this.text.slice(this.pos, this.pos + word.length);
    if (found !== word)
      throw this.pos + found.length >= this.text.length && word.startsWith(found)
        ? new Unfinished()
        : new Malformed("word");
    this.pos += word.length;
    return value;
  }

  private number(): number | bigint {
    NUMBER_CHARS.lastIndex = this.pos;
    const found = NUMBER_CHARS.exec(this.text)?.[0];
    if (found === undefined) throw new Malformed("value");
    this.pos += found.length;
    if (this.pos >= this.text.length) throw new Unfinished();
    if (!NUMBER.test(found)) throw new Malformed("number");
    if (/[.eE]/.test(found)) return Number(found);
    return found.length > SAFE_DIGITS ? BigInt(found) : Number(found);
  }

  private string(): string {
    let out = "";
    this.pos++;
    for (;;) {
      PLAIN_STRING.lastIndex = this.pos;
      const plain = PLAIN_STRING.exec(this.text)?.[0] ?? "";
      out += plain;
      this.pos += plain.length;
      const c = this.text[this.pos];
      if (c === undefined) throw new Unfinished();
      this.pos++;
      if (c === '"') return out;
      // Some firmware prints raw tabs or line ends inside strings; they are kept.
      out += c === "\\" ? this.escape() : c;
    }
  }

  private escape(): string {
    const c = this.text[this.pos];
    if (c === undefined) throw new Unfinished();
    this.pos++;
    if (c === "u") {
      const hex = this.text.slice(this.pos, this.pos + 4);
      if (hex.length < 4) throw new Unfinished();
      if (!/^[0-9a-fA-F]{4}$/.test(hex)) throw new Malformed("escape");
      this.pos += 4;
      return String.fromCharCode(Number.parseInt(hex, 16));
    }
    const known = ESCAPES[c];
    if (known === undefined) throw new Malformed("escape");
    return known;
  }

  private array(depth: number): JsonValue[] {
    const out: JsonValue[] = [];
    this.pos++;
    this.skipBlanks();
    if (this.text[this.pos] === "]") {
      this.pos++;
      return out;
    }
    for (;;) {
      out.push(this.value(depth + 1));
      if (this.separator("]")) return out;
    }
  }

  private object(depth: number): JsonObject {
    const out: JsonObject = new Map();
    const lists = new Set<string>();
    this.pos++;
    this.skipBlanks();
    if (this.text[this.pos] === "}") {
      this.pos++;
      return out;
    }
    for (;;) {
      this.skipBlanks();
      const c = this.text[this.pos];
      if (c === undefined) throw new Unfinished();
      if (c !== '"') throw new Malformed("key");
      const key = this.string();
      this.skipBlanks();
      const colon = this.text[this.pos];
      if (colon === undefined) throw new Unfinished();
      if (colon !== ":") throw new Malformed("colon");
      this.pos++;
      this.put(out, lists, key, this.value(depth + 1));
      if (this.separator("}")) return out;
    }
  }

  /** A repeated key keeps every value as a list. */
  private put(out: JsonObject, lists: Set<string>, key: string, value: JsonValue): void {
    const had = out.get(key);
    if (had === undefined) out.set(key, value);
    else if (lists.has(key) && Array.isArray(had)) had.push(value);
    else {
      out.set(key, [had, value]);
      lists.add(key);
      this.duplicates++;
    }
  }

  private separator(close: string): boolean {
    this.skipBlanks();
    const c = this.text[this.pos];
    if (c === undefined) throw new Unfinished();
    this.pos++;
    if (c === close) return true;
    if (c !== ",") throw new Malformed("separator");
    return false;
  }
}

/**
 * Finds and reads every JSON document in a device's answer [T67]: the first `{` or `[` at a line start, by balance, with
 * exact integers. Never throws; a text that ends inside a document is `complete: false` and yields no documents.
 */
export function readJson(text: string): JsonReading {
  const notes: string[] = [];
  const starts = /^[ \t]*[[{]/gm;
  for (let found = starts.exec(text); found; found = starts.exec(text)) {
    const start = starts.lastIndex - 1;
    const reader = new Reader(text, start);
    const documents: JsonValue[] = [];
    try {
      do {
        documents.push(reader.value(1));
        reader.skipBlanks();
      } while (text[reader.pos] === "{" || text[reader.pos] === "[");
      if (reader.duplicates > 0) notes.push("duplicate_keys");
      return { documents, before: text.slice(0, start), after: text.slice(reader.pos), complete: true, notes };
    } catch (error) {
      if (error instanceof Unfinished) {
        return { documents: [], before: text.slice(0, start), after: "", complete: false, notes };
      }
      if (!(error instanceof Malformed)) throw error;
      notes.push(`malformed:${error.message}`);
      if (error.message === "depth" || notes.length > 16) break;
    }
  }
  return { documents: [], before: text, after: "", complete: true, notes };
}
