import type { CollectorInput, Remembered } from "./events.ts";
import type { Versions } from "./variant-choice.ts";

/** What this box is, as far as it is known, and what of it was told to be remembered [T64]. */
export class Identity {
  private facts: Remembered | undefined;
  private told: string;

  constructor({ platform, remembered }: Pick<CollectorInput, "platform" | "remembered">) {
    const fits = platform === undefined || remembered?.platform === platform;
    this.facts = fits ? remembered : { platform, evidence: "chosen by hand" };
    this.told = JSON.stringify(this.facts);
  }

  get versions(): Versions {
    return { own: this.facts?.os_version, beside: this.facts?.beside_version };
  }

  /** Ways to ask that an earlier connection ended up with. */
  get variants(): Readonly<Record<string, string>> {
    return this.facts?.variants ?? {};
  }

  /** Detection or a person said what it is. */
  found(facts: Remembered): void {
    this.facts = facts;
    this.told = JSON.stringify(facts);
  }

  /** A reading named the version; true when it is another one. */
  versionSeen(which: keyof Versions, version: string): boolean {
    if (!this.facts || this.versions[which] === version) return false;
    const { variants: _, ...facts } = this.facts;
    this.facts = { ...facts, [which === "own" ? "os_version" : "beside_version"]: version };
    return true;
  }

  /** What to remember, when it is not what was told last. */
  news(variants: Record<string, string>): Remembered | undefined {
    if (!this.facts) return undefined;
    const { variants: _, ...facts } = this.facts;
    this.facts = Object.keys(variants).length > 0 ? { ...facts, variants } : facts;
    const text = JSON.stringify(this.facts);
    if (text === this.told) return undefined;
    this.told = text;
    return this.facts;
  }
}
