import { describe, expect, test } from "vitest";
import { createStore } from "#pwa/store.ts";
import { installTrustedTypes, isOwnScript } from "#pwa/trusted-types.ts";

const ORIGIN = "http://127.0.0.1:7422";

/** The build's worker has a hash in its name; in development it is the source file. */
const WORKER = import.meta.env.DEV ? "/src/workers/session-host.worker.ts" : "/assets/session-host.worker-DbX9a_-1.js";

describe("[S76] script addresses", () => {
  test.each([WORKER, `${ORIGIN}${WORKER}`, "/sw.js", `${ORIGIN}/sw.js`])("%s is ours", (address) => {
    expect(isOwnScript(address, ORIGIN)).toBe(true);
  });

  test.each([
    "https://evil.example/sw.js",
    "//evil.example/sw.js",
    "data:text/javascript,alert(1)",
    "blob:http://127.0.0.1:7422/x",
    "javascript:alert(1)",
    "/assets/other-1.js",
    "/assets/../evil.js",
    "/sw.js/../x.js",
    "http://127.0.0.1:7423/sw.js",
    "http://[",
  ])("%s is not", (address) => {
    expect(isOwnScript(address, ORIGIN)).toBe(false);
  });

  test("the policy is called default, makes script addresses alone, and throws for foreign ones", () => {
    const made: { name: string; rules: Record<string, (text: string) => string> }[] = [];
    installTrustedTypes({
      location: { origin: ORIGIN },
      trustedTypes: { createPolicy: (name, rules) => made.push({ name, rules }) },
    });
    expect(made.map(({ name }) => name)).toEqual(["default"]);
    expect(Object.keys(made[0]?.rules ?? {})).toEqual(["createScriptURL"]);
    expect(made[0]?.rules.createScriptURL?.("/sw.js")).toBe("/sw.js");
    expect(() => made[0]?.rules.createScriptURL?.("https://evil.example/x.js")).toThrow(TypeError);
  });

  test("browsers without Trusted Types start all the same", () => {
    expect(() => installTrustedTypes({ location: { origin: ORIGIN } })).not.toThrow();
  });
});

describe("store", () => {
  test("tells its followers of changes only, and nobody after they left", () => {
    const store = createStore(1);
    const seen: number[] = [];
    const leave = store.subscribe(() => seen.push(store.get()));
    store.set(1);
    store.set(2);
    leave();
    store.set(3);
    expect(seen).toEqual([2]);
    expect(store.get()).toBe(3);
  });
});
