import { describe, expect, test } from "vitest";
import { errorText } from "#bridge/error-text.ts";
import type { QuestionView } from "#bridge/types.ts";
import { authTexts, newPasswordFault } from "#ui/connect/auth-texts.ts";
import { connectSteps } from "#ui/connect/connect-steps.ts";
import { addressText, elsewhereByDevice, matchesDevice, terminalOf, usedElsewhere } from "#ui/connect/device-search.ts";
import { fingerprintHelp } from "#ui/connect/fingerprint-help.ts";
import { endTitle } from "#ui/device/end-text.ts";

const question = (change: object): Extract<QuestionView, { kind: "auth" }> => ({
  kind: "auth",
  id: "q",
  method: "password",
  host: "h",
  user: "u",
  hop: 0,
  round: 1,
  name: "",
  instruction: "",
  prompts: [{ prompt: "u@h's password: ", echo: false }],
  ...change,
});

describe("login dialog", () => {
  test("[S86] words of the device are quoted, except the usual one", () => {
    expect(authTexts(question({}), "ssh1").label("u@h's password: ", 0)).toBe("Password");
    const asks = question({ method: "keyboard_interactive" });
    expect(authTexts(asks, "ssh1").label("PASSCODE\u202e: ", 0)).toBe("“PASSCODE<U+202E>:”");
    expect(authTexts(asks, "ssh1").label("  ", 0)).toBe("Answer");
    expect(authTexts(asks, "ssh2").lead).toContain("Telemetry");
  });

  test("a changed password has to be the same twice, where the device asks twice", () => {
    const change = question({
      method: "change_password",
      prompts: [
        { prompt: "New password:", echo: false },
        { prompt: "Retype new password:", echo: false },
      ],
    });
    expect(newPasswordFault(change, ["a", "b"])).toContain("differ");
    expect(newPasswordFault(change, ["a", "a"])).toBeUndefined();
    expect(newPasswordFault(change, ["", ""])).toContain("Enter");
    expect(newPasswordFault(question({}), [""])).toBeUndefined();
  });
});

describe("[U99] connecting", () => {
  test("steps before are done, steps after are ahead", () => {
    expect(connectSteps("host_key").map(({ state }) => state)).toEqual([
      "done",
      "done",
      "done",
      "current",
      "ahead",
      "ahead",
    ]);
    expect(connectSteps(undefined).every(({ state }) => state === "ahead")).toBe(true);
  });

  test("[S45] the command fits the type of the key", () => {
    expect(fingerprintHelp("ssh-ed25519")[0]?.command).toContain("ssh_host_ed25519_key.pub");
    expect(fingerprintHelp("ecdsa-sha2-nistp256")[0]?.command).toContain("ssh_host_ecdsa_key.pub");
    expect(fingerprintHelp("something-new")[0]?.command).toContain("ssh_host_*_key.pub");
  });

  test("headlines of an end", () => {
    const ended = { at: 0, while_away: false };
    expect(endTitle({ ...ended, code: 0 }, true)).toBe("The shell has ended");
    expect(endTitle({ ...ended, code: 3 }, true)).toContain("exit code 3");
    expect(endTitle({ ...ended, signal: "KILL" }, true)).toContain("KILL");
    expect(endTitle({ ...ended, code: null }, true)).toBe("The device ended the session");
    expect(endTitle({ ...ended, error: { code: "unreachable", retry: "user" } }, false)).toContain("No connection");
  });

  test("[S98] the bridge hands out the protocol's texts; an unknown code shows itself", () => {
    expect(errorText("auth_failed").next).toContain("password");
    expect(errorText("brand_new", "thing").what).toContain("brand_new/thing");
  });
});

describe("device list", () => {
  const record = {
    id: "a",
    label: "Edge router",
    target: { host: "fd00::1", port: 2222, user: "netops", via: [] },
    algorithms: "modern",
    keepalive: "tcp",
    grace_s: 900,
    telemetry: "ask",
    pins: [],
    note: "rack 14",
  } as const;

  test("addresses are written as people write them", () => {
    expect(addressText({ ...record, pins: [], target: { ...record.target, via: [] } })).toBe("netops@[fd00::1]:2222");
  });

  test("every word of the search has to occur", () => {
    const device = { ...record, pins: [], target: { ...record.target, via: [] } };
    expect(matchesDevice(device, "edge 14")).toBe(true);
    expect(matchesDevice(device, "edge 15")).toBe(false);
    expect(matchesDevice(device, "")).toBe(true);
  });

  test("[S12] sessions elsewhere: one entry per device, none for those open here", () => {
    const device = { ...record, pins: [], target: { ...record.target, via: [] } };
    const at = (id: string, session: "ssh1" | "ssh2") => ({
      device: id,
      label: id,
      session_id: session,
      sid: `n.${session}`,
      target: { host: "192.0.2.9", port: 830, user: "ops", via: [] },
    });
    const groups = elsewhereByDevice({
      records: [device],
      rev: 1,
      from: "proxy",
      open: ["b"],
      elsewhere: [at("a", "ssh1"), at("a", "ssh2"), at("b", "ssh1"), at("gone", "ssh1")],
    });
    expect(groups.map(({ device: id, record: found, quick }) => [id, found.label, quick])).toEqual([
      ["a", "Edge router", false],
      ["gone", "gone", true],
    ]);
    expect(groups[0]?.sessions).toEqual([
      { sid: "n.ssh1", session_id: "ssh1" },
      { sid: "n.ssh2", session_id: "ssh2" },
    ]);
    // A quick connect of another page is in no list: its session says where it leads.
    expect(groups[1]?.record).toMatchObject({
      id: "gone",
      target: { host: "192.0.2.9", port: 830, user: "ops" },
      algorithms: "modern",
      telemetry: "ask",
      pins: [],
    });
  });

  test("[WP28] a device is in use when a page elsewhere has its running terminal; an ended or left one asks no question", () => {
    const session = { device: "a", label: "a", target: { host: "h", port: 22, user: "u", via: [] } };
    const ended = {
      ...session,
      session_id: "ssh1",
      sid: "n.old",
      ended: true,
      holder: "phone",
      other_client: true,
    } as const;
    const running = { ...session, session_id: "ssh1", sid: "n.new", holder: "phone", other_client: true } as const;
    const tab = { ...session, session_id: "ssh1", sid: "n.tab", holder: "phone" } as const;
    const left = { ...session, session_id: "ssh1", sid: "n.left" } as const;
    const telemetry = { ...session, session_id: "ssh2", sid: "n.2", holder: "phone", other_client: true } as const;
    const used = (elsewhere: Parameters<typeof elsewhereByDevice>[0] & object, device = "a") =>
      usedElsewhere(elsewhere, device)?.holder;
    const catalog = (...elsewhere: (typeof ended | typeof running | typeof left | typeof telemetry | typeof tab)[]) =>
      ({ records: [], rev: 1, from: "proxy", open: [], elsewhere }) as const;
    expect(used(catalog(ended, running))).toBe("phone");
    expect(used(catalog(running), "b")).toBeUndefined();
    // Another tab of this tablet: its session is asked for, and the card says the rest.
    expect(used(catalog(tab))).toBeUndefined();
    for (const list of [[ended], [left], [telemetry]]) expect(used(catalog(...list))).toBeUndefined();
    expect(used({ ...catalog(running), open: ["a"] })).toBeUndefined();
    // What is taken over is the one that runs, whichever is listed first.
    expect(terminalOf(elsewhereByDevice(catalog(ended, running))[0]?.sessions ?? [])).toBe("n.new");
    expect(terminalOf(elsewhereByDevice(catalog(ended))[0]?.sessions ?? [])).toBe("n.old");
  });
});
