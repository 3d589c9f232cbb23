/** `rackside tls show | enroll | new-ca`, run as the proxy's OS user [S32]. */
import { renderUnicodeCompact } from "uqr";
import { ensureStateDir } from "../atomic-file.ts";
import type { CliArgs } from "../config/cli-args.ts";
import type { Config } from "../config.ts";
import { originOf, siteOf } from "../http/served-names.ts";
import { bracketed, shownNames, wantedNames } from "../http/wanted-names.ts";
import { readRuntime } from "../runtime-file.ts";
import { StartupError } from "../startup-error.ts";
import { type CertificateFacts, certificateFacts, tlsFacts } from "./certificate-facts.ts";
import { constrainedTo } from "./certificate-keeper.ts";
import { ENROLL_MS, ENROLL_PORT, startEnrollment } from "./enroll.ts";
import { namesIn, readLeaf, renewalOf } from "./leaf.ts";
import { caFile, type LocalCa, makeLocalCa, openLocalCa, readLocalCa } from "./local-ca.ts";
import { readCertificateFiles } from "./own-certificate.ts";
import { isPermitted } from "./permitted-names.ts";

type Print = (text: string) => void;

/** The configuration of these commands: that of a proxy which serves others, whose own `--port` is another's. */
export function tlsArgs(args: CliArgs): CliArgs {
  return { ...args, port: undefined, lan: true };
}

/** Runs one of them; `port` is the `--port` that was given. Resolves when it is done. */
export async function tlsCommand(args: CliArgs, config: Config, print: Print): Promise<void> {
  await ensureStateDir(config.dataDir);
  if (args.action === "show") await show(args, config, print);
  else if (args.action === "new-ca") await newCa(args, config, print);
  else await enroll(args, config, print);
}

async function show(args: CliArgs, config: Config, print: Print): Promise<void> {
  const now = new Date();
  const facts = await currentFacts(config, now);
  if (args.json) return print(JSON.stringify(facts));
  if (facts.mode === "none") return print("No certificate yet: rackside --lan makes one, rackside tls enroll its CA.");
  const { ca, leaf } = facts;
  const lines = [
    ...(ca === undefined
      ? []
      : [`Local CA      ${ca.name}`, ...factLines(ca), `  file        ${caFile(config.dataDir)}`, ""]),
    `Certificate   ${leaf.name}`,
    ...factLines(leaf),
    `  names       ${leaf.names.join(", ")}`,
    ...(leaf.renews === undefined ? [] : [`  renewed     by the proxy from ${leaf.renews.slice(0, 10)} on`]),
  ];
  print(lines.join("\n"));
}

function factLines({ sha256, not_after, days_left, warns }: CertificateFacts): string[] {
  const warning = warns ? "   (soon!)" : "";
  return [`  SHA-256     ${sha256}`, `  expires     ${not_after.slice(0, 10)}, in ${days_left} days${warning}`];
}

async function currentFacts(config: Config, now: Date) {
  if (config.tls !== undefined) {
    const leaf = (await readCertificateFiles(config.tls, now)).parsed;
    return tlsFacts({ source: "files", leaf, ca: undefined, renews: undefined, problem: undefined }, now);
  }
  const ca = await readLocalCa(config.dataDir, now);
  const leaf = await readLeaf(config.dataDir);
  if (ca === undefined) return tlsFacts(undefined, now);
  if (leaf !== undefined) {
    const state = { leaf: leaf.parsed, ca: ca.parsed, renews: renewalOf(leaf.parsed), problem: undefined };
    return tlsFacts({ source: "local_ca", ...state }, now);
  }
  const self = certificateFacts(ca.parsed, now);
  return { mode: "local_ca" as const, ca: self, leaf: { ...self, names: namesIn(ca.parsed), renews: undefined } };
}

async function newCa(args: CliArgs, config: Config, print: Print): Promise<void> {
  refuseOwnFiles(config);
  const ca = await makeLocalCa(config.dataDir, constrainedTo(wantedNames(config)));
  const { name, sha256 } = certificateFacts(ca.parsed, new Date());
  if (args.json) return print(JSON.stringify({ name, sha256, file: caFile(config.dataDir) }));
  const running = (await readRuntime(config.dataDir)) !== undefined;
  print(
    `New local CA “${name}”.\n  SHA-256  ${sha256}\n` +
      (running ? "Restart the proxy: it still presents a certificate of the old one.\n" : "") +
      `Every tablet has to trust it (rackside tls enroll); remove the old one there.`,
  );
}

async function enroll(args: CliArgs, config: Config, print: Print): Promise<void> {
  refuseOwnFiles(config);
  const names = wantedNames(config);
  const ca = await openLocalCa(config.dataDir, constrainedTo(names));
  const served = () => [...new Set([...names.configured, ...names.own()])];
  const [shown = "localhost"] = shownNames(config, permitted(ca, served()));
  const { name, sha256 } = certificateFacts(ca.parsed, new Date());
  const running = await readRuntime(config.dataDir);
  const appUrl = running ?? originOf(siteOf("https", bracketed(shown), config.port));
  const enrollment = await startEnrollment({
    host: config.host,
    port: portOf(args.port),
    names: served,
    certificate: ca.certificate,
    facts: { name, sha256, appUrl },
    limits: config.limits,
  });
  const url = originOf(siteOf("http", bracketed(shown), enrollment.port));
  process.once("SIGINT", () => enrollment.close());
  process.once("SIGTERM", () => enrollment.close());
  if (args.json) print(JSON.stringify({ url, name, sha256, file: caFile(config.dataDir), app_url: appUrl }));
  else print(enrollText({ url, name, sha256, file: caFile(config.dataDir), appUrl, running: running !== undefined }));
  await enrollment.ended;
  if (!args.json) print("Enrolment is closed.");
}

type EnrollTextFacts = { url: string; name: string; sha256: string; file: string; appUrl: string; running: boolean };

function enrollText({ url, name, sha256, file, appUrl, running }: EnrollTextFacts): string {
  return [
    "",
    `To trust this proxy, a tablet needs the certificate of its local CA, “${name}”. Best copy this file by AirDrop or USB:`,
    "",
    `  ${file}`,
    "",
    `Or open this page on the tablet within ${ENROLL_MS / 60_000} minutes; it also has the steps for each system:`,
    "",
    `  ${url}`,
    "",
    renderUnicodeCompact(url, { ecc: "L", border: 2 }),
    "",
    "Before you trust it, compare its SHA-256 fingerprint with this one:",
    "",
    ...groups(sha256),
    "",
    running ? `Then open ${appUrl}` : `No proxy runs on this data folder; start it with --lan, then open ${appUrl}`,
    "",
  ].join("\n");
}

/** 32 bytes in two lines, as systems show them. */
function groups(sha256: string): string[] {
  const bytes = sha256.split(":");
  return [bytes.slice(0, 16), bytes.slice(16)].map((half) => `  ${half.join(":")}`);
}

function permitted(ca: LocalCa, names: readonly string[]): readonly string[] {
  return names.filter((name) => isPermitted(name, ca.permitted));
}

function refuseOwnFiles(config: Config): void {
  if (config.tls === undefined) return;
  throw new StartupError(
    `tls.cert: the proxy presents ${config.tls.cert}, a certificate of your own. Its CA is yours to distribute; the local ` +
      `CA is not used.`,
  );
}

function portOf(text: string | undefined): number {
  const port = text === undefined ? ENROLL_PORT : Number(text);
  if (Number.isInteger(port) && port >= 0 && port <= 65_535) return port;
  throw new StartupError(`--port: must be 0 to 65535 (it is "${text}")`);
}
