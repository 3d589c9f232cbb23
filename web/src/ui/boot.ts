import { installTrustedTypes } from "#pwa/trusted-types.ts";
import { codeInFragment } from "./connect/pairing-code.ts";

/** Must be the first import of the app: the pairing secret leaves the address before anything else happens [S7]. */
const fragment = location.hash;
if (fragment.startsWith("#pair=")) history.replaceState(history.state, "", location.pathname + location.search);

installTrustedTypes(globalThis);

/** Code of the link that opened this page; taken once. */
let code = codeInFragment(fragment);

/** Hands the code of the pairing link over; a second call finds nothing. */
export function takePairingCode(): string | undefined {
  const taken = code;
  code = undefined;
  return taken;
}
