/** What a typed word may be where the grammar has no keyword. */
export type ParamKind = "interface" | "ip" | "mask" | "number" | "word" | "rest";

/** One place in a command tree. A node with `run` may end a command. */
export type GrammarNode<Handler> = {
  readonly word: string;
  readonly param?: ParamKind;
  readonly help: string;
  readonly children: GrammarNode<Handler>[];
  run?: Handler;
};

/** Turns what was typed for an interface into its full name, or undefined. */
export type InterfaceResolver = (text: string) => string | undefined;

export type ParseResult<Handler> =
  | { kind: "ok"; run: Handler; args: readonly string[]; path: readonly string[] }
  | { kind: "empty" }
  | { kind: "incomplete" }
  | { kind: "ambiguous" }
  /** `column` is the place in the line (0-based) that the caret points at. */
  | { kind: "invalid"; column: number };

type Token = { text: string; at: number };

const PARAMS: Readonly<Record<string, ParamKind>> = {
  "<if>": "interface",
  "<ip>": "ip",
  "<mask>": "mask",
  "<n>": "number",
  "<word>": "word",
  "<rest>": "rest",
};

const PARAM_LABELS: Readonly<Record<ParamKind, string>> = {
  interface: "IFNAME",
  ip: "A.B.C.D",
  mask: "A.B.C.D",
  number: "<0-4294967295>",
  word: "WORD",
  rest: "LINE",
};

/** An empty tree. */
export function emptyGrammar<Handler>(): GrammarNode<Handler> {
  return { word: "", help: "", children: [] };
}

/** Adds a command such as `show ip route <ip>`; `help` gives the text of a path or a last word. */
export function addCommand<Handler>(
  root: GrammarNode<Handler>,
  path: string,
  run: Handler,
  help: Readonly<Record<string, string>>,
): void {
  let node = root;
  const done: string[] = [];
  for (const word of path.split(" ")) {
    done.push(word);
    const param = PARAMS[word];
    let next = node.children.find((child) => (param === undefined ? child.word === word : child.param === param));
    if (next === undefined) {
      const text = help[done.join(" ")] ?? help[word] ?? "";
      next = {
        word: param === undefined ? word : PARAM_LABELS[param],
        ...(param === undefined ? {} : { param }),
        help: text,
        children: [],
      };
      node.children.push(next);
    }
    node = next;
  }
  node.run = run;
}

function tokens(line: string): Token[] {
  return [...line.matchAll(/\S+/gu)].map((match) => ({ text: match[0], at: match.index }));
}

function isIp(text: string): boolean {
  return /^\d{1,3}(?:\.\d{1,3}){3}$/u.test(text) && text.split(".").every((part) => Number(part) <= 255);
}

function matchParam<Handler>(
  node: GrammarNode<Handler>,
  list: readonly Token[],
  index: number,
  line: string,
  resolve: InterfaceResolver,
): { node: GrammarNode<Handler>; value: string; used: number } | undefined {
  const token = list[index];
  if (token === undefined) return undefined;
  for (const child of node.children) {
    switch (child.param) {
      case "interface": {
        const one = resolve(token.text);
        if (one !== undefined) return { node: child, value: one, used: 1 };
        // IOS also takes a blank between the type and the number.
        const following = list[index + 1];
        const two = following === undefined ? undefined : resolve(token.text + following.text);
        if (two !== undefined) return { node: child, value: two, used: 2 };
        break;
      }
      case "ip":
      case "mask":
        if (isIp(token.text)) return { node: child, value: token.text, used: 1 };
        break;
      case "number":
        if (/^\d{1,10}$/u.test(token.text)) return { node: child, value: token.text, used: 1 };
        break;
      case "word":
        return { node: child, value: token.text, used: 1 };
      case "rest":
        return { node: child, value: line.slice(token.at), used: list.length - index };
      case undefined:
        break;
    }
  }
  return undefined;
}

function keywords<Handler>(node: GrammarNode<Handler>, text: string): GrammarNode<Handler>[] {
  const wanted = text.toLowerCase();
  const found = node.children.filter((child) => child.param === undefined && child.word.startsWith(wanted));
  const exact = found.find((child) => child.word === wanted);
  return exact === undefined ? found : [exact];
}

/** The column of the first letter that no keyword has: IOS puts its caret there. */
function mismatchColumn<Handler>(node: GrammarNode<Handler>, token: Token): number {
  const text = token.text.toLowerCase();
  let longest = 0;
  for (const child of node.children) {
    if (child.param !== undefined) continue;
    let common = 0;
    while (common < text.length && text[common] === child.word[common]) common += 1;
    longest = Math.max(longest, common);
  }
  return token.at + Math.min(longest, text.length - 1);
}

type Walk<Handler> =
  | { kind: "at"; node: GrammarNode<Handler>; args: string[]; path: string[] }
  | { kind: "ambiguous" }
  | { kind: "invalid"; column: number };

function walk<Handler>(
  root: GrammarNode<Handler>,
  list: readonly Token[],
  line: string,
  resolve: InterfaceResolver,
): Walk<Handler> {
  let node = root;
  const args: string[] = [];
  const path: string[] = [];
  for (let index = 0; index < list.length; ) {
    const token = list[index];
    if (token === undefined) break;
    const found = keywords(node, token.text);
    const only = found[0];
    if (found.length > 1) return { kind: "ambiguous" };
    if (only !== undefined) {
      node = only;
      path.push(only.word);
      index += 1;
      continue;
    }
    const param = matchParam(node, list, index, line, resolve);
    if (param === undefined) return { kind: "invalid", column: mismatchColumn(node, token) };
    node = param.node;
    args.push(param.value);
    path.push(param.node.word);
    index += param.used;
  }
  return { kind: "at", node, args, path };
}

/** Understands one line: abbreviations are fine as long as one keyword fits. */
export function parseLine<Handler>(
  root: GrammarNode<Handler>,
  line: string,
  resolve: InterfaceResolver,
): ParseResult<Handler> {
  const list = tokens(line);
  if (list.length === 0 || line.trimStart().startsWith("!")) return { kind: "empty" };
  const result = walk(root, list, line, resolve);
  if (result.kind !== "at") return result;
  const { node, args, path } = result;
  if (node.run === undefined) return { kind: "incomplete" };
  return { kind: "ok", run: node.run, args, path };
}

/** What `?` shows at the end of the given text. */
export type HelpResult =
  | { kind: "words"; words: readonly string[] }
  | { kind: "list"; rows: readonly { word: string; help: string }[] }
  | { kind: "ambiguous" }
  | { kind: "invalid"; column: number };

/** Context help: the completions of a word begun, or the list of what may follow. */
export function helpFor<Handler>(
  root: GrammarNode<Handler>,
  text: string,
  resolve: InterfaceResolver,
  canPipe: boolean,
): HelpResult {
  const list = tokens(text);
  const isInWord = list.length > 0 && !/\s$/u.test(text);
  const last = isInWord ? list.at(-1) : undefined;
  const result = walk(root, isInWord ? list.slice(0, -1) : list, text, resolve);
  if (result.kind !== "at") return result;
  if (last !== undefined) {
    const wanted = last.text.toLowerCase();
    const words = result.node.children
      .filter((child) => child.param === undefined && child.word.startsWith(wanted))
      .map((child) => child.word)
      .sort();
    if (words.length > 0) return { kind: "words", words };
    if (matchParam(result.node, list, list.length - 1, text, resolve) === undefined) {
      return { kind: "invalid", column: mismatchColumn(result.node, last) };
    }
    return { kind: "words", words: [last.text] };
  }
  const rows = result.node.children
    .map((child) => ({ word: child.word, help: child.help }))
    .sort((left, right) => (left.word < right.word ? -1 : 1));
  if (result.node.run !== undefined && list.length > 0) {
    if (canPipe) rows.push({ word: "|", help: "Output modifiers" });
    rows.push({ word: "<cr>", help: "" });
  }
  return { kind: "list", rows };
}

/** What Tab adds at the end of the text: the rest of the only word that fits and a blank; undefined when unclear. */
export function completionFor<Handler>(
  root: GrammarNode<Handler>,
  text: string,
  resolve: InterfaceResolver,
): string | undefined {
  const list = tokens(text);
  const last = list.at(-1);
  if (last === undefined || /\s$/u.test(text)) return undefined;
  const result = walk(root, list.slice(0, -1), text, resolve);
  if (result.kind !== "at") return undefined;
  const found = keywords(result.node, last.text);
  const only = found[0];
  return found.length === 1 && only !== undefined ? `${only.word.slice(last.text.length)} ` : undefined;
}
