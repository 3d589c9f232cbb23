import { describe, expect, test } from "vitest";
import type { LoginChoice } from "#protocol/local-secrets.ts";
import type { PageSession } from "#protocol/page/session-core.ts";
import { DEVICE, KEY, RECORD } from "#support/wire-messages.ts";
import type { RuntimeDeps } from "#workers/runtime-deps.ts";
import { SessionRecord } from "#workers/session-record.ts";

const LOGIN: LoginChoice = { keys: ["k1"], via_keys: [], sign_hidden: false, once: true };
const PAGE = { token: "t".repeat(43), epoch: 2, options: { sid: "n1.one" } } as unknown as PageSession;
const ABOUT = { host_key: KEY, simulated: false, transport: "shell_pty" as const, server_ident: "SSH-2.0-x" };

function recordOf(session_id: "ssh1" | "ssh2") {
  const now: { login: LoginChoice | undefined } = { login: LOGIN };
  const deps = { env: { now: () => 7, page: "p1" }, loginOnce: () => now.login } as unknown as RuntimeDeps;
  const made = () => {
    const record = new SessionRecord(DEVICE, session_id, deps);
    record.learn(RECORD, { cols: 80, rows: 24 }, ABOUT);
    return record;
  };
  return { made, now };
}

describe("what is written down of a session", () => {
  test("[S59] the login of a quick connection is, with its terminal, for as long as the session lives", () => {
    const { made, now } = recordOf("ssh1");
    const record = made();
    const written = record.of(PAGE);
    expect(written?.login).toEqual(LOGIN);
    // The workspace was left, and its session goes on without a screen.
    now.login = undefined;
    expect(record.of(PAGE)?.login).toEqual(LOGIN);
    if (written === undefined) throw new Error("nothing written");
    const later = made();
    later.take(written);
    expect(later.of(PAGE)?.login).toEqual(LOGIN);
    now.login = { ...LOGIN, keys: ["k2"] };
    expect(later.of(PAGE)?.login?.keys).toEqual(["k2"]);
  });

  test("[S59] the method that let the terminal in is: a later page's telemetry goes by it", () => {
    const record = recordOf("ssh1").made();
    record.learn(RECORD, { cols: 80, rows: 24 }, { ...ABOUT, auth_method: "password" });
    expect(record.of(PAGE)?.auth_method).toBe("password");
  });

  test("a device of the list has its login elsewhere, and telemetry has none of its own", () => {
    const { made, now } = recordOf("ssh2");
    expect(made().of(PAGE)).toMatchObject({ sid: "n1.one", session_id: "ssh2" });
    expect(made().of(PAGE)?.login).toBeUndefined();
    const saved = recordOf("ssh1");
    saved.now.login = undefined;
    expect(saved.made().of(PAGE)?.login).toBeUndefined();
    expect(now.login).toEqual(LOGIN);
  });
});
