import * as fc from "fast-check";
import { describe, expect, test } from "vitest";
import { isAllowed } from "#telemetry/packs/allow-list.ts";
import { importedTextError, importPack } from "#telemetry/packs/import-grammar.ts";
import type { Pack } from "#telemetry/packs/pack.ts";
import { readPack } from "#telemetry/packs/pack-schema.ts";
import { packErrors } from "#telemetry/packs/validate-pack.ts";
import { linuxWithFrr, packs } from "#telemetry/platforms/packs.ts";
import { parsers } from "#telemetry/platforms/parsers.ts";

const names = new Set(parsers.keys());
const copy = (pack: Pack): Pack => JSON.parse(JSON.stringify(pack));

/** A pack of the Cisco kind with one command changed. */
function withText(text: string): Pack {
  const pack = copy(packs.cisco_ios);
  pack.commands.users = { tier: "C", variants: [{ text, form: "text", parser: "ios.users", evidence: "U" }] };
  return pack;
}

function errorsOf(pack: unknown): string[] {
  const result = importPack(pack, names);
  return result.ok ? [] : result.errors;
}

describe("[T62] one schema for every pack", () => {
  test.each(Object.values({ ...packs, linuxWithFrr }).map((pack) => [pack.title, pack] as const))(
    "%s goes through JSON and the schema and comes back the same",
    (_title, pack) => {
      expect(readPack(JSON.parse(JSON.stringify(pack)))).toEqual({ ok: true, pack });
    },
  );

  test.each([
    ["an unknown member", { ...copy(packs.frr), script: "x" }],
    ["no version", { ...copy(packs.frr), version: undefined }],
    ["a text for a list", { ...copy(packs.frr), hints: "x" }],
    ["a tier that does not exist", { ...copy(packs.frr), commands: { x: { tier: "Z", variants: [] } } }],
    ["a platform that does not exist", { ...copy(packs.frr), id: "nope" }],
    ["a key that every object has", JSON.parse('{"commands":{"constructor":{}}}')],
    ["nothing", null],
  ])("%s is refused with the place", (_what, data) => {
    const read = readPack(data);
    expect(read.ok).toBe(false);
    if (!read.ok) expect(read.errors.length).toBeGreaterThan(0);
  });

  test("conditions, capabilities and panels are held against each other", () => {
    const pack = copy(packs.frr);
    pack.commands.version = {
      tier: "A",
      needs: ["lldp"],
      variants: [{ text: "show version", when: "soon", form: "text", parser: "frr.version", evidence: "V" }],
    };
    pack.capabilities = { command: "tools", gives: { sensors: "sensors" }, missing: {} };
    Object.assign(pack.panels, { weather: { commands: [] } });
    expect(packErrors(pack, names)).toEqual([
      "version: unknown capability lldp",
      'version: cannot read the condition "soon"',
      "unknown panel weather",
      "capabilities: unknown command tools",
      "capabilities: no text for a missing sensors",
    ]);
  });
});

describe("[T65] packs that people import", () => {
  test("a pack that only reads is taken", () => {
    expect(errorsOf(withText("show users | include vty"))).toEqual([]);
    expect(errorsOf(withText("show ip route vrf all"))).toEqual([]);
  });

  test.each([
    "show running-config | redirect flash:x",
    "show version | tee flash:x",
    "show version | append flash:x",
    "show version | save x",
    "show version > flash:x",
    "show version | sh",
    "show version | include x | redirect y",
    "show version ; reload",
    "show version && reload",
    "show `id`",
    "show $(id)",
    "ping 192.0.2.1",
    "configure terminal",
    "clear counters",
    "showx",
    "show",
    "execute sensor list",
    "/system reboot",
    "/ip address add address=1.2.3.4",
    "show version\nreload",
    "show version | include a\\|b",
    "show show \n",
    "show version\n",
    "\nshow version",
    "show version |\ninclude x",
    "show ver\t",
    "show version\u2028",
    "show version\u0000",
    "show version ",
    " show version",
  ])("%j is refused", (text) => {
    expect(errorsOf(withText(text)).length).toBeGreaterThan(0);
  });

  test.each([
    "show version",
    "get system status",
    "display interface brief",
    "/interface print terse",
    "show arp | count",
    "show log messages | last 50",
    "show interfaces | display xml | no-more",
  ])("%j is taken", (text) => expect(importedTextError(text)).toBeUndefined());

  test("no text with a shell's characters, a line end or a file's pipe ever passes", () => {
    const piece = fc.constantFrom(
      "show ",
      "version",
      "|",
      " include ",
      ">",
      "tee ",
      "redirect ",
      ";",
      "&",
      "`",
      "$(",
      "\n",
      "'",
      "\\",
      "x",
      " ",
    );
    fc.assert(
      fc.property(
        fc.array(piece, { maxLength: 8 }).map((parts) => `show ${parts.join("")}`),
        (text) => {
          if (importedTextError(text) === undefined) {
            expect(text).not.toMatch(/[;&`$'\\\n>]|\b(?:tee|redirect|append|save)\b/);
          }
        },
      ),
    );
  });

  test("no commands of one's own on a POSIX shell, and no wrapper", () => {
    expect(errorsOf(copy(packs.linux)).join("\n")).toContain("POSIX shell");
    const pack = withText("show users");
    const users = pack.commands.users;
    if (users) users.wrap = "{command} > x";
    expect(errorsOf(pack).join("\n")).toContain("no wrapper");
  });

  test.each([
    ["a saved setting", (pack: Pack) => pack.session.setup.push("set output standard")],
    ["an exit that is a command", (pack: Pack) => Object.assign(pack.session, { exit: "reload" })],
    ["a pager key that answers", (pack: Pack) => pack.session.pager.push({ re: "x", quit: "y", next: "y" })],
    ["a dialog key that agrees", (pack: Pack) => pack.session.dialogs.push({ re: "x", key: "y" })],
    ["a pattern without bound", (pack: Pack) => pack.errors.denied.push("(a+)+$")],
  ])("%s is refused", (_what, change) => {
    const pack = withText("show users");
    change(pack);
    expect(errorsOf(pack)).toHaveLength(1);
  });
});

describe("[T1] [T62] the compiled allow-list", () => {
  test("what a pack lists, with values that a parameter may have, and nothing else", () => {
    expect(isAllowed(packs.cisco_ios, "show version")).toBe(true);
    expect(isAllowed(packs.cisco_ios, "show interfaces Gi1/0/1")).toBe(true);
    for (const text of [
      "show run",
      "show version ",
      "show interfaces Gi1 | tee x",
      "show interfaces -x",
      "show version\nreload",
    ])
      expect([text, isAllowed(packs.cisco_ios, text)]).toEqual([text, false]);
    expect(isAllowed(packs.linux, "uname -srm")).toBe(false);
  });
});
