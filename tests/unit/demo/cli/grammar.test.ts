import { describe, expect, it } from "vitest";
import { commandTree } from "#demo/cli/command-tree.ts";
import { helpScreen, tabCompletion } from "#demo/cli/help-screen.ts";
import { resolveLine } from "#demo/cli/resolve-line.ts";
import type { Mode } from "#demo/cli/session-state.ts";
import { interfaceResolver } from "#demo/cli/session-state.ts";
import { findDevice } from "#demo/world/world.ts";

const router = findDevice("demo-r1");
if (router === undefined) throw new Error("no demo-r1");
const tree = commandTree(router);
const resolver = interfaceResolver(router);
const PROMPT = "demo-r1#".length;

function resolve(line: string, mode: Mode = { name: "exec" }) {
  return resolveLine(tree, mode, line, resolver, PROMPT);
}

function errorOf(line: string, mode?: Mode) {
  const resolved = resolve(line, mode);
  return resolved.kind === "error" ? resolved.text : resolved.kind;
}

describe("demo grammar", () => {
  it("takes abbreviations as the full command", () => {
    const long = resolve("show ip interface brief");
    const short = resolve("sh ip int br");
    expect(short.kind).toBe("run");
    expect(short.kind === "run" && long.kind === "run" && short.command === long.command).toBe(true);
  });

  it.each(["sh int gi0/1", "sh int Gi 0/1", "show interfaces gigabitethernet0/1"])("finds the port in %s", (line) => {
    expect(resolve(line)).toMatchObject({ kind: "run", args: ["GigabitEthernet0/1"] });
  });

  it("says ambiguous, incomplete and invalid as IOS does, with the caret under the first wrong letter", () => {
    expect(errorOf("sh i")).toBe('% Ambiguous command:  "sh i"\n');
    expect(errorOf("show ip")).toBe("% Incomplete command.\n\n");
    expect(errorOf("show verson")).toBe(`${" ".repeat(PROMPT + 9)}^\n% Invalid input detected at '^' marker.\n\n`);
    expect(errorOf("show version now").indexOf("^")).toBe(PROMPT + 13);
    expect(errorOf("foo").indexOf("^")).toBe(PROMPT);
  });

  it("treats a comment as nothing: the end marker of a collector leaves no trace [T40]", () => {
    expect(resolve("! rs-0a1b2c3d17")).toEqual({ kind: "empty" });
  });

  it("understands modifiers, and refuses those it cannot compile safely", () => {
    const resolved = resolve("show processes cpu | include CPU utilization");
    if (resolved.kind !== "run" || resolved.filter === undefined) throw new Error("no filter");
    expect(resolved.filter.line("CPU utilization for five seconds: 4%/0%")).toHaveLength(1);
    expect(resolved.filter.line(" PID Runtime(ms)")).toHaveLength(0);
    expect(errorOf("show version |")).toBe("% Incomplete command.\n\n");
    expect(errorOf("show version | include (a+)+$")).toContain("regular expression");
    expect(errorOf("show version | foo bar").indexOf("^")).toBe(PROMPT + 15);
  });

  it("prints whole sections and counts lines", () => {
    const text = ["interface A", " shutdown", "!", "router ospf 1", " network x", "!"];
    const section = resolve("show running-config | section ospf");
    const count = resolve("show running-config | count ^!");
    if (section.kind !== "run" || count.kind !== "run") throw new Error("not understood");
    expect(text.flatMap((line) => section.filter?.line(line) ?? [])).toEqual(["router ospf 1", " network x"]);
    for (const line of text) count.filter?.line(line);
    expect(count.filter?.end()).toEqual(["Number of lines which match regexp = 2"]);
  });

  it("keeps modes apart: user mode knows no configuration, configuration knows do and the outer mode", () => {
    expect(errorOf("configure terminal", { name: "user" })).toContain("Invalid input");
    const inPort: Mode = { name: "config-if", port: "GigabitEthernet0/1" };
    expect(resolve("no shut", inPort).kind).toBe("run");
    expect(resolve("interface gi0/2", inPort).kind).toBe("run");
    expect(resolve("do sh ip int br", inPort).kind).toBe("run");
    expect(resolve("description uplink | old", inPort)).toMatchObject({ kind: "run", args: ["uplink | old"] });
  });

  it("helps: words for a word begun, a list with <cr> otherwise; Tab completes what is clear", () => {
    const exec: Mode = { name: "exec" };
    expect(helpScreen(tree, exec, "sh", resolver, PROMPT)).toBe("show\n\n");
    const list = helpScreen(tree, exec, "show ip route ", resolver, PROMPT);
    expect(list).toContain("A.B.C.D");
    expect(list).toContain("summary");
    expect(list).toMatch(/ {2}<cr>\n/u);
    expect(helpScreen(tree, exec, "show version | ", resolver, PROMPT)).toContain("include");
    expect(tabCompletion(tree, exec, "sh ip int", resolver)).toBe("erface ");
    expect(tabCompletion(tree, exec, "sh i", resolver)).toBeUndefined();
  });
});
