import { readFileSync, writeFileSync } from "node:fs";
import { resolve } from "node:path";
import { expect, test } from "vitest";
import { listedCommands } from "#telemetry/packs/allow-list.ts";
import { DETECTION } from "#telemetry/packs/build-command.ts";
import type { Pack } from "#telemetry/packs/pack.ts";
import { linuxWithFrr, packs } from "#telemetry/platforms/packs.ts";

const FILE = resolve(import.meta.dirname, "../../docs/commands.md");
const code = (text: string): string => `\`${text.replaceAll("|", "\\|")}\``;

function section(title: string, pack: Pack, skip: ReadonlySet<string>): string {
  const { setup, exit, channel } = pack.session;
  const rows = listedCommands(pack)
    .filter(({ text }) => !skip.has(text))
    .map(({ text, tier, evidence, notes }) => `| ${code(text)} | ${tier} | ${evidence} | ${notes.join("; ")} |`);
  const before = setup.length === 0 ? "nothing" : setup.map(code).join(", ");
  return `## ${title}
Channel: ${channel}. Set-up of the session: ${before}. At the end of a shell: ${code(exit)}.

| command | tier | evidence | when |
|---|---|---|---|
${rows.join("\n")}
`;
}

function page(): string {
  const linux = new Set(listedCommands(packs.linux).map(({ text }) => text));
  const sections = Object.values(packs).map((pack) => section(pack.title, pack, new Set()));
  return `# Commands that telemetry can send

Everything that ssh2 can ask a device, as the packs compile it [T1] [T62]. Nothing else is sent but end markers (a comment
line), line feeds and the keys that leave a pager. \`{IF}\`, \`{VRF}\`, \`{IP}\` and the like are parameters: their values
are checked, and names must have been seen on the device [T63]. Tiers: A to D are polled, E is for pinned ports, L runs
when a person asks. Evidence: V was run on real software, F is known from real output, U is neither. This page is made from
the packs; \`RACKSIDE_WRITE_DOCS=1 npm run test:unit\` writes it anew.

## Detection
At most three of these, before the platform is known; on what looks like a CLI of the Cisco kind, ${code("terminal length 0")} first.

${Object.values(DETECTION)
  .map((text) => `- ${code(text)}`)
  .join("\n")}

${[...sections, section(`${linuxWithFrr.title}, besides those of Linux`, linuxWithFrr, linux)].join("\n")}`;
}

test("[T62] docs/commands.md lists every text that a pack can produce", () => {
  const expected = page();
  if (process.env.RACKSIDE_WRITE_DOCS === "1") writeFileSync(FILE, expected);
  expect(readFileSync(FILE, "utf8")).toBe(expected);
});
