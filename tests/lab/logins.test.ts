import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { HostRig, type RigDevice } from "#support/host-rig.ts";
import { labClear, labExec, labVtysh, type NodeName, requireLab, type UserName } from "#support/lab.ts";
import { LabWitness } from "#support/lab-witness.ts";
import { allowList, DETECTION } from "#telemetry/packs/build-command.ts";
import { packs } from "#telemetry/platforms/packs.ts";

const lab = await requireLab();

/** A login that is watched on the device, with its panels subscribed. */
async function logIn(
  rig: HostRig,
  node: NodeName,
  user: UserName,
): Promise<{ device: RigDevice; witness: LabWitness }> {
  const { nodes, users } = lab.inventory();
  const witness = await LabWitness.install(node, user);
  const device = await rig.open({ host: nodes[node].host, port: 22, user }, users[user].password);
  await device.login();
  return { device, witness };
}

const QUESTIONS: readonly string[] = Object.values(DETECTION);

describe.skipIf(!lab.up)("logins that are not plain", () => {
  let rig: HostRig;

  beforeAll(async () => {
    await labClear();
    rig = await HostRig.start({ config: { allow: [{ cidr: "198.19.0.0/24", ports: [22] }] } });
  });
  afterAll(async () => {
    await rig?.stop();
    await labClear();
  });

  test("viewer, who may not enable, reads what vtysh shows to everyone", async () => {
    const { device, witness } = await logIn(rig, "r2", "viewer");
    try {
      await device.monitor({ panels: ["device_info", "ifstate", "bgp", "ospf", "routing_table", "cpu"] });
      const { ssh2 } = await device.until(({ ssh2 }) => ssh2.platform !== undefined, "a platform");
      expect(ssh2.platform).toMatchObject({ id: "frr" });
      // what this user may not run says so; what may be run is read
      for (const id of ["device_info", "ifstate", "bgp", "ospf", "routing_table"] as const) {
        const { status, hint, data } = await device.panel(id, (reading) => reading.status !== "pending", "an answer");
        if (status === "unsupported") expect(hint, id).toMatch(/may not run/);
        else expect(data, id).toBeDefined();
      }
      expect(await device.filled("bgp")).toMatchObject({ data: { totals: { up: 4 } } });
      const allowed = [...allowList(packs.frr), ...QUESTIONS];
      expect((await witness.execs("viewer")).filter((text) => !allowed.includes(text))).toEqual([]);
    } finally {
      await device.close();
      await witness.remove();
    }
  });

  test("[T33] [T34] [T35] paged: at the pager nothing is typed but its quit key, and nothing is written or run", async () => {
    const configuration = await labVtysh("r3", "show running-config");
    const { device, witness } = await logIn(rig, "r3", "paged");
    const files = async () =>
      (
        await labExec(
          "r3",
          "find",
          "/lab/home/paged",
          "/tmp",
          "/etc/frr",
          "-newer",
          "/var/log/witness/shell.paged",
          "-type",
          "f",
        )
      ).stdout;
    try {
      await device.monitor({ panels: ["device_info", "ifstate", "bgp", "ospf", "routing_table"] });
      await device.until(({ ssh2 }) => ssh2.platform !== undefined, "a platform");
      for (const id of ["device_info", "ifstate", "bgp", "ospf", "routing_table"] as const) await device.filled(id);
      // over a shell every answer longer than the screen would meet the pager; each byte that arrived is known
      const [terminal, telemetry = ""] = await witness.typed("paged");
      expect(terminal).toBe("");
      const allowed = new Set([...allowList(packs.frr), ...QUESTIONS, ...packs.frr.session.setup, "", "q", " "]);
      const lines = telemetry.split("\n").map((line) => line.replace(/^(?:q| )+(?=.)/, ""));
      expect(lines.filter((line) => !allowed.has(line) && !/^! rs-[0-9a-f]+$/.test(line))).toEqual([]);
      const execs = await witness.execs("paged");
      expect(execs.filter((text) => !allowed.has(text))).toEqual([]);
      expect(execs.length + lines.length).toBeGreaterThan(5);
      // vtysh keeps a history of its own, as it does for everyone
      expect(await files()).toMatch(/^(?:\/lab\/home\/paged\/\.history_frr\n)?$/);
      expect(await labVtysh("r3", "show running-config")).toBe(configuration);
    } finally {
      await device.close();
      await witness.remove();
    }
  });

  test("[T33] [T35] a shell-only login behind more: at the pager nothing but its quit key, and then the panels fill", async () => {
    const script = `#!/bin/sh
[ $# -eq 0 ] || { echo "exec is disabled on this device" >&2; exit 1; }
VTYSH_PAGER=more exec /usr/bin/vtysh
`;
    const install = `printf '%s' "$1" >/lab/bin/only-paged; chmod 755 /lab/bin/only-paged; sed -i '/^paged:/s|:[^:]*$|:/lab/bin/only-paged|' /etc/passwd`;
    await labExec("r3", "sh", "-c", install, "sh", script);
    const configuration = await labVtysh("r3", "show running-config");
    const { device, witness } = await logIn(rig, "r3", "paged");
    try {
      await device.monitor({ panels: ["device_info", "ifstate", "bgp", "ospf"] });
      await expect
        .poll(async () => (await device.audit()).some(({ purpose }) => purpose === "pager"), { timeout: 60_000 })
        .toBe(true);
      // past the pager that showed the greeting, the session's own set-up turns paging off
      for (const id of ["device_info", "ifstate", "bgp", "ospf"] as const) await device.filled(id);
      const shells = (await witness.typed("paged")).slice(1);
      const allowed = new Set([...allowList(packs.frr), ...QUESTIONS, ...packs.frr.session.setup, ""]);
      expect(shells.join("")).toContain("q");
      const lines = shells.flatMap((text) => text.split("\n").map((line) => line.replace(/^[q ]+/, "")));
      expect(lines.filter((line) => !allowed.has(line) && !/^! rs-[0-9a-f]+$/.test(line))).toEqual([]);
      expect(await labVtysh("r3", "show running-config")).toBe(configuration);
    } finally {
      await device.close();
      await witness.remove();
      await labExec("r3", "sed", "-i", "/^paged:/s|:[^:]*$|:/lab/bin/vtysh-paged|", "/etc/passwd");
    }
  });

  test("noexec: telemetry falls back to a shell, and the panels fill all the same", async () => {
    const { device, witness } = await logIn(rig, "r1", "noexec");
    try {
      await device.monitor({ panels: ["device_info", "ifstate", "bgp", "ospf"] });
      for (const id of ["device_info", "ifstate", "bgp", "ospf"] as const) await device.filled(id);
      expect((await device.filled("bgp")).data).toMatchObject({ totals: { up: 4 } });
      const allowed = new Set([...allowList(packs.frr), ...QUESTIONS, ...packs.frr.session.setup, ""]);
      const shells = (await witness.typed("noexec")).slice(1);
      const lines = shells.flatMap((text) => text.split("\n"));
      expect(lines.filter((line) => !allowed.has(line) && !/^! rs-[0-9a-f]+$/.test(line))).toEqual([]);
      expect(await witness.mostConnections()).toBe(2);
    } finally {
      await device.close();
      await witness.remove();
    }
  });

  test("[T62] one box seen by two logins, and again: each gets its own platform, found once", async () => {
    const { nodes, users } = lab.inventory();
    const visit = async (user: "netops" | "both"): Promise<{ evidence: string; questions: number }> => {
      const device = await rig.open({ host: nodes.r2.host, port: 22, user }, users[user].password);
      try {
        await device.login();
        await device.monitor({ panels: ["bgp", "ospf", "cpu"] });
        const { ssh2 } = await device.until((view) => view.ssh2.platform !== undefined, "a platform");
        expect(ssh2.platform?.id).toBe(user === "netops" ? "frr" : "linux");
        expect((await device.filled("bgp")).data?.rows).toHaveLength(4);
        expect((await device.filled("ospf")).data?.rows).toHaveLength(4);
        if (user === "both") await device.filled("cpu");
        else await device.panel("cpu", ({ status }) => status === "unsupported", "unsupported");
        const questions = (await device.audit()).filter(({ text, purpose }) => {
          return QUESTIONS.includes(text) && (purpose === "command" || !allowList(packs.frr).includes(text));
        });
        return { evidence: ssh2.platform?.evidence ?? "", questions: questions.length };
      } finally {
        await device.close();
      }
    };
    const first = [await visit("netops"), await visit("both")];
    expect(first.every(({ questions }) => questions > 0)).toBe(true);
    const again = [await visit("netops"), await visit("both")];
    expect(again.map(({ questions }) => questions)).toEqual([0, 0]);
    expect(again.map(({ evidence }) => evidence)).toEqual(first.map(({ evidence }) => evidence));
  });

  test("[T62] a box that answers like none that is known says so and offers raw output", async () => {
    const { nodes, users } = lab.inventory();
    // birdc as a login: a CLI of its own that no pack knows
    await labExec(
      "peer",
      "sh",
      "-c",
      "printf '#!/bin/sh\\n[ \"$1\" = -c ] && exec /usr/sbin/birdc -r $2\\nexec /usr/sbin/birdc -r\\n' >/lab/bin/birdcli; chmod 755 /lab/bin/birdcli; sed -i '/^linux:/s|/bin/bash|/lab/bin/birdcli|' /etc/passwd",
    );
    const device = await rig.open({ host: nodes.peer.host, port: 22, user: "linux" }, users.linux.password);
    try {
      await device.login();
      await device.monitor({ panels: ["bgp", "raw"] });
      const { ssh2 } = await device.until(({ ssh2 }) => ssh2.platform !== undefined, "a platform");
      expect(ssh2.platform).toMatchObject({ id: "unknown" });
      expect(await device.panel("bgp", ({ status }) => status === "unsupported", "unsupported")).toMatchObject({
        hint: expect.stringMatching(/[Uu]nknown/),
      });
      const { data } = await device.panel("raw", (reading) => (reading.data?.outputs.length ?? 0) > 0, "raw output");
      expect(data?.outputs[0]).toMatchObject({ command: "show version", text: expect.stringMatching(/\S/) });
      const questions = (await device.audit()).filter(({ text }) => QUESTIONS.includes(text));
      expect(new Set(questions.map(({ text }) => text)).size).toBeLessThanOrEqual(3);
    } finally {
      await device.close();
      await labExec("peer", "sed", "-i", "/^linux:/s|/lab/bin/birdcli|/bin/bash|", "/etc/passwd");
    }
  });
});
