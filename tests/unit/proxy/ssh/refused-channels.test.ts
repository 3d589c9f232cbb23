import { expect, test } from "vitest";
import { RefusedChannels } from "#proxy/ssh/refused-channels.ts";

test("[S60] the first of each kind is told at once, the rest as one number at the end, and made-up names are one kind", () => {
  const told: [string, number][] = [];
  const refused = new RefusedChannels((kind, more) => told.push([kind, more]));
  for (let i = 0; i < 1_000; i += 1) refused.opened(`made-up-${i}`);
  for (const type of ["x11", "auth-agent@openssh.com", "auth-agent", "session", "x11"]) refused.opened(type);
  expect(told).toEqual([
    ["other", 0],
    ["x11", 0],
    ["auth-agent", 0],
    ["session", 0],
  ]);
  refused.end();
  refused.end();
  refused.opened("x11");
  expect(told.slice(4)).toEqual([
    ["other", 999],
    ["x11", 1],
    ["auth-agent", 1],
  ]);
});
