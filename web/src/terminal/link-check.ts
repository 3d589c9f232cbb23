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

/** First thing in `text` that looks like a host, in lower case. */
function hostIn(text: string): string | undefined {
  const match =
    /(?:^|[\s(<"'])(?:[a-z][a-z0-9+.-]*:\/\/)?(?:[^\s/@]*@)?((?:[\p{L}\p{N}-]+\.)+[\p{L}\p{N}-]{2,}|\[[0-9a-f:.]+\])/iu.exec(
      text,
    );
  return match?.[1]?.toLowerCase();
}

/** Judges a link: http and https only, without user info; undefined means that it cannot be opened [S87]. */
export function checkLink(address: string, shown: string): LinkRequest | undefined {
  if (address.length > URL_MAX_CHARS || /[\s\p{Cc}\p{Cf}]/u.test(address)) return undefined;
  let url: URL;
  try {
    url = new URL(address);
  } catch {
    return undefined;
  }
  if (url.protocol !== "http:" && url.protocol !== "https:") return undefined;
  if (url.username !== "" || url.password !== "") return undefined;
  const seen = hostIn(shown);
  const seenAscii = seen === undefined ? undefined : asciiHost(seen);
  return {
    url: url.href,
    shown,
    host: url.host,
    punycode: url.hostname.split(".").some((label) => label.startsWith("xn--")),
    looksLikeOther: seenAscii !== undefined && seenAscii !== url.hostname,
  };
}

function asciiHost(host: string): string | undefined {
  try {
    return new URL(`http://${host}`).hostname;
  } catch {
    return undefined;
  }
}
