import { expect, test } from "vitest";
import type { Up } from "#protocol/up.ts";
import { UnlockReport } from "#workers/vault/unlock-report.ts";

test("[S16] an unlock is told at once, or with the next link when that comes soon; never twice", () => {
  const sent: string[] = [];
  let [now, up] = [1_000, true];
  const send = ({ action }: Up): boolean => {
    if (up) sent.push(action);
    return up;
  };
  const report = new UnlockReport({ now: () => now }, { send });
  report.unlocked();
  expect(sent).toEqual(["vault_unlocked"]);
  report.linkUp();
  expect(sent).toHaveLength(1);

  up = false;
  report.unlocked();
  up = true;
  now += 60_000;
  report.linkUp();
  expect(sent).toHaveLength(2);
  report.linkUp();
  expect(sent).toHaveLength(2);

  up = false;
  report.unlocked();
  up = true;
  now += 60_001;
  report.linkUp();
  expect(sent).toHaveLength(2);
});
