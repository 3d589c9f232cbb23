import type { AlgorithmDiagnosis } from "#protocol/messages/error.ts";
import { ALGORITHM_SETS, type AlgorithmLists, type SetName } from "./algorithms.ts";
import type { KexInitOffer } from "./kexinit-tap.ts";

/** Ciphers that bring their own integrity check, so that the MAC lists do not matter. */
const AEAD = new Set(["aes128-gcm@openssh.com", "aes256-gcm@openssh.com", "chacha20-poly1305@openssh.com"]);
/** Markers that travel in the key exchange list and are no algorithms. */
const MARKERS = /^(ext-info-[cs]|kex-strict-[cs]-v00@openssh\.com)$/;

type Category = { category: string; offered: readonly string[]; accepted: readonly string[] };

function categories(offer: KexInitOffer, ours: AlgorithmLists): Category[] {
  return [
    { category: "key exchange", offered: offer.kex.filter((name) => !MARKERS.test(name)), accepted: ours.kex },
    { category: "host key", offered: offer.serverHostKey, accepted: ours.serverHostKey },
    { category: "cipher to device", offered: offer.cipherOut, accepted: ours.cipher },
    { category: "cipher from device", offered: offer.cipherIn, accepted: ours.cipher },
    { category: "MAC to device", offered: offer.macOut, accepted: ours.hmac },
    { category: "MAC from device", offered: offer.macIn, accepted: ours.hmac },
    { category: "compression", offered: offer.compressIn, accepted: ours.compress },
  ];
}

function agreed(offered: readonly string[], accepted: readonly string[]): string | undefined {
  return accepted.find((name) => offered.includes(name));
}

/** Categories without a common algorithm. MACs count only where the chosen cipher needs one. */
function failing(offer: KexInitOffer, ours: AlgorithmLists): Category[] {
  const needsMac = (offered: readonly string[]) => !AEAD.has(agreed(offered, ours.cipher) ?? "");
  return categories(offer, ours).filter(({ category, offered, accepted }) => {
    if (category === "MAC to device" && !needsMac(offer.cipherOut)) return false;
    if (category === "MAC from device" && !needsMac(offer.cipherIn)) return false;
    return agreed(offered, accepted) === undefined;
  });
}

/**
 * What the device offered against what we accept, per failing category, and the smallest set that would match [S64].
 * Undefined when everything matches: then the negotiation failed for another reason.
 */
export function diagnose(offer: KexInitOffer, set: SetName): AlgorithmDiagnosis | undefined {
  const failed = failing(offer, ALGORITHM_SETS[set]);
  if (failed.length === 0) return undefined;
  const wider = (["compatible", "legacy"] as const).find((name) => failing(offer, ALGORITHM_SETS[name]).length === 0);
  return {
    categories: failed.map(({ category, offered, accepted }) => ({
      category,
      offered: [...offered],
      accepted: [...accepted],
    })),
    ...(wider === undefined ? {} : { fix: wider }),
  };
}

/** One sentence for people; names group exchange when the device has nothing else [S63]. */
export function diagnosisText(diagnosis: AlgorithmDiagnosis): string {
  const parts = diagnosis.categories.map(
    ({ category, offered }) => `${category}: the host offers only ${offered.join(", ") || "nothing"}`,
  );
  const kex = diagnosis.categories.find(({ category }) => category === "key exchange");
  const onlyGroupExchange = kex?.offered.length !== 0 && kex?.offered.every((name) => name.includes("group-exchange"));
  const advice =
    diagnosis.fix === undefined
      ? onlyGroupExchange === true
        ? "Group exchange is not offered by this version, in no set."
        : "No set of this version matches."
      : `Turn on the set "${diagnosis.fix}" for that host.`;
  return `${parts.join("; ")}. ${advice}`;
}

/** Whether chacha20 or CBC with EtM was chosen while the device lacks the strict-KEX marker (Terrapin) [S64]. */
export function terrapinExposed(offer: KexInitOffer, cipher: string, mac: string): boolean {
  if (offer.kex.includes("kex-strict-s-v00@openssh.com")) return false;
  return cipher.startsWith("chacha20") || (cipher.endsWith("-cbc") && mac.includes("-etm@"));
}
