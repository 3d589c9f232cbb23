import { readFileSync, writeFileSync } from "node:fs";
import { resolve } from "node:path";
import { expect, test } from "vitest";
import { CLOSE } from "#protocol/close-codes.ts";
import { ERROR_CODES, ERROR_RETRY } from "#protocol/error-codes.ts";
import { closeText, errorText } from "#protocol/error-texts.ts";
import { REASON_TEXTS } from "#protocol/reason-texts.ts";

const FILE = resolve(import.meta.dirname, "../../docs/errors.md");
const RETRY = { yes: "the app, by itself", user: "you", no: "nobody" } as const;

function row(code: string, reason: string | undefined, retry: string): string {
  const text = errorText(code, reason);
  return `| \`${reason === undefined ? code : `${code}/${reason}`}\` | ${text.what} | ${text.kept} | ${text.next} | ${retry} |`;
}

function page(): string {
  const rows = ERROR_CODES.flatMap((code) => {
    const reasons = Object.keys(REASON_TEXTS).filter((key) => key.startsWith(`${code}/`));
    const retry = RETRY[ERROR_RETRY[code]];
    return [row(code, undefined, retry), ...reasons.map((key) => row(code, key.slice(code.length + 1), retry))];
  });
  const closes = Object.entries(CLOSE).map(([name, code]) => {
    const text = closeText(code);
    return `| ${code} | ${name} | ${text.what} | ${text.next} |`;
  });
  return `# Error codes

Every error a person can meet is shown as a text and, in small print, as \`code\` or \`code/reason\`. A code that this
version does not know is shown as it came. This page is made from the texts of the app (\`protocol/src/error-texts.ts\`);
\`RACKSIDE_WRITE_DOCS=1 npm run test:unit\` writes it anew.

| code | what happened | what was kept | what to do | who can try again |
|---|---|---|---|---|
${rows.join("\n")}

## Close codes of the link
4000-4499: the app dials again by itself. 4500-4999: it stops and says why.

| code | name | what happened | what to do |
|---|---|---|---|
${closes.join("\n")}
`;
}

test("[Q11] docs/errors.md lists every code with its text", () => {
  const expected = page();
  if (process.env.RACKSIDE_WRITE_DOCS === "1") writeFileSync(FILE, expected);
  expect(readFileSync(FILE, "utf8")).toBe(expected);
});
