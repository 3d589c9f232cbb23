import { expect, test } from "vitest";
import { waitingText } from "#ui/vault/waiting-words.ts";

const at = (ms: number): string => `<${ms}>`;

test("[S71] how many sessions wait for the vault is said, and that their grace runs meanwhile", () => {
  expect(waitingText({ sessions: 1, until: 500 }, 499, at)).toBe(
    "One session waits for the vault; the proxy keeps it until <500> at least.",
  );
  expect(waitingText({ sessions: 2, until: 500 }, 499, at)).toBe(
    "2 sessions wait for the vault; the proxy keeps them until <500> at least.",
  );
  expect(waitingText({ sessions: 1, until: 500 }, 500, at)).toContain("may have ended it since <500>");
  expect(waitingText({ sessions: 2, until: 500 }, 501, at)).toContain("may have ended the first of them since <500>");
  expect(waitingText({ sessions: 1, until: 500 }, 0)).not.toContain("500");
});
