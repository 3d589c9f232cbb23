/** What was checked, said at once and counted for the last line. */
export class Checks {
  passed = 0;
  failed = 0;

  check(holds: boolean, what: string): void {
    if (holds) this.passed += 1;
    else this.failed += 1;
    process.stdout.write(`${holds ? "ok    " : "FAILED"} ${what}\n`);
  }

  /** A check that is over when the promise is; a rejection is its failure. */
  async run(what: string, work: Promise<unknown>): Promise<void> {
    const problem = await work.then(
      () => undefined,
      (error: unknown) => (error instanceof Error ? error.message : String(error)),
    );
    this.check(problem === undefined, problem === undefined ? what : `${what}: ${problem}`);
  }

  summary(): string {
    return `${this.passed} passed, ${this.failed} failed, 0 skipped`;
  }
}

/** Longest wait for one thing: everything that the protocol waits for itself is shorter. */
const PATIENCE_MS = 60_000;

/** The promise, or a failure that names what was waited for. */
export async function inTime<T>(promise: Promise<T>, what: string): Promise<T> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new Error(`waited in vain for ${what}`)), PATIENCE_MS);
  });
  try {
    return await Promise.race([promise, late]);
  } finally {
    clearTimeout(timer);
  }
}
