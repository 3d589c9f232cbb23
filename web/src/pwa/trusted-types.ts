/** Scripts that the page may load by address: its own hashed worker, the service worker, and in development Vite's worker. */
const OWN_SCRIPT = import.meta.env.DEV
  ? /^\/(?:src\/workers\/session-host\.worker\.ts|dev-sw\.js|sw\.js)$/
  : /^\/(?:assets\/session-host\.worker-[\w-]+\.js|sw\.js)$/;

/** True for the addresses of [S76], of this origin only. */
export function isOwnScript(address: string, origin: string): boolean {
  if (!URL.canParse(address, origin)) return false;
  const url = new URL(address, origin);
  return url.origin === origin && OWN_SCRIPT.test(url.pathname);
}

type PolicyFactory = {
  createPolicy(name: string, rules: { createScriptURL(address: string): string }): unknown;
};

/**
 * The only Trusted Types policy: script addresses pass by name, and there is no way at all to make markup or script text
 * [S76]. Browsers without Trusted Types have the rest of the policy alone.
 */
export function installTrustedTypes(scope: { trustedTypes?: PolicyFactory; location: { origin: string } }): void {
  scope.trustedTypes?.createPolicy("default", {
    createScriptURL(address) {
      if (!isOwnScript(address, scope.location.origin)) throw new TypeError("Not a script of this app.");
      return address;
    },
  });
}
