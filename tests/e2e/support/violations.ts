import type { BrowserContext } from "playwright";

/** Everything that a content policy stopped in the pages of a profile, as the browser reports it to the page. */
export type Violations = { readonly found: readonly string[] };

/** Listens in every page of the profile from its first script on; workers report to the console, see `listen`. */
export async function watchViolations(context: BrowserContext): Promise<Violations> {
  const found: string[] = [];
  await context.exposeBinding("reportViolation", (_source, text: string) => void found.push(text));
  await context.addInitScript(() => {
    addEventListener(
      "securitypolicyviolation",
      ({ effectiveDirective, blockedURI, sourceFile, lineNumber, sample }) => {
        const text = `${effectiveDirective}: ${blockedURI} at ${sourceFile}:${lineNumber} ${sample}`;
        (globalThis as unknown as { reportViolation(text: string): void }).reportViolation(text);
      },
    );
  });
  return { found };
}
