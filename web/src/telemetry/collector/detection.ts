import type { PlatformId } from "../knowledge/platforms.ts";
import { promptShapes } from "../knowledge/prompts.ts";
import { DETECTION, type DetectionQuestion } from "../packs/build-command.ts";
import type { Pack } from "../packs/pack.ts";
import { linuxWithFrr, packs } from "../platforms/packs.ts";

/** What detection found, and why it thinks so. */
export type Detected = {
  platform: PlatformId;
  pack: Pack;
  evidence: string;
  os_version?: string;
  beside_version?: string;
  hostname?: string;
};

/** Never more than this many questions [T62]. */
const MAX_QUESTIONS = 3;

/** Signatures of platforms that no pack exists for yet: named in the evidence, so that nobody has to guess. */
const FOREIGN: { re: RegExp; name: string }[] = [
  { re: /Cisco Nexus|NX-OS/, name: "Cisco NX-OS" },
  { re: /Cisco IOS XR/, name: "Cisco IOS XR" },
  { re: /^Arista |vEOS/m, name: "Arista EOS" },
  { re: /^Junos:|JUNOS/m, name: "Juniper Junos" },
  { re: /^SONiC Software Version/m, name: "SONiC" },
  { re: /^Version:\s+VyOS/m, name: "VyOS" },
  { re: /ArubaOS-CX/, name: "Aruba AOS-CX" },
  { re: /^Image stamp:/m, name: "HP ProCurve" },
  { re: /^Version: Forti/m, name: "Fortinet FortiOS" },
];

const SIGNATURES = Object.values(packs)
  .flatMap((pack) => pack.detect.output.map((signature) => ({ ...signature, pack, re: new RegExp(signature.re, "m") })))
  .toSorted((a, b) => b.priority - a.priority);

/** Platform detection [T62]: at most three read-only questions, the most likely first. */
export class Detection {
  /** Questions asked so far, in order. */
  readonly asked: DetectionQuestion[] = [];
  private readonly posixFirst: boolean;
  private looksPosix = false;
  private linux: Detected | undefined;
  private found: Detected | undefined;
  private foreign: string | undefined;

  /** @param prompt the learned prompt of a shell; absent over exec */
  constructor(ident: string, prompt: string | undefined) {
    const shape = prompt === undefined ? undefined : promptShapes.find(({ re }) => new RegExp(re).test(prompt.trim()));
    // Prompt and identification only order the questions; the answer decides.
    this.posixFirst = shape ? shape.family === "posix" : prompt === undefined && /OpenSSH|dropbear/i.test(ident);
  }

  /** The next question; nothing when the result is in. */
  next(): DetectionQuestion | undefined {
    if (this.result()) return undefined;
    if (this.linux) return "vtysh";
    const order: DetectionQuestion[] =
      this.posixFirst || this.looksPosix ? ["posix", "show", "get"] : ["show", "get", "system"];
    return order.find((question) => !this.asked.includes(question));
  }

  /** Takes the answer to a question. */
  answer(question: DetectionQuestion, text: string, stderr: string): void {
    this.asked.push(question);
    const whole = `${text}\n${stderr}`;
    if (question === "vtysh") {
      this.found = this.withFrr(text, stderr);
      return;
    }
    const match = SIGNATURES.find(
      ({ re, command }) => (command === "posix") === (question === "posix") && re.test(text),
    );
    const foreign = FOREIGN.find(({ re }) => re.test(text));
    if (foreign && match?.pack.id !== "linux" && !(match && match.priority > 20)) {
      this.foreign = `${question}: ${foreign.name}, for which there is no pack yet`;
      this.found = this.unknown();
      return;
    }
    if (match) {
      const detected = detectedOf(question, match.pack, match.re, match.fields, text);
      const usable = match.pack.id === "linux" && /\/vtysh$/m.test(text) && this.asked.length < MAX_QUESTIONS;
      if (usable) this.linux = detected;
      else this.found = detected;
    }
    this.looksPosix ||= /(?:not found|No such file|command not)/.test(whole);
  }

  /** The result, once it is in: a platform, or `unknown` after the last question. */
  result(): Detected | undefined {
    if (this.found) return this.found;
    if (this.asked.length >= MAX_QUESTIONS) return this.linux ?? this.unknown();
    return undefined;
  }

  private withFrr(text: string, stderr: string): Detected | undefined {
    const line = /^FRRouting \S+.*$/m.exec(text)?.[0];
    if (!this.linux) return undefined;
    if (line) {
      const beside_version = line.split(" ")[1] ?? "";
      return { ...this.linux, pack: linuxWithFrr, beside_version, evidence: `${this.linux.evidence}; vtysh: ${line}` };
    }
    const why = `${stderr}\n${text}`.trim().split("\n")[0]?.slice(0, 120) ?? "";
    return { ...this.linux, evidence: `${this.linux.evidence}; vtysh is there but not usable${why ? `: ${why}` : ""}` };
  }

  private unknown(): Detected {
    return { platform: "unknown", pack: packs.unknown, evidence: this.foreign ?? "no known signature in the answers" };
  }
}

/** What a CLI says about a command of another one. */
const STRANGE = /command not found|[Uu]nknown command|[Ii]nvalid input|[Uu]nknown action|bad command name|syntax error/;
/** Refusals are short. */
const MAX_REFUSAL_LINES = 5;

/**
 * The answer that tells the platform, held against the platform that is believed in: the line that speaks of another
 * one, or refuses the command as unknown; nothing when it fits or says nothing.
 */
export function contradiction(pack: Pack, text: string): string | undefined {
  const own = pack.detect.output.map(({ re }) => new RegExp(re, "m"));
  if (own.length === 0 || own.some((re) => re.test(text))) return undefined;
  const lines = text.split("\n").filter((line) => line.trim() !== "");
  const other = [...SIGNATURES.filter((each) => each.pack.id !== pack.id), ...FOREIGN].find(({ re }) => re.test(text));
  const strange = lines.length <= MAX_REFUSAL_LINES ? lines.find((line) => STRANGE.test(line)) : undefined;
  const line = other ? (lines.find((each) => other.re.test(each)) ?? lines[0]) : strange;
  return line?.trim().slice(0, 160);
}

function detectedOf(
  question: DetectionQuestion,
  pack: Pack,
  re: RegExp,
  fields: Partial<Record<"os_version" | "model" | "hostname", string>>,
  text: string,
): Detected {
  const field = (source: string | undefined): string | undefined =>
    source ? new RegExp(source).exec(text)?.[1] : undefined;
  const line = text.split("\n").find((each) => re.test(each)) ?? "";
  const [version, hostname] = [field(fields.os_version), field(fields.hostname)];
  return {
    platform: pack.id,
    pack,
    evidence: `${question === "posix" ? "uname" : DETECTION[question]}: ${line.trim().slice(0, 160)}`,
    ...(version ? { os_version: version } : {}),
    ...(hostname ? { hostname } : {}),
  };
}
