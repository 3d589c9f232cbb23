/** The way through a jump host with a login of its own out of the vault, against OpenSSH [S39] [S58] [S67]. */
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { commands } from "#bridge/commands.ts";
import { secretCommands } from "#bridge/secret-commands.ts";
import { deviceRecord } from "#support/device-record.ts";
import { requireTools } from "#support/find-tools.ts";
import { HostRig, RigDevice } from "#support/host-rig.ts";
import { requireOwnAccounts, startSshd, type TestSshServer } from "#support/sshd.ts";
import { wayOf } from "#workers/keys/bound-way.ts";

const tools = await requireTools("sshd", "ssh-keygen");
const usable = tools.ok && requireOwnAccounts();
const HERE = "127.0.0.1";

describe.skipIf(!usable)("a jump host whose password is in the vault", () => {
  let jump: TestSshServer;
  let end: TestSshServer;
  let rig: HostRig;

  beforeAll(async () => {
    if (!tools.ok) return;
    const config = ["KbdInteractiveAuthentication no"];
    [jump, end] = await Promise.all([startSshd(tools, { config }), startSshd(tools, { config })]);
    const ports = [jump.port, end.port];
    rig = await HostRig.start({
      config: {
        allow: [
          { cidr: `${HERE}/32`, ports },
          { cidr: `${HERE}/32`, ports, via: [HERE] },
        ],
      },
    });
  });
  afterAll(async () => {
    await rig?.stop();
    await Promise.all([jump?.stop(), end?.stop()]);
  });

  const send = async <T>(command: Parameters<HostRig["page"]["bridge"]["dispatch"]>[0]): Promise<T> => {
    const result = await rig.page.bridge.dispatch<T>(command);
    if (!result.ok) throw new Error(JSON.stringify(result.error));
    return result.value as T;
  };

  /** Opens the device behind the jump host; gives every question that a person was asked, until the terminal is live. */
  async function open(password: string, entry: string | null) {
    const target = {
      host: HERE,
      port: end.port,
      user: end.user,
      via: [{ host: HERE, port: jump.port, user: jump.user }],
    };
    const record = deviceRecord(target, { label: "behind", target, telemetry: "allowed" });
    await send(commands.putDevice(record));
    await rig.until("catalog", ({ records }) => records.some(({ id }) => id === record.id), "the device in the list");
    const choice = { keys: [], via_keys: [], via_passwords: [entry], sign_hidden: false, bound: wayOf(record.target) };
    await send(secretCommands.chooseLogin(record.id, choice));
    const device = new RigDevice(rig, record.id);
    await send(commands.open(record.id, { cols: 100, rows: 30, password }));
    const asked: string[] = [];
    for (let last = ""; device.view?.ssh1.phase !== "live"; ) {
      const { ssh1 } = await device.until(
        (view) => view.ssh1.phase === "live" || (view.ssh1.question !== undefined && view.ssh1.question.id !== last),
        "a question or a live terminal",
      );
      const { question } = ssh1;
      if (question === undefined || question.id === last) continue;
      last = question.id;
      asked.push(`${question.kind} of hop ${question.hop}, round ${question.kind === "auth" ? question.round : 1}`);
      if (question.kind === "host_key") await send(commands.hostKeyReply(record.id, "ssh1", question.id, true));
      else if (question.kind === "auth") {
        await send(commands.authReply(record.id, "ssh1", question.id, { answers: [jump.password ?? ""] }));
      }
    }
    return { device, asked };
  }

  test("[S39] [S59] both sessions log in there without a question; the device's own password goes to the device alone", async () => {
    await send(secretCommands.createVault("a passphrase of the vault"));
    const bindings = [{ kind: "pattern" as const, host: HERE, port: jump.port }];
    const secret = jump.password ?? "";
    const entry = await send<string>(secretCommands.putEntry({ kind: "password", name: "jump", bindings, secret }));
    const { device, asked } = await open(end.password ?? "", entry);
    expect(asked).toEqual(["host_key of hop 0, round 1", "host_key of hop 1, round 1"]);
    const { ssh2 } = await device.until((view) => view.ssh2.phase === "live", "live telemetry");
    expect(ssh2.question).toBeUndefined();
    await device.close();
  });

  test("[S67] an entry that is bound to the device behind it is not given to the jump host: the person is asked", async () => {
    const bindings = [{ kind: "pattern" as const, host: HERE, port: end.port }];
    const secret = jump.password ?? "";
    const entry = await send<string>(secretCommands.putEntry({ kind: "password", name: "end", bindings, secret }));
    const { device, asked } = await open(end.password ?? "", entry);
    // This tablet knows both hosts by now, whatever device of the list they are reached for [S44].
    expect(asked).toEqual(["auth of hop 0, round 1"]);
    await device.close();
  });
});
