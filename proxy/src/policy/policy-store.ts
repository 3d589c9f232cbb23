/** The target policy in force: the file's rules and those that one tap added, read again when a file changes [S34] [S38]. */
import { createHash } from "node:crypto";
import { stat } from "node:fs/promises";
import { join } from "node:path";
import * as v from "valibot";
import { writeAtomic } from "../atomic-file.ts";
import type { Audit } from "../audit/audit.ts";
import type { AuditWho } from "../audit/audit-events.ts";
import { failed, type Outcome, succeeded } from "../failure.ts";
import type { Log } from "../log.ts";
import { Serial } from "../serial.ts";
import { StartupError } from "../startup-error.ts";
import { readStateFile } from "../state-file.ts";
import { checkTarget, type Own, type PolicyRule, type TargetPolicy } from "../target-policy.ts";
import { type Address, formatAddress, parseAddress } from "./address.ts";

/** How soon an edit of a file is noticed: soon enough for who edits, cheap enough for a disk that is asleep. */
const LOOK_MS = 1_000;
const ABSENT = "none";
/** What a file looked like; {@link ABSENT} where there was none. */
type Stamps = { config: string; added: string };
/** Rules by tap; more than a person adds one at a time. */
const ADDED_MAX = 1_000;

const AddedRule = v.strictObject({
  address: v.pipe(
    v.string(),
    v.check((text) => parseAddress(text) !== undefined, "must be an address"),
  ),
  port: v.pipe(v.number(), v.integer(), v.minValue(1), v.maxValue(65_535)),
  label: v.pipe(v.string(), v.maxLength(128)),
  /** Whose tap it was. */
  user: v.string(),
  at: v.string(),
});
type AddedRule = v.InferOutput<typeof AddedRule>;
const AddedFile = v.strictObject({ version: v.literal(1), rules: v.array(AddedRule) });

export type PolicyStoreOptions = {
  dataDir: string;
  /** Configuration file, and how its rules are read; throws StartupError. */
  path: string;
  read: (path: string) => Promise<TargetPolicy>;
  initial: TargetPolicy;
  audit: Audit;
  log: Log;
  now?: () => Date;
};

export class PolicyStore {
  readonly #options: PolicyStoreOptions;
  readonly #file: string;
  readonly #writing = new Serial();
  #configured: TargetPolicy;
  #added: readonly AddedRule[];
  #current: TargetPolicy;
  #seen: Stamps = { config: ABSENT, added: ABSENT };
  #timer: NodeJS.Timeout | undefined;

  private constructor(options: PolicyStoreOptions, file: string, added: readonly AddedRule[]) {
    this.#options = options;
    this.#file = file;
    this.#configured = options.initial;
    this.#added = added;
    this.#current = merged(options.initial, added);
  }

  /** Throws StartupError when the file of added rules is damaged. */
  static async open(options: PolicyStoreOptions): Promise<PolicyStore> {
    const file = join(options.dataDir, "policy.json");
    const store = new PolicyStore(options, file, (await readStateFile(file, AddedFile))?.rules ?? []);
    store.#seen = await store.#stamp();
    return store;
  }

  get current(): TargetPolicy {
    return this.#current;
  }

  /** Looks for edits until {@link close}. */
  watch(): void {
    this.#timer = setInterval(() => void this.look(), LOOK_MS);
    this.#timer.unref();
  }

  close(): void {
    clearInterval(this.#timer);
  }

  /** Reads the files again when one changed. What cannot be read leaves the rules in force as they are. */
  look(): Promise<void> {
    return this.#writing.run(async () => {
      const before = this.#seen;
      const stamp = await this.#stamp();
      if (stamp.config === before.config && stamp.added === before.added) return;
      this.#seen = stamp;
      try {
        const configured = await this.#configuredAfter(before, stamp);
        const added = (await readStateFile(this.#file, AddedFile))?.rules ?? [];
        this.#use(configured, added, {}, "files changed");
      } catch (error) {
        const text = error instanceof StartupError ? error.message : "cannot be read";
        this.#options.log("error", "policy.not_reloaded", { error: text });
        const hash = hashOf(this.#current);
        this.#options.audit.write({
          event: "policy.changed",
          outcome: "failed",
          before: hash,
          after: hash,
          detail: "the files cannot be read or are not valid; the rules before stay in force",
        });
      }
    });
  }

  /** A file that is gone, or was never there, says nothing new: no file is not the same as a file without rules [S2]. */
  async #configuredAfter(before: Stamps, { config }: Stamps): Promise<TargetPolicy> {
    const { path, read } = this.#options;
    if (config !== ABSENT) return read(path);
    if (before.config !== ABSENT) throw new StartupError(`${path}: the configuration file is gone`);
    return this.#configured;
  }

  /** Adds a rule for exactly this address and port [S34]. Classes that are always denied need the configuration file [S35]. */
  allow(
    wish: { address: string; port: number; label: string },
    who: AuditWho & { user: string },
    own: Own,
  ): Promise<Outcome<{ address: string }>> {
    return this.#writing.run(async () => {
      const address = parseAddress(wish.address);
      if (address === undefined) return failed("refused_by_policy", "spelling");
      const verdict = checkTarget(this.#current, [address], wish.port, own, { user: who.user });
      if (verdict.ok) return succeeded({ address: formatAddress(address) });
      if (verdict.addable !== true) return failed("refused_by_policy", verdict.reason, verdict.detail);
      if (this.#added.length >= ADDED_MAX) return failed("limit", "rules");
      const now = this.#options.now?.() ?? new Date();
      const rule: AddedRule = {
        address: formatAddress(address),
        port: wish.port,
        label: wish.label,
        user: who.user,
        at: now.toISOString(),
      };
      const added = [...this.#added, rule];
      try {
        await writeAtomic(this.#file, `${JSON.stringify({ version: 1, rules: added }, null, 2)}\n`);
      } catch {
        return failed("storage", undefined, "the rule could not be written to the proxy's data folder");
      }
      // Only the own file was written: an edit of the configuration meanwhile is still to be seen.
      this.#seen = { ...this.#seen, added: (await this.#stamp()).added };
      this.#use(this.#configured, added, who, `allowed ${rule.address} port ${rule.port}`);
      return succeeded({ address: rule.address });
    });
  }

  #use(configured: TargetPolicy, added: readonly AddedRule[], who: AuditWho, detail: string): void {
    const before = hashOf(this.#current);
    this.#configured = configured;
    this.#added = added;
    this.#current = merged(configured, added);
    const after = hashOf(this.#current);
    if (after === before) return;
    this.#options.log("info", "policy.changed", { rules: this.#current.allow.length });
    this.#options.audit.write({ ...who, event: "policy.changed", outcome: "ok", before, after, detail });
  }

  async #stamp(): Promise<Stamps> {
    const one = (path: string) =>
      stat(path, { bigint: true }).then(
        ({ mtimeNs, size, ino }) => `${mtimeNs} ${size} ${ino}`,
        () => ABSENT,
      );
    return { config: await one(this.#options.path), added: await one(this.#file) };
  }
}

/** One address, one port. */
function exactRule(address: Address, { port, label }: AddedRule): PolicyRule {
  const prefix = address.v === 4 ? 32 : 128;
  return { cidr: { ...address, prefix }, ports: [{ from: port, to: port }], label };
}

function merged({ allow, deny }: TargetPolicy, added: readonly AddedRule[]): TargetPolicy {
  const rules = added.flatMap((rule) => {
    const address = parseAddress(rule.address);
    return address === undefined ? [] : [exactRule(address, rule)];
  });
  return { allow: [...allow, ...rules], deny };
}

/** Short hash for the audit. */
function hashOf(policy: TargetPolicy): string {
  const text = JSON.stringify(policy, (_key, value: unknown) =>
    typeof value === "bigint" ? value.toString(16) : value,
  );
  return createHash("sha256").update(text).digest("hex").slice(0, 16);
}
