/** A link of the device's output that waits for the person's word [S87]. */
export type LinkRequest = {
  /** The address as it would be opened; hosts are in Punycode. */
  url: string;
  /** What the terminal shows at that place. */
  shown: string;
  host: string;
  /** The host has characters beyond ASCII: its Punycode form is what counts. */
  punycode: boolean;
  /** The visible text looks like another address than the one that opens. */
  looksLikeOther: boolean;
};

/** Longest address that is offered at all. */
const URL_MAX_CHARS = 2_048;
/** Longest part of the visible text that is looked at, and shown. */
const SHOWN_MAX_CHARS = 512;

/** Characters that nobody sees; a name with one of them inside looks like the name without it. */
const UNSEEN = /[\p{Cf}\p{Cc}\p{Variation_Selector}\u115f\u1160\u3164\uffa0]|\u034f/gu;
/** After a scheme anything up to a path is an address, with or without dots. */
const WITH_SCHEME = /[a-z][a-z0-9+.-]*:\/\/([^\s/?#\\<>"']+)/giu;
/** Without one: names with a dot (full-width ones too, browsers read them as dots), and IPv4 addresses. */
const BARE_NAME = /[\p{L}\p{N}-]+(?:[.\u3002\uff0e\uff61][\p{L}\p{N}-]+)*[.\u3002\uff0e\uff61][\p{L}\p{N}-]{2,}/gu;
const BARE_IPV4 = /\d{1,3}(?:\.\d{1,3}){3}/g;
const BARE_IPV6 = /\[[0-9a-f:.]+\]/gi;

/** Everything in `text` that a person could take for the host of an address. A name before an @ counts: it is read too. */
function hostsIn(text: string): string[] {
  const hosts = [...text.matchAll(WITH_SCHEME)].flatMap((match) => (match[1] ?? "").split("@"));
  // What follows a slash is a path: its file names have dots too.
  const rest = text.replace(WITH_SCHEME, " ").replace(/[/?#\\]\S*/g, " ");
  for (const pattern of [BARE_IPV6, BARE_IPV4, BARE_NAME]) {
    for (const match of rest.matchAll(pattern)) hosts.push(match[0]);
  }
  return hosts.filter((host) => host !== "");
}

/** Judges a link: http and https only, without user info; undefined means that it cannot be opened [S87]. */
export function checkLink(address: string, visible: string): LinkRequest | undefined {
  if (address.length > URL_MAX_CHARS || /[\s\p{Cc}\p{Cf}]/u.test(address)) return undefined;
  let url: URL;
  try {
    url = new URL(address);
  } catch {
    return undefined;
  }
  if (url.protocol !== "http:" && url.protocol !== "https:") return undefined;
  // The parser takes an empty name before an @ for none; what is written there is read by people all the same.
  if (url.username !== "" || url.password !== "" || /^[^/?#]*:[/\\]*[^/?#\\]*@/.test(address)) return undefined;
  const shown = visible.slice(0, SHOWN_MAX_CHARS);
  const seen = shown.replace(UNSEEN, "");
  return {
    url: url.href,
    shown,
    host: url.host,
    punycode: url.hostname.split(".").some((label) => label.startsWith("xn--")),
    looksLikeOther: hostsIn(seen).some((host) => asciiHost(host) !== url.hostname),
  };
}

/** The host as the network writes it; as it stands where it cannot be one. */
function asciiHost(host: string): string {
  try {
    return new URL(`http://${host}`).hostname;
  } catch {
    return host;
  }
}
