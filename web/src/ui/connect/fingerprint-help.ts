/** Where a person reads the fingerprint on the device itself [S45]. */
export type FingerprintHelp = { platform: string; command: string; note?: string };

const FILE_OF: Readonly<Record<string, string>> = {
  "ssh-ed25519": "ed25519",
  "ssh-rsa": "rsa",
  "rsa-sha2-256": "rsa",
  "rsa-sha2-512": "rsa",
  "ssh-dss": "dsa",
};

/** Commands that print the key of this SSH type on common platforms. */
export function fingerprintHelp(type: string): FingerprintHelp[] {
  const kind = FILE_OF[type] ?? (type.startsWith("ecdsa-") ? "ecdsa" : "*");
  return [
    { platform: "Linux, FRRouting", command: `ssh-keygen -lf /etc/ssh/ssh_host_${kind}_key.pub` },
    { platform: "Cisco NX-OS", command: "show ssh key" },
    {
      platform: "Cisco IOS / IOS-XE",
      command: "show ip ssh",
      note: "prints the key itself: compare it with the key below",
    },
    { platform: "Junos", command: `start shell, then ssh-keygen -lf /etc/ssh/ssh_host_${kind}_key.pub` },
  ];
}
