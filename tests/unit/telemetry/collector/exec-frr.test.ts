import { describe, expect, test } from "vitest";
import { execSession, FRR_ANSWERS, vtysh } from "#support/exec-devices.ts";
import { cliDevice } from "#support/telemetry-devices.ts";
import { TelemetryDriver } from "#support/telemetry-driver.ts";
import { initialTransport } from "#telemetry/collector.ts";
import type { PanelId } from "#telemetry/knowledge/panel-data.ts";

const reading = (driver: TelemetryDriver, panel: PanelId): unknown => driver.readings.get(panel);

describe("FRRouting behind a vtysh login", () => {
  test("found in at most three questions, panels fill within ten seconds, the others say why not", () => {
    const driver = execSession(vtysh);
    driver.open("exec", "SSH-2.0-OpenSSH_9.2p1");
    driver.run(10_000);
    expect(driver.execs.slice(0, 2)).toEqual(["uname -srm; cat /etc/os-release; command -v vtysh", "show version"]);
    for (const panel of ["device_info", "ifstate", "routing_table", "bgp", "ospf"] as const)
      expect(reading(driver, panel)).toMatchObject({ status: "ok" });
    for (const panel of ["cpu", "memory", "ifcounters", "traffic", "neighbors", "arp", "mac", "users"] as const) {
      expect(reading(driver, panel)).toMatchObject({
        status: "unsupported",
        hint: expect.stringContaining("vtysh login"),
      });
      expect(reading(driver, panel)).not.toHaveProperty("data");
    }
    // Three peers with two address families each: six rows, three sessions.
    expect(reading(driver, "bgp")).toMatchObject({
      data: { row_count: 6, totals: { up: 3, down: 0, admin_down: 0 } },
    });
  });

  test("a shell is used for detection, then exec on the same connection", () => {
    const driver = new TelemetryDriver({
      exec: vtysh,
      shell: () =>
        cliDevice({ prompt: "r1# ", answers: Object.fromEntries(FRR_ANSWERS), unknown: "% Unknown command" }),
    });
    driver.send({ type: "subscribe", panels: ["bgp"], at: driver.now });
    driver.open(initialTransport(undefined), "SSH-2.0-OpenSSH_9.2p1");
    driver.run(10_000);
    expect(driver.effects).toContainEqual({ type: "set_transport", transport: "exec" });
    expect(driver.effects.find((effect) => effect.type === "platform")).toMatchObject({
      platform: "frr",
      remembered: { platform: "frr", transport: "exec" },
    });
    expect(reading(driver, "bgp")).toMatchObject({ status: "ok" });
  });

  test("where exec is refused the shell does it, with the same result", () => {
    const viaExec = execSession(vtysh, ["bgp", "ospf", "ifstate"]);
    viaExec.open("exec", "SSH-2.0-OpenSSH_9.2p1");
    viaExec.run(10_000);
    const viaShell = new TelemetryDriver({
      shell: () =>
        cliDevice({ prompt: "r1# ", answers: Object.fromEntries(FRR_ANSWERS), unknown: "% Unknown command" }),
    });
    viaShell.send({ type: "subscribe", panels: ["bgp", "ospf", "ifstate"], at: viaShell.now });
    viaShell.open("shell_pty", "SSH-2.0-OpenSSH_9.2p1");
    viaShell.run(15_000);
    for (const panel of ["bgp", "ospf", "ifstate"] as const) {
      expect(viaShell.readings.get(panel)?.status).toBe("ok");
      expect(viaShell.readings.get(panel)?.data).toEqual(viaExec.readings.get(panel)?.data);
    }
  });

  test("[T47] a daemon that is not running is gated, with a hint, and asked again after five minutes", () => {
    let running = false;
    const driver = execSession(
      (command) =>
        command.startsWith("show bgp") && !running ? { stderr: "bgpd is not running\n", code: 1 } : vtysh(command),
      ["bgp"],
    );
    driver.open("exec", "SSH-2.0-OpenSSH_9.2p1");
    driver.run(10_000);
    expect(reading(driver, "bgp")).toMatchObject({
      status: "gated",
      reason: "feature_off",
      hint: expect.stringContaining("not running"),
    });
    running = true;
    driver.run(300_000);
    expect(reading(driver, "bgp")).toMatchObject({ status: "ok" });
  });

  test("[T66] BGP without an instance answers {}: off, not an empty table", () => {
    const driver = execSession(
      (command) => (command.startsWith("show bgp") ? { stdout: "{\n}\n" } : vtysh(command)),
      ["bgp"],
    );
    driver.open("exec", "SSH-2.0-OpenSSH_9.2p1");
    driver.run(10_000);
    expect(reading(driver, "bgp")).toMatchObject({ status: "gated", hint: expect.stringContaining("not configured") });
    expect(reading(driver, "bgp")).not.toHaveProperty("data");
  });

  test("[T44] an exec that hangs is cancelled; the panel keeps what it had", () => {
    let hangs = false;
    const driver = execSession(vtysh, ["ospf"]);
    driver.execMs = (command) => (hangs && command.startsWith("show ip ospf") ? 600_000 : 40);
    driver.open("exec", "SSH-2.0-OpenSSH_9.2p1");
    driver.run(20_000);
    expect(reading(driver, "ospf")).toMatchObject({ status: "ok" });
    hangs = true;
    driver.run(30_000);
    expect(driver.effects.some((effect) => effect.type === "exec_cancel")).toBe(true);
    expect(driver.readings.get("ospf")?.data).toBeDefined();
    expect(driver.readings.get("ospf")?.status).not.toBe("ok");
  });

  test("[T44] one hang of vtysh is one of all: every panel says so at once, one command tries, and all come back together", () => {
    const panels: PanelId[] = ["device_info", "ifstate", "routing_table", "bgp", "ospf"];
    let hangs = false;
    const driver = execSession(vtysh, panels);
    driver.execMs = () => (hangs ? 600_000 : 40);
    driver.open("exec", "SSH-2.0-OpenSSH_9.2p1");
    driver.run(80_000);
    hangs = true;
    driver.run(45_000);
    for (const panel of panels) {
      expect(driver.readings.get(panel), panel).toMatchObject({
        reason: "timeout",
        hint: expect.stringMatching(/daemon of this router does not answer/),
      });
      expect(driver.readings.get(panel)?.data, panel).toBeDefined();
    }
    const tried = driver.execs.length;
    driver.run(25_000);
    expect(driver.execs.length - tried).toBeLessThanOrEqual(1);
    hangs = false;
    driver.run(60_000);
    for (const panel of panels) expect(driver.readings.get(panel), panel).toMatchObject({ status: "ok" });
    expect(driver.readings.get("bgp")).not.toHaveProperty("hint");
  });

  test("[T7] truncated JSON is an error, and the last good data stays", () => {
    let cut = false;
    const driver = execSession(
      (command) => {
        const answer = vtysh(command);
        return cut && command === "show interface json" ? { stdout: answer.stdout?.slice(0, 900) ?? "" } : answer;
      },
      ["ifstate"],
    );
    driver.open("exec", "SSH-2.0-OpenSSH_9.2p1");
    driver.run(10_000);
    const before = driver.readings.get("ifstate")?.data;
    cut = true;
    driver.run(35_000);
    expect(reading(driver, "ifstate")).toMatchObject({ status: "error", reason: "parse", data: before });
  });
});
