/** Keeps the certificate that the server presents up to date while it runs: renewal, new addresses, replaced files [S30]. */
import type { X509Certificate } from "node:crypto";
import type { Log } from "../log.ts";
import { StartupError } from "../startup-error.ts";
import { periodOf } from "./certificate.ts";
import { type Credentials, isFor, issueLeaf, namesIn, readLeaf, renewalOf, stillServes } from "./leaf.ts";
import { caProblem, type LocalCa, NEW_CA_ADVICE, openLocalCa } from "./local-ca.ts";
import { type CertificateFiles, readCertificateFiles, stampOf } from "./own-certificate.ts";
import { isPermitted } from "./permitted-names.ts";

/** How soon a new address, a replaced file or a due renewal is noticed. */
const LOOK_EVERY_MS = 10_000;

export type WantedNames = {
  /** From the configuration: the certificate must be good for them. */
  readonly configured: readonly string[];
  /** The machine's own, as they are now: those that a local CA may not speak for are left out. */
  own(): readonly string[];
};
export type KeeperOptions = {
  dataDir: string;
  /** A site's own certificate instead of a local CA. */
  files: CertificateFiles | undefined;
  names: WantedNames;
  log: Log;
  now?: () => Date;
};

/** What stands behind the presented certificate. */
export type CertificateState = {
  readonly source: "local_ca" | "files";
  readonly leaf: X509Certificate;
  readonly ca: X509Certificate | undefined;
  /** When it is replaced by itself; a site's own files are replaced by the site. */
  readonly renews: Date | undefined;
  /** Why the last replacement failed, while the old certificate is still in use. */
  readonly problem: string | undefined;
};

export class CertificateKeeper {
  readonly #options: KeeperOptions;
  readonly #now: () => Date;
  readonly #ca: LocalCa | undefined;
  readonly #listeners = new Set<(credentials: Credentials) => void>();
  #credentials: Credentials;
  #names: readonly string[];
  #stamp: string;
  #problem: string | undefined;
  #timer: NodeJS.Timeout | undefined;
  #looking: Promise<void> | undefined;

  private constructor(options: KeeperOptions, start: Start) {
    this.#options = options;
    this.#now = options.now ?? (() => new Date());
    this.#ca = start.ca;
    this.#credentials = start.credentials;
    this.#names = start.names;
    this.#stamp = start.stamp;
  }

  /** Finds or makes what is needed. Throws StartupError for what a person must mend. */
  static async open(options: KeeperOptions): Promise<CertificateKeeper> {
    const now = options.now?.() ?? new Date();
    const { files, names, dataDir, log } = options;
    if (files !== undefined) {
      const credentials = await readCertificateFiles(files, now);
      warnOfForeignNames(credentials, names.configured, log);
      return new CertificateKeeper(options, {
        ca: undefined,
        credentials,
        names: plainNames(credentials.parsed, names),
        stamp: await stampOf(files),
      });
    }
    const ca = await openLocalCa(dataDir, constrainedTo(names), now);
    const foreign = names.configured.find((name) => !isPermitted(name, ca.permitted));
    if (foreign !== undefined) {
      throw new StartupError(
        `The local CA was made before "${foreign}" was configured and may not speak for it. ${NEW_CA_ADVICE}`,
      );
    }
    const wanted = permittedNames(names, ca, log);
    const stored = await readLeaf(dataDir);
    // While the clock is behind the CA itself, it says nothing about the stored certificate either.
    const begun = caProblem(ca, now) === undefined;
    const reused =
      stored !== undefined && (begun ? stillServes(stored.parsed, ca, wanted, now) : isFor(stored.parsed, ca, wanted));
    const credentials = reused ? stored : await issueLeaf(dataDir, ca, wanted, now);
    const keeper = new CertificateKeeper(options, { ca, credentials, names: wanted, stamp: "" });
    if (!begun) await keeper.look();
    return keeper;
  }

  get credentials(): Credentials {
    return this.#credentials;
  }

  /** Names and addresses that the certificate is good for and the machine has now. */
  get names(): readonly string[] {
    return this.#names;
  }

  get state(): CertificateState {
    const leaf = this.#credentials.parsed;
    return {
      source: this.#ca === undefined ? "files" : "local_ca",
      leaf,
      ca: this.#ca?.parsed,
      renews: this.#ca === undefined ? undefined : renewalOf(leaf),
      problem: this.#problem,
    };
  }

  /** Called with each new certificate; connections that are open keep the one they began with. */
  onChange(listener: (credentials: Credentials) => void): void {
    this.#listeners.add(listener);
  }

  /** Begins to look by itself. */
  watch(): void {
    this.#timer ??= setInterval(() => void this.look(), LOOK_EVERY_MS).unref();
  }

  async close(): Promise<void> {
    clearInterval(this.#timer);
    await this.#looking;
  }

  /** Looks once whether something has to be replaced. */
  look(): Promise<void> {
    this.#looking ??= this.#replaceIfDue()
      .catch((error: unknown) => this.#failed(error))
      .finally(() => {
        this.#looking = undefined;
      });
    return this.#looking;
  }

  async #replaceIfDue(): Promise<void> {
    const { files, names, dataDir } = this.#options;
    const now = this.#now();
    if (this.#ca === undefined) {
      if (files === undefined) return;
      const stamp = await stampOf(files);
      if (stamp === this.#stamp) {
        // What is there is what is in use, whatever was wrong in between.
        this.#problem = undefined;
        return;
      }
      const credentials = await readCertificateFiles(files, now);
      this.#stamp = stamp;
      this.#replaced(credentials, plainNames(credentials.parsed, names), "files");
      return;
    }
    // A certificate of such a CA is believed by nobody, however new: what is presented stays, and people are told.
    const problem = caProblem(this.#ca, now);
    if (problem !== undefined) throw new Error(`The local CA ${problem}`);
    const wanted = permittedNames(names, this.#ca, () => {});
    if (stillServes(this.#credentials.parsed, this.#ca, wanted, now)) {
      this.#names = wanted;
      this.#problem = undefined;
    } else this.#replaced(await issueLeaf(dataDir, this.#ca, wanted, now), wanted, "renewed");
  }

  #replaced(credentials: Credentials, names: readonly string[], why: string): void {
    this.#credentials = credentials;
    this.#names = names;
    this.#problem = undefined;
    this.#options.log("info", "tls.certificate", {
      why,
      not_after: periodOf(credentials.parsed).notAfter.toISOString(),
    });
    for (const listener of this.#listeners) listener(credentials);
  }

  /** The old certificate stays in use. Said once for each reason. */
  #failed(error: unknown): void {
    const text = error instanceof Error ? error.message : String(error);
    if (text === this.#problem) return;
    this.#problem = text;
    this.#options.log("error", "tls.not_replaced", { error: text });
  }
}

type Start = { ca: LocalCa | undefined; credentials: Credentials; names: readonly string[]; stamp: string };

/** What a new CA is constrained to beside private ranges: what was configured, and the names of the machine. */
export function constrainedTo(names: WantedNames): readonly string[] {
  return [...names.configured, ...names.own().filter(isHostName)];
}

function isHostName(name: string): boolean {
  return !/^[\d.]+$|:/.test(name);
}

/** Without duplicates, and without own names that the CA may not speak for, public addresses above all. */
function permittedNames(names: WantedNames, ca: LocalCa, log: Log): readonly string[] {
  const own = names.own();
  const left = own.filter((name) => !isPermitted(name, ca.permitted));
  if (left.length > 0)
    log("warn", "tls.not_served", { names: left.join(" "), why: "not configured when the local CA was made" });
  return [...new Set([...names.configured, ...own])].filter((name) => !left.includes(name));
}

/** Names of a site's own certificate; its wildcards name no host, and hosts behind them must be configured. */
function plainNames(certificate: X509Certificate, names: WantedNames): readonly string[] {
  const inside = namesIn(certificate).filter((name) => !name.startsWith("*"));
  return [...new Set([...inside, ...names.configured, ...names.own()])];
}

function warnOfForeignNames({ parsed }: Credentials, configured: readonly string[], log: Log): void {
  const foreign = configured.filter(
    (name) => (isHostName(name) ? parsed.checkHost(name) : parsed.checkIP(name)) === undefined,
  );
  if (foreign.length > 0) log("warn", "tls.names_not_in_certificate", { names: foreign.join(" ") });
}
