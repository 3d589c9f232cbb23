import type { CommandDef, Pack } from "../packs/pack.ts";
import { versionHolds } from "../packs/versions.ts";

/** What runs on the box, as far as it is known; `beside`: FRRouting on a Linux box, which its own commands go by. */
export type Versions = { own?: string | undefined; beside?: string | undefined };

/** Which way to ask is in use for each command [T64]: the first that the version has and the box has not refused. */
export class VariantChoice {
  private versions: Versions = {};
  private readonly refused = new Map<string, Set<number>>();
  /** Texts that an earlier connection ended up with, under the same versions. */
  private remembered: Readonly<Record<string, string>> = {};

  /** Other versions: every choice is made anew, from what is remembered under them. True when they are others. */
  use(versions: Versions, remembered: Readonly<Record<string, string>> = {}): boolean {
    if (versions.own === this.versions.own && versions.beside === this.versions.beside) {
      this.remembered = { ...this.remembered, ...remembered };
      return Object.keys(remembered).length > 0;
    }
    this.versions = versions;
    this.refused.clear();
    this.remembered = remembered;
    return true;
  }

  of(pack: Pack, id: string): number | undefined {
    const def = pack.commands[id];
    if (!def) return undefined;
    const usable = this.usable(pack, def);
    const left = usable.filter((index) => !this.refused.get(id)?.has(index));
    const kept = left.find((index) => def.variants[index]?.text === this.remembered[id]);
    // When all were refused the last one stands: its refusal is what the panel shows.
    return kept ?? left[0] ?? usable.at(-1);
  }

  /** The box does not know the one in use: goes on to another; false when there is none. */
  next(pack: Pack, id: string): boolean {
    const def = pack.commands[id];
    const now = this.of(pack, id);
    if (!def || now === undefined) return false;
    const refused = this.refused.get(id) ?? new Set();
    this.refused.set(id, refused.add(now));
    return this.usable(pack, def).some((index) => !refused.has(index));
  }

  /** Choices that are not the first that the version has. */
  chosen(pack: Pack): Record<string, string> {
    const out: Record<string, string> = {};
    for (const [id, def] of Object.entries(pack.commands)) {
      const index = this.of(pack, id);
      const variant = index === undefined ? undefined : def.variants[index];
      if (variant && index !== this.usable(pack, def)[0]) out[id] = variant.text;
    }
    return out;
  }

  /** True when no way to ask fits the version, which is known. */
  fitsNone(pack: Pack, id: string): boolean {
    const def = pack.commands[id];
    return def !== undefined && this.versionOf(pack, def) !== undefined && this.of(pack, id) === undefined;
  }

  clear(): void {
    this.versions = {};
    this.refused.clear();
    this.remembered = {};
  }

  /** Variants whose condition holds; of an unknown version those without one. */
  private usable(pack: Pack, def: CommandDef): number[] {
    const version = this.versionOf(pack, def);
    const order = pack.compare ?? "dotted";
    return def.variants.flatMap(({ when }, index) => {
      if (when === undefined) return [index];
      return version !== undefined && versionHolds(when, version, order) ? [index] : [];
    });
  }

  private versionOf(pack: Pack, def: CommandDef): string | undefined {
    return pack.id === "linux" && def.daemon !== undefined ? this.versions.beside : this.versions.own;
  }
}
