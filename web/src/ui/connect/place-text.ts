/** An address and its port as one word; IPv6 in brackets. */
export function placeText(address: string, port: number): string {
  return address.includes(":") ? `[${address}]:${port}` : `${address}:${port}`;
}

/** Of a rule's label, in characters; each may take two units of the 128 that the wire has for it. */
const LABEL_MAX_CHARS = 64;

/** A device's label as the label of a rule: nothing in it that is not seen. */
export function ruleLabel(label: string): string {
  return Array.from(label.replace(/\p{C}/gu, "")).slice(0, LABEL_MAX_CHARS).join("");
}
