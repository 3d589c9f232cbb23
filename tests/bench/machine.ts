import { execFile } from "node:child_process";
import { cpus } from "node:os";
import { promisify } from "node:util";
import { requireTools, type ToolName } from "#support/find-tools.ts";

const run = promisify(execFile);

/** What figures depend on: ratios travel from one machine to another, plain values do not. */
export type Machine = { cpu: string; cores: number; node: string; chromium: string; openssh: string };

async function versionOf(tool: ToolName, argument: string): Promise<string> {
  const tools = await requireTools(tool).catch(() => undefined);
  if (tools?.ok !== true) return "absent";
  const { stdout, stderr } = await run(tools.path(tool), [argument]);
  return `${stdout}${stderr}`.trim().split("\n")[0] ?? "";
}

export async function describeMachine(): Promise<Machine> {
  const processors = cpus();
  const [chromium, ssh] = await Promise.all([versionOf("chromium", "--version"), versionOf("ssh", "-V")]);
  return {
    cpu: processors[0]?.model.trim() ?? "unknown",
    cores: processors.length,
    node: process.versions.node,
    chromium: /\d+(?:\.\d+)+/.exec(chromium)?.[0] ?? chromium,
    openssh: ssh.split(",")[0] ?? ssh,
  };
}

export function sameMachine(a: Machine, b: Machine): boolean {
  return a.cpu === b.cpu && a.cores === b.cores;
}
