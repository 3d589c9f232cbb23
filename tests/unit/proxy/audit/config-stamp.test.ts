import { mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, test } from "vitest";
import { noAudit } from "#proxy/audit/audit.ts";
import type { AuditEntry } from "#proxy/audit/audit-events.ts";
import { noteConfig } from "#proxy/audit/config-stamp.ts";

test("[S93] config.changed names the keys that differ from the start before, with hashes, never values", async () => {
  const dir = await mkdtemp(join(tmpdir(), "rackside-stamp-"));
  const written: AuditEntry[] = [];
  const audit = { ...noAudit(), write: (entry: AuditEntry) => void written.push(entry) };
  const config = { port: 7022, rules: [{ bits: 10n }], tls: undefined, secret: "not-to-be-found" };
  await noteConfig(dir, config, audit);
  await noteConfig(dir, { ...config }, audit);
  expect(written).toEqual([]);
  await noteConfig(dir, { ...config, port: 7023, tls: { cert: "x" }, rules: [{ bits: 11n }] }, audit);
  expect(written).toMatchObject([{ event: "config.changed", outcome: "ok", detail: "port, rules, tls" }]);
  const [change] = written;
  expect(change?.event === "config.changed" && change.before !== change.after).toBe(true);
  expect(await readFile(join(dir, "config-stamp.json"), "utf8")).not.toContain("not-to-be-found");
  await rm(dir, { recursive: true });
});
