/** What stands in the place of a secret. */
export const SECRET_MARK = "••••";

/**
 * Words after which a network CLI takes a secret, with the type digits and keywords that may stand between [U49]. The
 * value is the next word, or a quoted string; a quote that never closes takes the rest of the line.
 */
const VALUE = String.raw`("(?:[^"\\]|\\.)*"?|'[^']*'?|\S+)`;
const SECRETS: readonly RegExp[] = [
  new RegExp(
    String.raw`\b((?:plaintext-password|encrypted-password|password|secret|passphrase|passwd)(?:\s+(?:level\s+\d+|[05-9]|sha\d+|md5|encrypted|plaintext|cleartext))*\s+)${VALUE}`,
    "gi",
  ),
  new RegExp(
    String.raw`\b((?:key-string|key-chain-secret|pre-shared-key|preshared-key|private-key|psk|psksecret|authentication-key|message-digest-key\s+\d+\s+md5|md5-key|wpa2?-pre-shared-key|hash-key|shared-secret)(?:\s+(?:ascii-text|ascii|hexadecimal|hex|local|remote|address\s+\S+|\d+\s+(?:md5|sha\S*|hmac\S*|trusted)|[05-9]))*\s+)${VALUE}`,
    "gi",
  ),
  new RegExp(String.raw`\b((?:snmp-server|snmp)\s+(?:set\s+)?(?:community)\s+)${VALUE}`, "gi"),
  new RegExp(String.raw`\b(community\s+(?:[05-9]\s+)?)${VALUE}`, "gi"),
  new RegExp(
    String.raw`\b((?:tacacs-server|radius-server|radius|tacacs|tacacs\+)\b.{0,80}?\bkey\s+(?:[05-9]\s+)?)${VALUE}`,
    "gi",
  ),
  new RegExp(String.raw`\b(crypto\s+isakmp\s+key\s+(?:[05-9]\s+)?)${VALUE}`, "gi"),
  new RegExp(
    String.raw`\b(snmp-server\s+user\b.{0,80}?\b(?:auth|priv)\s+(?:md5|sha\S*|des|aes)(?:\s+\d+)?\s+)${VALUE}`,
    "gi",
  ),
  new RegExp(String.raw`((?:^|\s)--?(?:password|passwd|token|secret)(?:=|\s+))${VALUE}`, "gi"),
  new RegExp(String.raw`(\b\w*(?:PASSWORD|PASSWD|SECRET|TOKEN|API_KEY)=)${VALUE}`, "gi"),
];

/** A line with the values of its secrets replaced, and whether any was [U49]. */
export function maskSecrets(line: string): { line: string; masked: boolean } {
  let masked = false;
  let text = line;
  for (const pattern of SECRETS) {
    text = text.replace(pattern, (whole: string, before: string, value: string) => {
      if (value === SECRET_MARK) return whole;
      masked = true;
      return `${before}${SECRET_MARK}`;
    });
  }
  return { line: text, masked };
}

/** True for a line of the history that lost a secret: it must not be sent again as it is [U49]. */
export function hasMask(line: string): boolean {
  return line.includes(SECRET_MARK);
}
