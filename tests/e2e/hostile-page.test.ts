/** Pages of others against the running app: forms, another port with the cookie, a rebound name, markup in names [HP1] [HP2]. */
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import type { Browser, Page } from "playwright";
import { afterAll, afterEach, beforeAll, describe, expect, it } from "vitest";
import { type RunningApp, startApp } from "#support/app.ts";
import { launchChromium, openScreen, requireChromium } from "#support/chromium.ts";
import { deviceList } from "./support/browser.ts";
import { BUSY } from "./support/busy-config.ts";
import { closeProfiles } from "./support/leftovers.ts";
import { SOON } from "./support/terminal.ts";
import { watchViolations } from "./support/violations.ts";

const chromium = await requireChromium();
const REBOUND = "rebound.test";

describe.skipIf(chromium === undefined)("pages of others", () => {
  let app: RunningApp;
  let browser: Browser;
  let other: { origin: string; asked: { url: string; cookie: string }[]; close(): Promise<void> };
  beforeAll(async () => {
    app = await startApp({ config: { limits: BUSY } });
    // A name that its owner has just pointed at this machine.
    browser = await launchChromium(chromium ?? "", [
      "--disable-3d-apis",
      `--host-resolver-rules=MAP ${REBOUND} 127.0.0.1`,
    ]);
    other = await otherPort();
  });
  afterEach((test) => closeProfiles(browser, test, app));
  afterAll(async () => {
    await browser?.close();
    await other?.close();
    await app?.close();
  });

  async function paired(): Promise<Page> {
    const context = await openScreen(browser, "landscape");
    const page = await context.newPage();
    await page.goto(await app.pairAgain());
    await deviceList(page);
    return page;
  }

  it.each(["application/x-www-form-urlencoded", "text/plain", "multipart/form-data"])(
    "[HP1] [S17] a form of another port of this machine, sent as %s, is refused and changes nothing",
    async (enctype) => {
      const page = await paired();
      const attacker = await page.context().newPage();
      await attacker.goto(other.origin);
      for (const path of ["/api/sign-out", "/api/pair", "/api/me"]) {
        const answered = attacker.waitForResponse((response) => response.url() === `${app.url}${path}`);
        await attacker.evaluate(
          ([action, type]) => {
            const form = Object.assign(document.createElement("form"), { method: "post", action, enctype: type });
            form.append(Object.assign(document.createElement("input"), { name: '{"nonce":"', value: '"}' }));
            document.body.append(form);
            form.submit();
          },
          [`${app.url}${path}`, enctype],
        );
        expect((await answered).status(), path).toBe(403);
        await attacker.waitForURL(`${app.url}${path}`);
        await attacker.goto(other.origin);
      }
      await page.reload();
      await deviceList(page);
      await attacker.close();
    },
  );

  it("[HP1] [S9] [S29] another port gets the cookie that cookies share, and can do nothing with it", async () => {
    const page = await paired();
    const attacker = await page.context().newPage();
    await attacker.goto(other.origin);
    const cookie = other.asked.at(-1)?.cookie ?? "";
    expect(cookie).toContain("rackside-lo=");
    const tried = await Promise.all(
      [other.origin, "null", undefined].map((origin) =>
        fetch(`${app.url}/api/sign-out`, {
          method: "POST",
          headers: { Cookie: cookie, ...(origin === undefined ? {} : { Origin: origin }) },
          body: "{}",
        }),
      ),
    );
    expect(tried.map(({ status }) => status)).toEqual([403, 403, 403]);
    // With our own origin, as software on this machine may say: the client's key is still missing.
    const forged = await fetch(`${app.url}/api/sign-out`, {
      method: "POST",
      headers: { Cookie: cookie, Origin: app.url },
      body: "{}",
    });
    expect(forged.status).toBeGreaterThanOrEqual(400);
    await page.reload();
    await deviceList(page);
  });

  it("[HP1] [S18] a name that was rebound to this machine gets nothing, not even the page", async () => {
    const context = await openScreen(browser, "landscape");
    const page = await context.newPage();
    const { port } = new URL(app.url);
    const answer = await page.goto(`http://${REBOUND}:${port}/`);
    expect(answer?.status()).toBe(421);
    const reached = await page.evaluate(async (host) => {
      const status = await fetch("/api/me").then(
        ({ status: s }) => s,
        () => 0,
      );
      const link = await new Promise<string>((done) => {
        const socket = new WebSocket(`ws://${host}/s/n1/v1`, "rackside.v1");
        socket.addEventListener("open", () => done("open"));
        socket.addEventListener("error", () => done("refused"));
      }).catch(() => "refused");
      return [status === 421 || status === 0 ? "refused" : status, link];
    }, `${REBOUND}:${port}`);
    expect(reached).toEqual(["refused", "refused"]);
  });

  it("[HP1] [S77] a window that another page opens is not in its hands", async () => {
    const page = await paired();
    const attacker = await page.context().newPage();
    await attacker.goto(other.origin);
    const opened = page.context().waitForEvent("page");
    await attacker.evaluate((url) => {
      Object.assign(globalThis, { opened: window.open(url) });
    }, app.url);
    const victim = await opened;
    await deviceList(victim);
    expect(await victim.evaluate(() => window.opener === null)).toBe(true);
    await expect.poll(() => attacker.evaluate("globalThis.opened.closed"), SOON).toBe(true);
  });

  it("[HP2] markup in what people and devices name is text everywhere, and breaks no policy", async () => {
    const page = await paired();
    const violations = await watchViolations(page.context());
    const name = `<img src=x onerror="ran=1">\u202e`;
    await page.getByRole("button", { name: "Add device" }).first().click();
    await page.getByLabel("Name or address").fill("192.0.2.1");
    await page.getByLabel("User", { exact: true }).fill("<b>op</b>");
    await page.getByLabel("Label").fill(name);
    await page.getByRole("button", { name: "Add device" }).last().click();
    await page.getByText("<img src=x onerror=").first().waitFor();
    await page.reload();
    await page.getByText("<img src=x onerror=").first().waitFor();
    expect(await page.locator("img").count()).toBe(0);
    expect(await page.evaluate("globalThis.ran")).toBeUndefined();
    expect(violations.found).toEqual([]);
  });
});

/** Another server of this machine: cookies do not know ports. */
async function otherPort(): Promise<{
  origin: string;
  asked: { url: string; cookie: string }[];
  close(): Promise<void>;
}> {
  const asked: { url: string; cookie: string }[] = [];
  const server = createServer((req, res) => {
    asked.push({ url: req.url ?? "", cookie: req.headers.cookie ?? "" });
    res.setHeader("Content-Type", "text/html").end("<!doctype html><title>other</title>");
  });
  await new Promise<void>((done) => server.listen(0, "127.0.0.1", done));
  return {
    origin: `http://localhost:${(server.address() as AddressInfo).port}`,
    asked,
    close: () => new Promise((done) => server.close(() => done())),
  };
}
