/** Keys made by the tablet, and encrypted ones that it imported, signed by its worker, against the lab's servers [S52] [S57]. */
import { execFile } from "node:child_process";
import { mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { commands } from "#bridge/commands.ts";
import { secretCommands } from "#bridge/secret-commands.ts";
import type { NewKeyKind } from "#bridge/types.ts";
import { deviceRecord } from "#support/device-record.ts";
import { HostRig, RigDevice } from "#support/host-rig.ts";
import { type DoorName, labClear, labExec, requireLab } from "#support/lab.ts";
import { publicKeyLine } from "#telemetry/knowledge/public-key-lines.ts";
import { wayOf } from "#workers/keys/bound-way.ts";

const lab = await requireLab();
const run = promisify(execFile);
/** Where the gate's servers look for the keys of user linux, and where its own ones wait meanwhile. */
const AUTHORISED = "/lab/home/linux/.ssh/authorized_keys";
const ASIDE = `${AUTHORISED}.before`;
const KEY_PASSPHRASE = "a passphrase of a key file";

/** ssh-keygen's words for each type, and what the app calls it. */
const TYPES = [
  { type: "ssh-ed25519", made: "ed25519", file: ["ed25519"] },
  { type: "ecdsa-sha2-nistp256", made: "ecdsa-p256", file: ["ecdsa", "-b", "256"] },
  { type: "ssh-rsa", made: "rsa-3072", file: ["rsa", "-b", "3072"] },
] as const satisfies readonly { type: string; made: NewKeyKind; file: readonly string[] }[];

describe.skipIf(!lab.up)("logging in to the lab with keys of the tablet", () => {
  let rig: HostRig;
  let folder = "";
  /** Keys of the tablet by name. */
  const ids = new Map<string, string>();

  const send = async <T>(command: Parameters<HostRig["page"]["bridge"]["dispatch"]>[0]): Promise<T> => {
    const result = await rig.page.bridge.dispatch<T>(command);
    if (!result.ok) throw new Error(JSON.stringify(result.error));
    return result.value as T;
  };

  /** The gate takes the tablet's keys and no other: no key of the lab can have logged in. */
  beforeAll(async () => {
    await labClear();
    folder = await mkdtemp(join(tmpdir(), "rackside-tablet-keys-"));
    rig = await HostRig.start({ config: { allow: [{ cidr: "198.19.0.0/24", ports: [22] }] } });
    await send(secretCommands.createVault("a passphrase of the vault"));
    for (const { type, made, file } of TYPES) {
      ids.set(`made ${type}`, await send<string>(secretCommands.makeKey(made, `made ${type}`)));
      const path = join(folder, type);
      await run("ssh-keygen", ["-q", "-t", ...file, "-a", "4", "-N", KEY_PASSPHRASE, "-C", "old laptop", "-f", path]);
      const text = await readFile(path, "utf8");
      expect((await rig.page.bridge.dispatch(secretCommands.importKey(text, "a wrong one", "", BINDINGS))).ok).toBe(
        false,
      );
      ids.set(`imported ${type}`, await send<string>(secretCommands.importKey(text, KEY_PASSPHRASE, "", BINDINGS)));
    }
    const { keys } = await rig.until("ssh_keys", (view) => view.keys.length >= ids.size, "the keys");
    const lines = keys.map((key) => publicKeyLine({ type: key.type, base64: key.public_key, comment: "tablet" }));
    expect(lines).toHaveLength(ids.size);
    const script = `cp -p ${AUTHORISED} ${ASIDE} && printf '%s\\n' "$@" >${AUTHORISED}`;
    expect(await labExec("gate", "sh", "-c", script, "sh", ...lines)).toMatchObject({ code: 0 });
  });
  afterAll(async () => {
    await rig?.stop();
    await rm(folder, { recursive: true, force: true });
    await labExec("gate", "sh", "-c", `[ ! -e ${ASIDE} ] || mv ${ASIDE} ${AUTHORISED}`);
    await labClear();
  });

  const BINDINGS = [{ kind: "pattern" as const, host: "198.19.0.*" }];

  async function openWith(door: DoorName, key: string): Promise<RigDevice> {
    const record = deviceRecord(lab.inventory().doors[door], { label: door });
    await send(commands.putDevice(record));
    await rig.until("catalog", ({ records }) => records.some(({ id }) => id === record.id), "the device in the list");
    const keys = [ids.get(key) ?? ""];
    await send(
      secretCommands.chooseLogin(record.id, { keys, via_keys: [], sign_hidden: false, bound: wayOf(record.target) }),
    );
    const device = new RigDevice(rig, record.id);
    await send(commands.open(record.id, { cols: 100, rows: 30 }));
    return device;
  }

  const NAMES = TYPES.flatMap(({ type }) => [`made ${type}`, `imported ${type}`]);

  test.each(NAMES)("[S52] [S57] keyonly: %s", async (name) => {
    const device = await openWith("keyonly", name);
    await device.login();
    expect(device.view?.ssh1.auth_method).toBe("publickey");
    await device.say("echo by-key-$((6 * 7))\r", /by-key-42/);
    await device.close();
  });

  test.each(NAMES)("[S58] twofactor: %s, and then the prompt of the second factor", async (name) => {
    const { password } = lab.inventory().doors.twofactor;
    const device = await openWith("twofactor", name);
    const asked: string[] = [];
    for (let last = ""; device.view?.ssh1.phase !== "live"; ) {
      const { ssh1 } = await device.until(
        (view) => view.ssh1.phase === "live" || (view.ssh1.question !== undefined && view.ssh1.question.id !== last),
        "a question or a live terminal",
      );
      const { question } = ssh1;
      if (question === undefined || question.id === last) continue;
      last = question.id;
      if (question.kind === "host_key") await send(commands.hostKeyReply(device.id, "ssh1", question.id, true));
      else if (question.kind === "auth") {
        asked.push(question.method);
        await send(commands.authReply(device.id, "ssh1", question.id, { answers: [password] }));
      }
    }
    expect(asked).toEqual(["keyboard_interactive"]);
    await device.say("echo both-$((6 * 7))\r", /both-42/);
    await device.close();
  });

  test("[S53] a key that the gate does not have: refused there, and told", async () => {
    ids.set("stranger", await send<string>(secretCommands.makeKey("ed25519", "stranger")));
    const device = await openWith("keyonly", "stranger");
    const asked = await device.until(
      ({ ssh1 }) => ssh1.question !== undefined || ssh1.ended !== undefined,
      "an outcome",
    );
    const { question } = asked.ssh1;
    if (question?.kind === "host_key") await send(commands.hostKeyReply(device.id, "ssh1", question.id, true));
    const { ssh1 } = await device.until((view) => view.ssh1.ended !== undefined, "the refusal");
    expect(ssh1.ended?.error).toMatchObject({ code: "auth_failed" });
    await device.close();
  });
});
