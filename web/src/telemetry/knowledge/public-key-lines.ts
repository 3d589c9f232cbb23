/** A public key as it is shown and copied. `base64` is SSH's wire form. */
export type PublicKeyText = { type: string; base64: string; comment: string };

export type KeyPlatform = "linux" | "ios" | "nxos" | "eos" | "junos";

/** What to paste where; `note` says what the platform does not take, `warn` when this key is such a one. */
export type PublicKeyLines = { platform: KeyPlatform; title: string; text: string; note: string; warn: boolean };

/** IOS takes 254 characters in a line of a key chain; terminals of its time wrap at 80. */
const IOS_LINE_CHARS = 72;

const isRsa = ({ type }: PublicKeyText): boolean => type === "ssh-rsa";
const isEd25519 = ({ type }: PublicKeyText): boolean => type === "ssh-ed25519";

/** Only what no CLI and no shell gives a meaning to: comments come from files that others wrote. */
function plain(text: string, otherwise: string): string {
  const kept = text.replaceAll(/[^A-Za-z0-9_.@-]+/g, "-").replaceAll(/^-+|-+$/g, "");
  return kept === "" ? otherwise : kept.slice(0, 64);
}

/** One line in OpenSSH's form, for authorized_keys. */
export function publicKeyLine(key: PublicKeyText): string {
  return `${key.type} ${key.base64} ${plain(key.comment, "rackside")}`;
}

/** The public key in the form of each platform, ready to paste [S52]. `user` is the login it is for. */
export function publicKeyLines(key: PublicKeyText, user: string): readonly PublicKeyLines[] {
  const login = user === "" ? "USER" : plain(user, "USER");
  const line = publicKeyLine(key);
  return [
    {
      platform: "linux",
      title: "Linux, FRR",
      text: line,
      note: "One line of ~/.ssh/authorized_keys of the user; the file must belong to the user and be writable by nobody else.",
      warn: false,
    },
    {
      platform: "ios",
      title: "Cisco IOS, IOS XE",
      text: [
        "configure terminal",
        "ip ssh pubkey-chain",
        `username ${login}`,
        "key-string",
        ...(key.base64.match(new RegExp(`.{1,${IOS_LINE_CHARS}}`, "g")) ?? []),
        "exit",
        "end",
      ].join("\n"),
      note: isRsa(key)
        ? "The user must exist. IOS keeps a hash of the key; compare it with “show running-config | section pubkey-chain”."
        : "IOS and most releases of IOS XE take RSA keys only: make an RSA key for them.",
      warn: !isRsa(key),
    },
    {
      platform: "nxos",
      title: "Cisco NX-OS",
      text: `configure terminal\nusername ${login} sshkey ${line}\nend`,
      note: isEd25519(key)
        ? "Only newer releases take Ed25519 keys; if the command is refused, make an ECDSA or RSA key."
        : "A user has one key: a new one takes the place of the old.",
      warn: isEd25519(key),
    },
    {
      platform: "eos",
      title: "Arista EOS",
      text: `configure\nusername ${login} ssh-key ${line}\nend`,
      note: "Old releases call the keyword “sshkey”. The user must exist.",
      warn: false,
    },
    {
      platform: "junos",
      title: "Juniper Junos",
      text: `configure\nset system login user ${login} authentication ${junosStatement(key)} "${line}"\ncommit and-quit`,
      note: isEd25519(key)
        ? "Older releases have no ssh-ed25519 statement; if it is refused, make an ECDSA or RSA key."
        : "The user must exist with a login class.",
      warn: isEd25519(key),
    },
  ];
}

function junosStatement(key: PublicKeyText): string {
  if (isRsa(key)) return "ssh-rsa";
  return isEd25519(key) ? "ssh-ed25519" : "ssh-ecdsa";
}
