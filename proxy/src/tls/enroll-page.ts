/** The one page of enrolment: what to do on each system, and the fingerprint to compare [S32]. */

export const CERTIFICATE_PATH = "/rackside-ca.crt";

export type EnrollFacts = {
  /** Name of the CA in a system's list. */
  readonly name: string;
  readonly sha256: string;
  /** Where the app is, once the CA is trusted. */
  readonly appUrl: string;
};

/** Steps by system; each ends where the browser accepts the app without a warning. */
const STEPS: readonly { system: string; steps: readonly string[] }[] = [
  {
    system: "iPad and iPhone",
    steps: [
      "Open this page in Safari, tap “Get the certificate” and allow the download.",
      "Settings > General > VPN & Device Management (or “Profile Downloaded”): choose the profile, then Install.",
      "Settings > General > About > Certificate Trust Settings: switch it on. Without this step nothing is trusted.",
    ],
  },
  {
    system: "Android (Chrome)",
    steps: [
      "Tap “Get the certificate”.",
      "Settings > Security > Encryption and credentials > Install a certificate > CA certificate; choose the file.",
      "Firefox for Android does not use certificates that a user installed: use Chrome.",
    ],
  },
  {
    system: "Windows",
    steps: [
      "Open the file, then Install Certificate > Current User > Place all certificates in the following store.",
      "Choose “Trusted Root Certification Authorities”, and compare the fingerprint in the warning that follows.",
    ],
  },
  {
    system: "macOS",
    steps: [
      "Open the file: it is added to the login keychain.",
      "In Keychain Access open it, then Trust > When using this certificate > Always Trust.",
    ],
  },
  {
    system: "Linux (Chrome, Chromium) and ChromeOS",
    steps: [
      "Browser settings > Privacy and security > Security > Manage certificates > Authorities (Custom) > Import.",
      "Trust it for identifying websites.",
    ],
  },
  {
    system: "Firefox on a computer",
    steps: ["Settings > Privacy & Security > Certificates > View Certificates > Authorities > Import."],
  },
];

const STYLE =
  "body{font:1rem/1.5 system-ui,sans-serif;max-width:44rem;margin:2rem auto;padding:0 1rem;color-scheme:light dark}" +
  "code{display:block;font:1.05rem/1.6 ui-monospace,monospace;padding:.75rem;border:1px solid;overflow-wrap:anywhere}" +
  "a.get{display:inline-block;padding:.75rem 1.25rem;border:2px solid;border-radius:.5rem;font-weight:600}";

/** The page; it has no script, no form, and leads nowhere but to the certificate and the app. */
export function enrollPage({ name, sha256, appUrl }: EnrollFacts): string {
  const systems = STEPS.map(
    ({ system, steps }) =>
      `<h3>${escaped(system)}</h3>\n<ol>\n${steps.map((step) => `<li>${escaped(step)}</li>`).join("\n")}\n</ol>`,
  );
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width">
<title>Trust this Rackside proxy</title>
<style>${STYLE}</style>
</head>
<body>
<h1>Trust this Rackside proxy</h1>
<p>This page came without protection: anyone on this network could have changed it. So compare before you trust. The
certificate is “${escaped(name)}”, and its SHA-256 fingerprint must be the one that the proxy’s own console shows:</p>
<code>${escaped(sha256)}</code>
<p>Safer still: copy the file by AirDrop or USB from the proxy’s machine; the console says where it is.</p>
<p><a class="get" href="${CERTIFICATE_PATH}">Get the certificate</a></p>
<h2>Then, on this device</h2>
${systems.join("\n")}
<h2>Last</h2>
<p>Open <a href="${escaped(appUrl)}">${escaped(appUrl)}</a>. If the browser warns, the certificate is not trusted yet: do
not click through, since the app cannot be installed that way.</p>
</body>
</html>
`;
}

function escaped(text: string): string {
  return text.replace(/[&<>"']/g, (char) => `&#${char.charCodeAt(0)};`);
}
