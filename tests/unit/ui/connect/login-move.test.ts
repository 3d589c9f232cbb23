import { describe, expect, test } from "vitest";
import type { DeviceRecord, LoginChoice, Result } from "#bridge/types.ts";
import { type Decided, loginMove } from "#ui/connect/login-move.ts";
import { NO_LOGIN } from "#ui/connect/login-picks.ts";
import { type SavePart, savedText, savedTitle, saveParts } from "#ui/connect/save-parts.ts";

const way = (host: string) => ({ host, port: 22, user: "admin", via: [] });
const [OLD, NEW, THIRD] = [way("10.0.0.1"), way("10.0.0.2"), way("10.0.0.3")];
const at = (target: ReturnType<typeof way>) => ({ id: "r1", label: "Core", target }) as unknown as DeviceRecord;
const stored: LoginChoice = { keys: ["k1"], via_keys: [], sign_hidden: false, bound: OLD };
const edited: LoginChoice = { ...stored, keys: ["k2"] };
const nothing = { rebind: undefined, choose: undefined };
const decide = (as: Decided["as"], to = NEW): Decided => ({ as, to });

describe("[S67] [S47] a login that was chosen for another address", () => {
  const moved = { record: at(NEW), to: NEW, stored, edited: undefined, decided: undefined };

  test("is asked about with the old address, and left as it is by whatever else is saved or touched", () => {
    const asked = { before: OLD, decision: "leave" };
    expect(loginMove(moved)).toEqual({ asked, shown: undefined, ...nothing });
    // Not even what was changed before the list said another address moves it.
    expect(loginMove({ ...moved, edited })).toEqual({ asked, shown: undefined, ...nothing });
    // Nor another address that is typed: what the list made of it is not the person's.
    expect(loginMove({ ...moved, to: THIRD, edited })).toMatchObject({ asked, ...nothing });
  });

  test("moves by its own decision, from where it was chosen for to the address that was shown", () => {
    const decided = decide("move");
    expect(loginMove({ ...moved, decided })).toEqual({
      asked: { before: OLD, decision: "move" },
      shown: stored,
      rebind: { from: OLD, to: NEW },
      choose: undefined,
    });
    expect(loginMove({ ...moved, decided, edited })).toMatchObject({
      rebind: { from: OLD, to: NEW },
      choose: { keys: ["k2"], bound: NEW },
    });
    // Decided for one address, nothing is decided for another.
    expect(loginMove({ ...moved, to: THIRD, decided })).toMatchObject({ asked: { decision: "leave" }, ...nothing });
  });

  test("chosen anew, it moves nothing: entries of the vault stay where they are bound", () => {
    const decided = decide("anew");
    const fresh = { ...NO_LOGIN, bound: NEW };
    expect(loginMove({ ...moved, decided })).toMatchObject({ shown: NO_LOGIN, rebind: undefined, choose: fresh });
    expect(loginMove({ ...moved, decided, edited }).choose).toEqual({ ...edited, bound: NEW });
  });

  test("of before, without an address, says so; back at its address nothing is asked", () => {
    const { bound: _bound, ...unbound } = stored;
    const decided = decide("move");
    const move = loginMove({ ...moved, stored: unbound, decided });
    expect(move).toMatchObject({ asked: { before: undefined }, rebind: { from: undefined, to: NEW } });
    expect(loginMove({ ...moved, to: OLD })).toEqual({ asked: undefined, shown: stored, ...nothing });
    expect(loginMove({ ...moved, to: OLD, edited }).choose).toEqual({ ...edited, bound: OLD });
  });
});

describe("[S67] a login of the address that the list says", () => {
  const here = { record: at(OLD), to: OLD, stored, edited: undefined, decided: undefined };

  test("is changed where it is; an address that the person types takes along what was bound to the one before", () => {
    expect(loginMove(here)).toEqual({ asked: undefined, shown: stored, ...nothing });
    expect(loginMove({ ...here, edited }).choose).toEqual({ ...edited, bound: OLD });
    const rebind = { from: OLD, to: NEW };
    expect(loginMove({ ...here, to: NEW })).toEqual({ asked: undefined, shown: stored, rebind, choose: undefined });
    expect(loginMove({ ...here, to: NEW, stored: undefined })).toMatchObject({ shown: NO_LOGIN, rebind });
    expect(loginMove({ ...here, record: undefined, stored: undefined, to: NEW, edited })).toEqual({
      asked: undefined,
      shown: edited,
      rebind: undefined,
      choose: { ...edited, bound: NEW },
    });
  });
});

describe("[S98] a form that is stored in parts", () => {
  const refusal: Result = { ok: false, error: { code: "invalid", reason: "vault_locked", retry: "user" } };
  const parts = (ran: string[], refused: string | undefined): SavePart[] =>
    ["the device", "its login", "its keys"].map((what) => ({
      what,
      run: () => {
        ran.push(what);
        return Promise.resolve(what === refused ? refusal : { ok: true });
      },
    }));

  test("says by name what was stored and what was not, and tries nothing after the first refusal", async () => {
    const ran: string[] = [];
    expect(await saveParts(parts(ran, undefined))).toBeUndefined();
    expect(ran).toEqual(["the device", "its login", "its keys"]);
    ran.length = 0;
    const partly = await saveParts(parts(ran, "its login"));
    expect(ran).toEqual(["the device", "its login"]);
    if (partly === undefined) throw new Error("nothing refused");
    expect(partly.error.reason).toBe("vault_locked");
    expect(savedTitle(partly)).toBe("Saved in part");
    expect(savedText(partly)).toBe("Saved: the device. Not saved: its login, its keys.");
    const none = await saveParts(parts([], "the device"));
    if (none === undefined) throw new Error("nothing refused");
    expect([savedTitle(none), savedText(none)]).toEqual(["Not saved", undefined]);
  });
});
