/**
 * Scripted devices for tests of telemetry: what a terminal would receive, byte by byte, without a network. They imitate
 * the behaviour that matters (echo, pager, prompt, comment lines), not a vendor.
 */

const encoder = new TextEncoder();
const decoder = new TextDecoder();

/** A device behind an interactive channel: takes input, answers bytes. */
export interface ShellDevice {
  /** What the device prints when the channel opens. */
  open(): Uint8Array;
  /** What the device prints after this input. */
  input(bytes: Uint8Array): Uint8Array;
  /** Every command line that was run, comments left out. */
  readonly ran: string[];
}

/** How a scripted CLI behaves. */
export type CliScript = {
  prompt: string;
  banner?: string;
  /** Answers by exact command; anything else is refused. */
  answers: Record<string, string | (() => string)>;
  /** Lines per page until `terminal length 0`; absent: never pages. */
  page?: number;
  pagerText?: string;
  /** What an unknown command is answered with. */
  unknown?: string;
  /** Comment sign; other devices take the marker for a command. */
  comment?: string;
};

/** A line CLI of the Cisco kind with echo and, until it is turned off, a pager. */
export function cliDevice(script: CliScript): ShellDevice {
  const {
    prompt,
    comment = "!",
    pagerText = " --More-- ",
    unknown = "% Invalid input detected at '^' marker.",
  } = script;
  let paging = script.page ?? 0;
  let rest: string[] | undefined;
  let line = "";
  const ran: string[] = [];
  const pageOut = (lines: string[]): string => {
    const first = lines
      .slice(0, paging)
      .map((each) => `${each}\r\n`)
      .join("");
    rest = lines.slice(paging);
    if (rest.length > 0) return first + pagerText;
    rest = undefined;
    return first + prompt;
  };
  const run = (command: string): string => {
    if (command === "" || command.startsWith(comment)) return prompt;
    ran.push(command);
    if (command === "terminal length 0") {
      paging = 0;
      return prompt;
    }
    if (command.startsWith("terminal width ")) return prompt;
    const answer = script.answers[command];
    const text = answer === undefined ? `${unknown}\n` : typeof answer === "string" ? answer : answer();
    const lines = text.replace(/\n$/, "").split("\n");
    if (text === "") return prompt;
    return paging > 0 ? pageOut(lines) : `${lines.map((each) => `${each}\r\n`).join("")}${prompt}`;
  };
  const key = (char: string): string => {
    if (rest) {
      const erase = `${"\b".repeat(pagerText.length)}${" ".repeat(pagerText.length)}${"\b".repeat(pagerText.length)}`;
      if (char === " ") return erase + pageOut(rest);
      if (char !== "q") return "";
      rest = undefined;
      return erase + prompt;
    }
    if (char !== "\n" && char !== "\r") {
      line += char;
      return char;
    }
    const command = line;
    line = "";
    return `\r\n${run(command)}`;
  };
  return {
    ran,
    open: () => encoder.encode((script.banner ?? "\r\n") + prompt),
    input: (bytes) => encoder.encode(Array.from(decoder.decode(bytes), key).join("")),
  };
}

/** Answers of a device over exec: text on stdout, on stderr, and the exit code. */
export type ExecAnswer = { stdout?: string; stderr?: string; code?: number };
/** A device that takes one command per exec channel. */
export type ExecDevice = (command: string) => ExecAnswer;
