import type { Page } from "playwright";

type Target = {
  host?: string;
  port: number;
  user?: string;
  label: string;
  telemetry?: string;
  /** As the form names the choice. */
  key?: string;
  /** Jump hosts as a person writes them. */
  via?: readonly string[];
};

/** Adds a device, by default one of this machine, to the list by the form; telemetry by its choice, off unless named. */
export async function addDevice(
  page: Page,
  { host = "127.0.0.1", port, user = "tester", label, telemetry = "Off", key, via = [] }: Target,
): Promise<void> {
  await page.getByRole("button", { name: "Add device" }).first().click();
  const sheet = page.getByRole("dialog");
  await sheet.getByLabel("Name or address").fill(host);
  await sheet.getByLabel("Port").fill(String(port));
  await sheet.getByLabel("User").fill(user);
  await sheet.getByLabel("Label").fill(label);
  await sheet.getByRole("radio", { name: telemetry }).check();
  if (key !== undefined) await sheet.getByLabel("Key", { exact: true }).selectOption({ label: key });
  for (const [at, hop] of via.entries()) {
    await sheet.getByRole("button", { name: "Add a jump host" }).click();
    await sheet.getByLabel(`Jump host ${at + 1}`, { exact: true }).fill(hop);
  }
  await sheet.getByRole("button", { name: "Add device" }).click();
  await sheet.waitFor({ state: "detached" });
}

/** Opens a device of the list by its label. */
export async function open(page: Page, label: string): Promise<void> {
  await page.getByRole("button", { name: new RegExp(`^${label}`) }).click();
}

/** Accepts the host key of a first connection after a look at its fingerprint. */
export async function trust(page: Page, server: { readonly fingerprint: string }): Promise<string> {
  const dialog = page.getByTestId("host-key-dialog");
  await dialog.waitFor();
  const shown = await dialog.getByTestId("fingerprint").innerText();
  if (shown !== server.fingerprint) throw new Error(`shown ${shown}, ssh-keygen says ${server.fingerprint}`);
  await dialog.getByRole("button", { name: "Trust and continue" }).click();
  return shown;
}

/** The same for a host that this tablet may know already: it is not asked about again, whatever device it is reached for. */
export async function trustIfNew(page: Page, server: { readonly fingerprint: string }): Promise<void> {
  const dialog = page.getByTestId("host-key-dialog");
  await dialog.or(page.getByTestId("auth-dialog")).first().waitFor();
  if (await dialog.isVisible()) await trust(page, server);
}

/** Answers the password dialog. */
export async function logIn(page: Page, password: string): Promise<void> {
  const dialog = page.getByTestId("auth-dialog");
  await dialog.waitFor();
  await dialog.locator("input[type=password]").fill(password);
  await dialog.locator("button[type=submit]").click();
}
