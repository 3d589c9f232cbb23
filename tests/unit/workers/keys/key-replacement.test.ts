import { expect, test } from "vitest";
import type { ReplaceKeyCommand, Result } from "#protocol/local-messages.ts";
import type { HostKey } from "#protocol/messages/target.ts";
import { replaceHostKey } from "#workers/keys/key-replacement.ts";
import { TabletPins } from "#workers/keys/tablet-pins.ts";
import { MemoryStore } from "#workers/storage/tablet-store.ts";
import { hostKey, jumpKey, subtle } from "./login-rig.ts";

const HOST = { host: "10.0.0.1", port: 22 };
const DIRECT = { ...HOST, via: [] };
const BEHIND = { ...HOST, via: [{ host: "10.9.9.9", port: 22 }] };

/** A tablet that trusts `hostKey` at one address on two ways; the person replaces it by `jumpKey`; the proxy answers `answer`. */
async function replace(changes: Partial<ReplaceKeyCommand["payload"]> = {}, answer: HostKey = jumpKey) {
  const pins = await TabletPins.load(new MemoryStore(), () => {});
  await pins.add(DIRECT, hostKey);
  await pins.add(BEHIND, hostKey);
  const sent: unknown[] = [];
  const ask = async ({ payload }: { payload: unknown }): Promise<Result> => {
    sent.push(payload);
    return { ok: true, value: { ...HOST, host_key: answer } };
  };
  const payload = { ...HOST, offered: jumpKey.sha256, typed: jumpKey.sha256.slice(-6), ...changes };
  const command = {
    v: 1,
    device: "-",
    session_id: "link",
    type: "system",
    action: "replace_host_key",
    payload,
  } as const;
  const result = await replaceHostKey({ subtle, pins, requests: { ask } }, command);
  return { result, sent, direct: await pins.of(DIRECT), behind: await pins.of(BEHIND) };
}

test("[S48] the key is replaced at the host that was meant, and the way to it stays on the tablet", async () => {
  expect(await replace()).toMatchObject({ result: { ok: true }, direct: [jumpKey], behind: [hostKey] });
  const { sent, direct, behind } = await replace({ via: BEHIND.via });
  expect([direct, behind]).toEqual([[hostKey], [jumpKey]]);
  expect(sent).toEqual([{ ...HOST, offered: jumpKey.sha256, typed: jumpKey.sha256.slice(-6) }]);
});

test("[S48] [HC5] a proxy that takes other characters, or answers with another key, replaces no pin", async () => {
  const mistyped = await replace({ typed: "AAAAAA" });
  expect(mistyped).toMatchObject({ result: { ok: false, error: { reason: "mistyped" } }, sent: [], direct: [hostKey] });
  for (const answer of [hostKey, { ...hostKey, sha256: jumpKey.sha256 }, { ...jumpKey, key: "AAAA" }]) {
    expect(await replace({}, answer)).toMatchObject({ result: { ok: false }, direct: [hostKey], behind: [hostKey] });
  }
});

test("[S48] a host that this tablet does not know gets no pin by it: its next connect asks", async () => {
  const pins = await TabletPins.load(new MemoryStore(), () => {});
  await pins.replace(DIRECT, jumpKey);
  expect(await pins.of(DIRECT)).toEqual([]);
});

test("[S48] a key that is forgotten is gone alone; what changed is shown", async () => {
  let shown = 0;
  const pins = await TabletPins.load(new MemoryStore(), () => shown++);
  await pins.add(DIRECT, hostKey);
  await pins.add(DIRECT, jumpKey);
  await pins.remove(DIRECT, hostKey.sha256);
  expect(pins.all).toEqual({ "[10.0.0.1]:22": [jumpKey] });
  await pins.remove(DIRECT, jumpKey.sha256);
  expect(pins.all).toEqual({});
  expect(shown).toBe(4);
});
