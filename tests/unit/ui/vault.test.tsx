import { describe, expect, test } from "vitest";
import { emptyForm, formErrors, formOf, hopText, recordOf, viaErrors } from "#ui/connect/device-form.ts";
import { bindingsFault, bindingText } from "#ui/vault/binding-text.ts";
import { importText } from "#ui/vault/import-text.ts";
import { passkeyObstacle } from "#ui/vault/passkey-prf.ts";

describe("vault forms", () => {
  test("[S67] an import says what became of every entry of the file", () => {
    const none = { imported: 0, replaced: 0, kept: 0, unreadable: 0, left_out: 0 };
    expect(importText({ ...none, imported: 3 })).toBe("3 imported.");
    const all = importText({ imported: 4, replaced: 1, kept: 2, unreadable: 5, left_out: 6 });
    for (const part of ["4 imported, of which 1", "2 left as", "5 damaged", "6 left out"]) expect(all).toContain(part);
  });

  test("[S33] passkeys need a name; an address and a browser without them are told apart", () => {
    expect(passkeyObstacle({ hostname: "10.0.0.1" }, {})).toBe("address");
    expect(passkeyObstacle({ hostname: "[fd00::1]" }, {})).toBe("address");
    expect(passkeyObstacle({ hostname: "rackside.lan" }, {})).toBeUndefined();
    expect(passkeyObstacle({ hostname: "rackside.lan" }, undefined)).toBe("missing");
  });

  test("[S67] where an entry may be used, in words; nowhere is not enough", () => {
    const devices = [{ id: "d1", label: "Core" }];
    expect(bindingText({ kind: "device", device: "d1" }, devices)).toBe("Core");
    expect(bindingText({ kind: "device", device: "d2" }, devices)).toContain("no longer");
    expect(bindingText({ kind: "pattern", host: "10.*", user: "ops", port: 2222 }, devices)).toBe("ops@10.*:2222");
    expect(bindingsFault([])).toBeDefined();
    expect(bindingsFault([{ kind: "pattern", host: "" }])).toBeDefined();
    expect(bindingsFault([{ kind: "pattern", host: "*" }])).toBeUndefined();
  });
});

describe("[S39] jump hosts in the device form", () => {
  const filled = { ...emptyForm, host: "10.0.0.1", user: "netops" };
  const modern = (text: string) => ({ text, algorithms: "modern" as const });

  test("are read as they are written, and written as they are read", () => {
    const via = ["jump@10.9.9.9", "two@[fd00::1]:2222"];
    const record = recordOf({ ...filled, via: via.map(modern) }, "d".repeat(22));
    expect(record.target.via).toEqual([
      { host: "10.9.9.9", port: 22, user: "jump" },
      { host: "fd00::1", port: 2222, user: "two" },
    ]);
    expect(record.target.via.map(hopText)).toEqual(via);
    expect(formOf(record).via).toEqual(via.map(modern));
  });

  test("[S61] have algorithm sets of their own, whatever the device's", () => {
    const via = [modern("jump@10.9.9.9"), { text: "old@10.9.9.8", algorithms: "legacy" as const }];
    const record = recordOf({ ...filled, algorithms: "compatible", via }, "d".repeat(22));
    expect(record.algorithms).toBe("compatible");
    expect(record.target.via.map(({ algorithms }) => algorithms)).toEqual([undefined, "legacy"]);
    expect(recordOf(formOf(record), record.id, record)).toEqual(record);
  });

  test("need a user and an address", () => {
    expect(viaErrors(["jump@10.9.9.9", "10.9.9.9", "a@", "a@10.1:x"].map(modern))[0]).toBeUndefined();
    for (const text of ["10.9.9.9", "a@", "a@10.0.0.1:99999", "a@300.1.1.1"]) {
      expect(formErrors({ ...filled, via: [modern(text)] }).via, text).toBeDefined();
    }
  });
});
