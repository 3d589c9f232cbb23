/** What the proxy says of a handshake, altered on its way to the real page, which logs in with its key at a real sshd. */
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, type MockInstance, test, vi } from "vitest";
import { commands } from "#bridge/commands.ts";
import { secretCommands } from "#bridge/secret-commands.ts";
import { errorText } from "#protocol/error-texts.ts";
import type { ErrorPayload } from "#protocol/messages/error.ts";
import { REASON_TEXTS } from "#protocol/reason-texts.ts";
import { deviceRecord } from "#support/device-record.ts";
import { requireTools } from "#support/find-tools.ts";
import { HostRig, RigDevice } from "#support/host-rig.ts";
import { requireOwnAccounts, startSshd, type TestSshServer } from "#support/sshd.ts";
import { auditOf } from "#support/wire-admin.ts";
import { WirePage } from "#support/wire-client.ts";
import { pairClient } from "#support/wire-pairing.ts";
import { publicKeyLine } from "#telemetry/knowledge/public-key-lines.ts";
import { wayOf } from "#workers/keys/bound-way.ts";
import { REFUSALS } from "#workers/keys/login-words.ts";
import type { SignRefusal } from "#workers/keys/sign-gate.ts";

const tools = await requireTools("sshd", "ssh-keygen");
const usable = tools.ok && requireOwnAccounts();

type Wire = { action?: string; payload: Record<string, unknown> };

/** Alters one field of base64 of the messages that `of` names; counts how often it did. */
function altering(of: (message: Wire) => boolean, field: string, change: (bytes: Buffer) => Buffer) {
  const done = { times: 0 };
  const alter = (text: string): string => {
    const message = JSON.parse(text) as Wire;
    if (!of(message)) return text;
    done.times += 1;
    const bytes = Buffer.from(String(message.payload[field]), "base64");
    return JSON.stringify({ ...message, payload: { ...message.payload, [field]: change(bytes).toString("base64") } });
  };
  return { done, alter };
}

function flipped(bytes: Buffer, at: number): Buffer {
  const other = Buffer.from(bytes);
  other.writeUInt8(other.readUInt8(at) ^ 1, at);
  return other;
}

const isProof = ({ action, payload }: Wire): boolean => action === "host_key" && payload.stage === "proof";
const isSign = ({ action }: Wire): boolean => action === "sign";

/** RFC 4252 section 7: the length of the session id, the id, the type of the message, the length of the user's name. */
const USER_AT = (blob: Buffer): number => 4 + blob.readUInt32BE(0) + 1 + 4;

const said = (error: ErrorPayload | undefined): string => errorText(error?.code ?? "", error?.reason).what;

describe.skipIf(!usable)("[HC5] a proxy that lies about the handshake, and the real page", () => {
  let server: TestSshServer;
  let rig: HostRig;
  let view: WirePage;
  let key = "";
  let signatures: MockInstance<SubtleCrypto["sign"]>;

  const send = async <T>(command: Parameters<HostRig["page"]["bridge"]["dispatch"]>[0]): Promise<T> => {
    const result = await rig.page.bridge.dispatch<T>(command);
    if (!result.ok) throw new Error(JSON.stringify(result.error));
    return result.value as T;
  };

  beforeAll(async () => {
    // The key is made on the tablet, so the server that takes it starts after it.
    rig = await HostRig.start({ config: { allow: [{ cidr: "127.0.0.1/32", ports: ["1024-65535"] }] } });
    key = await send<string>(secretCommands.makeKey("ed25519", "tablet"));
    const { keys } = await rig.until("ssh_keys", (shown) => shown.keys.some(({ id }) => id === key), "the key");
    const own = keys.find(({ id }) => id === key);
    if (own === undefined) throw new Error("no key");
    const line = publicKeyLine({ type: own.type, base64: own.public_key, comment: own.name });
    server = await startSshd(tools, { authorized: [line], config: ["AuthenticationMethods publickey"] });
    view = await WirePage.open(await pairClient(await rig.proxy.pairUrl()));
  });
  beforeEach(() => {
    signatures = vi.spyOn(globalThis.crypto.subtle, "sign");
  });
  afterEach(() => {
    signatures.mockRestore();
    rig.page.altered = null;
  });
  afterAll(async () => {
    await view?.close();
    await rig?.stop();
    await server?.stop();
  });

  /** Opens a device of its own, with the key; the host is trusted when the person is asked. */
  async function open(): Promise<RigDevice> {
    const record = deviceRecord(server);
    await send(commands.putDevice(record));
    await rig.until("catalog", ({ records }) => records.some(({ id }) => id === record.id), "the device in the list");
    const choice = { keys: [key], via_keys: [], sign_hidden: false, bound: wayOf(record.target) };
    await send(secretCommands.chooseLogin(record.id, choice));
    const device = new RigDevice(rig, record.id);
    await send(commands.open(record.id, { cols: 100, rows: 30 }));
    const { ssh1 } = await device.until(
      ({ ssh1: one }) => one.question?.kind === "host_key" || one.phase === "ended" || one.phase === "live",
      "the host key question, or what came of the attempt",
    );
    if (ssh1.question?.kind === "host_key") {
      await send(commands.hostKeyReply(record.id, "ssh1", ssh1.question.id, true));
    }
    return device;
  }

  /** How the attempt ended, and what the person was told of it besides. */
  async function ended(device: RigDevice) {
    const { ssh1 } = await device.until(({ ssh1: one }) => one.phase === "ended", "the end of the attempt");
    const notices = rig.page.view("notices") ?? [];
    return { error: ssh1.ended?.error, notices: notices.filter((one) => one.device === device.id) };
  }

  test("[S47] [HC5] another session id in the host's proof: nothing is authenticated, nothing signed", async () => {
    const before = server.log().length;
    const { done, alter } = altering(isProof, "ssh_session_id", (bytes) => flipped(bytes, 0));
    rig.page.altered = alter;
    const { error, notices } = await ended(await open());
    expect(done.times).toBe(1);
    expect(error).toMatchObject({ code: "device_misbehaved", reason: "bad_signature" });
    expect(error?.detail).toContain("host_signature");
    expect(said(error)).toMatch(/could not prove that it owns the host key/);
    expect(notices).toMatchObject([{ code: "device_misbehaved/bad_signature" }]);
    expect(signatures).not.toHaveBeenCalled();
    // The proxy itself got no further than the handshake.
    expect(server.log().slice(before)).not.toMatch(/userauth|Failed|Accepted/);
  });

  test.each<[SignRefusal, string, (blob: Buffer) => Buffer]>([
    ["session_id", "the session id", (blob) => flipped(blob, 4)],
    ["user", "the user", (blob) => flipped(blob, USER_AT(blob))],
    ["blob", "the end", (blob) => Buffer.concat([blob, Buffer.of(0)])],
  ])("[S47] [S53] [HC5] refused as %s: a request to sign that was altered at %s", async (check, _where, change) => {
    const before = server.log().length;
    const { done, alter } = altering(isSign, "blob", change);
    rig.page.altered = alter;
    const { error, notices } = await ended(await open());
    expect(done.times).toBe(1);
    expect(error).toMatchObject({ code: "auth_failed", reason: "sign_refused" });
    expect(error?.detail).toContain(check);
    expect(said(error)).toBe(REASON_TEXTS["auth_failed/sign_refused"]?.what);
    expect(notices).toMatchObject([{ code: "auth_failed/sign_refused", text: REFUSALS[check] }]);
    expect(signatures).not.toHaveBeenCalled();
    expect(server.log().slice(before)).not.toMatch(/Accepted/);
    expect((await auditOf(view, "sign.")).at(-1)).toMatchObject({ event: "sign.refused", check });
  });

  test("[S47] unaltered, the same page signs once and sshd accepts the login", async () => {
    const before = server.log().length;
    const device = await open();
    await device.until(({ ssh1 }) => ssh1.phase === "live", "a live terminal");
    expect(device.view?.ssh1.auth_method).toBe("publickey");
    expect(signatures).toHaveBeenCalledTimes(1);
    expect(server.log().slice(before)).toMatch(/Accepted publickey/);
    await device.close();
  });
});
