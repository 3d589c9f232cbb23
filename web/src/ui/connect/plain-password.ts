/** "Password:", also with the user or host in front, as common servers and PAM print it. */
const PLAIN_PASSWORD = /^(\([^()]*\)\s*)?(\S+['’]s\s+)?password(\s+for\s+\S+)?\s*:?\s*$/i;

/**
 * Whether the only prompt asks for an ordinary password: then "same each time" stands marked for the person to see and
 * undo, because asking for one password twice teaches people to type it without reading [S59]. A code never matches.
 */
export function asksPlainPassword(prompts: readonly { prompt: string; echo: boolean }[]): boolean {
  const [only] = prompts;
  return prompts.length === 1 && only !== undefined && !only.echo && PLAIN_PASSWORD.test(only.prompt.trim());
}
