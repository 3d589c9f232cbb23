import { describe, expect, test, vi } from "vitest";
import { cliDevice } from "#support/telemetry-devices.ts";
import { TelemetryDriver } from "#support/telemetry-driver.ts";
import type { CollectorEffect, Remembered } from "#telemetry/collector.ts";
import type { PanelId } from "#telemetry/knowledge/panel-data.ts";

/** The real packs, with conditions and needs on a few commands of one of them. */
vi.mock("#telemetry/platforms/packs.ts", async (original) => {
  const real = await original<typeof import("#telemetry/platforms/packs.ts")>();
  const ios = structuredClone(real.packs.cisco_ios);
  const way = (text: string, parser: string, when?: string) => ({
    text,
    form: "text" as const,
    parser,
    evidence: "F" as const,
    ...(when === undefined ? {} : { when }),
  });
  ios.compare = "cisco";
  ios.commands.users = {
    tier: "C",
    variants: [way("show users wide", "ios.users", ">= 16.9"), way("show users", "ios.users")],
  };
  ios.commands.mac = { tier: "C", variants: [way("show mac new", "ios.mac-count", ">= 17.1")] };
  ios.commands.tools = { tier: "A", variants: [way("show inventory", "raw")], empty: "none" };
  ios.capabilities = { command: "tools", gives: { fan: "^FAN" }, missing: { fan: "This box has no fans." } };
  ios.commands.env = { tier: "C", needs: ["fan"], variants: [way("show env all", "raw")] };
  return { ...real, packs: { ...real.packs, cisco_ios: ios } };
});

const version = (number: string): string =>
  `Cisco IOS Software, Example (EX-M), Version ${number}, RELEASE SOFTWARE (fc1)\nsw1 uptime is 1 day\n`;
const USERS =
  "    Line       User       Host(s)              Idle       Location\n*  1 vty 0     netops     idle                 00:00:00 192.0.2.50\n";

type Rig = { driver: TelemetryDriver; ran: readonly string[] };
function rig(
  answers: Record<string, string | (() => string)>,
  remembered?: Remembered,
  panels: PanelId[] = ["users"],
): Rig {
  const device = cliDevice({ prompt: "sw1#", answers });
  const driver = new TelemetryDriver({ shell: () => device }, remembered ? { remembered } : {});
  driver.send({ type: "subscribe", panels, at: driver.now });
  driver.open("shell_pty");
  driver.run(20_000);
  return { driver, ran: device.ran };
}

const told = (driver: TelemetryDriver): Remembered | undefined =>
  driver.effects
    .filter((effect): effect is Extract<CollectorEffect, { type: "platform" }> => effect.type === "platform")
    .at(-1)?.remembered;
const users = (ran: readonly string[]): string[] => ran.filter((text) => text.startsWith("show users"));

describe("[T64] ways to ask", () => {
  test("the first whose condition holds on this version", () => {
    expect(users(rig({ "show version": version("17.3.1"), "show users wide": USERS }).ran)[0]).toBe("show users wide");
    expect(users(rig({ "show version": version("15.2(4)E10"), "show users": USERS }).ran)).toEqual(["show users"]);
  });

  test("what the box refused is remembered for this version, by its text, and not asked again", () => {
    const { driver, ran } = rig({ "show version": version("17.3.1"), "show users": USERS });
    expect(users(ran)).toEqual(["show users wide", "show users"]);
    expect(driver.readings.get("users")?.status).toBe("ok");
    const remembered = told(driver);
    expect(remembered).toMatchObject({
      platform: "cisco_ios",
      os_version: "17.3.1",
      variants: { users: "show users" },
    });
    expect(users(rig({ "show version": version("17.3.1"), "show users": USERS }, remembered).ran)).toEqual([
      "show users",
    ]);
  });

  test("another version: what was remembered no longer counts", () => {
    const remembered: Remembered = {
      platform: "cisco_ios",
      os_version: "17.3.1",
      variants: { users: "show users" },
    };
    const { driver, ran } = rig(
      { "show version": version("17.9.4a"), "show users": USERS, "show users wide": USERS },
      remembered,
      ["device_info", "users"],
    );
    expect(users(ran).at(-1)).toBe("show users wide");
    expect(told(driver)).toMatchObject({ os_version: "17.9.4a" });
    expect(told(driver)).not.toHaveProperty("variants");
  });

  test("[T76] a panel for which this version has no command says so, and nothing is sent", () => {
    const { driver, ran } = rig({ "show version": version("15.2(4)E10") }, undefined, ["mac"]);
    expect(driver.readings.get("mac")).toMatchObject({
      status: "unsupported",
      hint: expect.stringContaining("version"),
    });
    expect(ran.some((text) => text.startsWith("show mac"))).toBe(false);
  });

  test("[T76] a panel is not said to be missing while another way to ask has not been tried", () => {
    const { driver } = rig({ "show version": version("17.3.1"), "show interfaces description": "x" }, undefined, [
      "users",
      "ifstate",
    ]);
    for (const panel of ["users", "ifstate"] as const) {
      const seen = driver.effects.flatMap((effect) =>
        effect.type === "reading" && effect.update.payload.panel === panel ? [effect.update.payload.status] : [],
      );
      const first = seen.indexOf("unsupported");
      expect(first === -1 || seen.slice(first).every((status) => status === "unsupported")).toBe(true);
    }
    expect(driver.readings.get("users")?.status).toBe("unsupported");
  });
});

describe("[T62] what a box has", () => {
  test("is asked first; what is missing gates its panel with the reason; asked again after 300 s", () => {
    let inventory = "NAME: x\n";
    const { driver, ran } = rig(
      { "show version": version("17.3.1"), "show inventory": () => inventory, "show env all": "FAN is OK\n" },
      undefined,
      ["env"],
    );
    expect(driver.readings.get("env")).toMatchObject({ status: "gated", hint: "This box has no fans." });
    expect(ran).not.toContain("show env all");
    expect(ran.filter((text) => text === "show inventory")).toHaveLength(1);
    inventory = "FAN 1\n";
    driver.run(300_000);
    expect(ran).toContain("show env all");
    expect(driver.readings.get("env")?.status).not.toBe("gated");
  });

  test("[T76] a panel that is opened later has the reason at once", () => {
    const { driver, ran } = rig({ "show version": version("17.3.1"), "show inventory": "NAME: x\n" }, undefined, [
      "env",
    ]);
    driver.send({ type: "subscribe", panels: ["users"], at: driver.now });
    driver.send({ type: "subscribe", panels: ["users", "env"], at: driver.now });
    expect(driver.readings.get("env")).toMatchObject({ status: "gated", hint: "This box has no fans." });
    expect(ran).not.toContain("show env all");
  });

  test("a box that does not answer the question is asked everything", () => {
    const { ran } = rig({ "show version": version("17.3.1"), "show env all": "FAN is OK\n" }, undefined, ["env"]);
    expect(ran).toContain("show env all");
  });
});
