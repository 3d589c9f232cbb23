import { renderToStaticMarkup } from "react-dom/server";
import { describe, expect, test } from "vitest";
import type { ActivityEntry, ClientView } from "#bridge/types.ts";
import { deviceOf, factsOf } from "#ui/settings/activity-facts.ts";
import { EVENTS, eventWords, iconOf, KINDS } from "#ui/settings/activity-words.ts";
import { ClientRow } from "#ui/settings/client-row.tsx";
import { qrPath } from "#ui/settings/qr-path.ts";

const client: ClientView = {
  client_id: "A".repeat(22),
  label: "iPad \u202egnp",
  user: "ada",
  paired: Date.UTC(2026, 0, 2, 3, 4, 5),
  last_seen: Date.UTC(2026, 0, 2, 4, 4, 5),
  last_addr: "192.0.2.9",
  key: `SHA256:${"k".repeat(43)}`,
  online: true,
  this: false,
};
const row = (changes: Partial<ClientView>, foreign = false) =>
  renderToStaticMarkup(
    <ClientRow
      client={{ ...client, ...changes }}
      foreign={foreign}
      now={Date.UTC(2026, 0, 2, 5, 4, 5)}
      onRename={() => {}}
      onRevoke={() => {}}
    />,
  );

describe("paired devices [S11]", () => {
  test("label, dates, address, key; the one that is used here is marked and has no revocation", () => {
    const other = row({});
    for (const part of ["192.0.2.9", client.key, "1 h ago", "connected", "Revoke"]) expect(other).toContain(part);
    expect(other).not.toContain("this one");
    const own = row({ this: true });
    expect(own).toContain("this one");
    expect(own).not.toContain("Revoke");
  });

  test("[S86] a label cannot change what stands around it; whose device it is shows only where it is another's", () => {
    expect(row({})).not.toContain("\u202e");
    expect(row({})).not.toContain("ada");
    expect(row({}, true)).toContain("ada");
  });
});

describe("QR code [S4]", () => {
  test("is a path of squares with a quiet zone, and changes with the text", () => {
    const { path, size } = qrPath("https://proxy.example:7022/#pair=AAAAAAAAAAAAAAAAAAAAAA");
    expect(path).toMatch(/^(M\d+ \d+h1v1h-1z)+$/);
    const cells = [...path.matchAll(/M(\d+) (\d+)/g)].flatMap(([, x, y]) => [Number(x), Number(y)]);
    expect([Math.min(...cells), Math.max(...cells)]).toEqual([4, size - 5]);
    expect(qrPath("https://proxy.example:7022/#pair=AAAAAAAAAAAAAAAAAAAAAB").path).not.toBe(path);
  });
});

describe("activity [S94]", () => {
  const entry: ActivityEntry = {
    v: 1,
    ts: "2026-01-02T03:04:05.000Z",
    seq: 7,
    event: "session.refused",
    user: "ada",
    client: "c",
    addr: "192.0.2.9",
    outcome: "refused",
    reason: "refused_by_policy/address",
    session_id: "ssh1",
    target: "op@10.0.0.1:22",
  };

  test("an event in words, with its own fields; one of a newer proxy by its name", () => {
    expect(eventWords(entry.event)).toBe("Session not opened");
    expect(eventWords("moon.landed")).toBe("moon.landed");
    expect(iconOf(entry)).toBe("denied");
    expect(factsOf(entry)).toBe("from 192.0.2.9 · because of refused_by_policy/address · terminal");
  });

  test("figures have words and units; what says nothing is left out; a field of a newer proxy has its name", () => {
    const ended = { ...entry, event: "session.ended", outcome: "ok", reason: "", addr: "" } as ActivityEntry;
    const figures = { duration_s: 8, bytes_in: 12, bytes_out: 2_048, resumes: 2, hops: 0, phase_of_moon: "full" };
    expect(factsOf({ ...ended, ...figures })).toBe(
      "terminal · after 8s · 12 B sent to the device · 2.00 KiB received · 2 times resumed · phase of moon full",
    );
    expect(factsOf({ ...ended, hops: 1, resumes: 1 })).toBe("terminal · behind 1 jump host · resumed once");
    const damped = { event: "audit.damped", outcome: "ok", of: "link.refused", suppressed: 3 };
    expect(factsOf(damped as unknown as ActivityEntry)).toBe("of “Connection refused” · 3 more like it");
  });

  test("an event leads with its device: as it is called, where the list leaves no doubt, and where it is", () => {
    const record = (label: string, user = "op") => ({ label, target: { host: "10.0.0.1", port: 22, user, via: [] } });
    expect(deviceOf(entry, [record("rack 14"), record("other", "root")])).toBe("rack 14 (op@10.0.0.1:22)");
    expect(deviceOf(entry, [record("one"), record("two")])).toBe("op@10.0.0.1:22");
    expect(deviceOf(entry, [])).toBe("op@10.0.0.1:22");
    expect(deviceOf({ ...entry, target: "" }, [])).toBeUndefined();
  });

  test("each kind begins an event that exists", () => {
    for (const { value } of KINDS) expect(EVENTS.some((event) => event.startsWith(value))).toBe(true);
  });
});
