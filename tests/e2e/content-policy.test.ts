/** The policy in a real browser: a normal run breaks nothing of it, and what an attacker would try is stopped [S74] to [S77]. */
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import type { Page } from "playwright";
import { describe, expect, it } from "vitest";
import { openScreen } from "#support/chromium.ts";
import { deviceList, listen } from "./support/browser.ts";
import { requireRig } from "./support/rig.ts";
import { focusTerminal, openDevice, SOON, seeLastRow, seeOnScreen, typeLine } from "./support/terminal.ts";
import { type Violations, watchViolations } from "./support/violations.ts";

const e2e = await requireRig();

describe.skipIf(!e2e.ready)("content policy and Trusted Types", () => {
  const rig = e2e.use({ app: "all tests" });

  async function open(): Promise<{ page: Page; violations: Violations }> {
    const context = await openScreen(rig.browser, "landscape");
    const violations = await watchViolations(context);
    const page = await context.newPage();
    await page.goto(await rig.app.pairAgain());
    await deviceList(page);
    return { page, violations };
  }

  it("[S74] [S76] a run through devices, terminal, panels and settings reports no violation, workers included", async () => {
    const { page, violations } = await open();
    const complaints = listen(page, rig.app.url);
    await openDevice(page, /Demo router 1/);
    await seeLastRow(page, /^demo-r1#$/);
    await focusTerminal(page);
    await typeLine(page, "show version");
    await seeOnScreen(page, /Cisco IOS Software/);
    await expect.poll(() => page.locator('[data-panel="bgp"]').getAttribute("data-status"), SOON).toBe("ok");
    await page.getByRole("button", { name: "Settings" }).first().click();
    await page.getByTestId("certificates").getByText("the same machine").waitFor();
    await page.keyboard.press("Escape");
    await page.evaluate(() => navigator.serviceWorker.ready.then(() => undefined));
    await page.reload();
    await page
      .getByTestId("workspace")
      .or(page.getByRole("heading", { name: "Devices" }))
      .first()
      .waitFor();
    expect(violations.found).toEqual([]);
    expect(complaints).toEqual({ errors: [], foreign: [] });
  });

  it.each([
    [
      "a script element with text",
      'document.body.append(Object.assign(document.createElement("script"), { text: "ran = 1" }))',
      /require-trusted-types-for/,
    ],
    ["an inline handler", 'document.body.setAttribute("onclick", "ran = 1")', /require-trusted-types-for|script-src/],
    ["eval", 'eval("globalThis.ran = 1")', /require-trusted-types-for|script-src/],
    ["a function from text", 'Function("globalThis.ran = 1")()', /require-trusted-types-for|script-src/],
    ["markup from text", 'document.body.insertAdjacentHTML("beforeend", "<b>x</b>")', /require-trusted-types-for/],
    ["a second policy", 'trustedTypes.createPolicy("other", {})', /trusted-types/],
    ["another origin by fetch", 'fetch("FOREIGN").then(() => { globalThis.ran = 1; })', /connect-src/],
    ["another origin by WebSocket", 'new WebSocket("FOREIGN".replace("http", "ws"))', /connect-src/],
    ["a picture of another origin", 'new Image().src = "FOREIGN/x.png"', /img-src/],
    [
      "a form",
      'Object.assign(document.body.appendChild(document.createElement("form")), { action: "FOREIGN" }).submit()',
      /form-action/,
    ],
  ])("[S75] [S76] %s is stopped and reported", async (_what, code, directive) => {
    const { page, violations } = await open();
    const foreign = await stranger("");
    // Later, as script of the page: what the debugger evaluates by itself is exempt from the policy.
    await page.evaluate(`setTimeout(() => { ${code.replaceAll("FOREIGN", foreign.origin)} }, 0); undefined`);
    await expect.poll(() => violations.found.join("\n"), SOON).toMatch(directive);
    expect(await page.evaluate("globalThis.ran")).toBeUndefined();
    expect(foreign.asked).toEqual([]);
    await foreign.close();
  });

  it("[S76] scripts and workers of any other address are refused by the one policy", async () => {
    const { page } = await open();
    const attempts = [
      'new Worker("data:text/javascript,0")',
      'new Worker("/assets/other.js")',
      'new Worker("https://example.com/sw.js")',
      'navigator.serviceWorker.register("/assets/other.js")',
      'document.createElement("script").src = "/x.js"',
    ];
    for (const code of attempts) await expect(page.evaluate(code), code).rejects.toThrow("Not a script of this app.");
  });

  it("[S74] [S77] another page can neither frame the app nor talk to it [S17]", async () => {
    const { page } = await open();
    const wsUrl = `${rig.app.url.replace("http", "ws")}/s/any/v1`;
    const other = await stranger(`<iframe src="${rig.app.url}/"></iframe>`);
    const attacker = await page.context().newPage();
    await attacker.goto(other.origin);
    const frame = attacker.frames().find((one) => one !== attacker.mainFrame());
    await expect.poll(() => frame?.url(), SOON).toMatch(/^chrome-error:/);
    const outcome = await attacker.evaluate(
      async ([url, socket]) => {
        const settled = (work: Promise<unknown>) =>
          work.then(
            () => "done",
            () => "refused",
          );
        const post = settled(fetch(`${url}/api/sign-out`, { method: "POST", credentials: "include" }));
        const read = settled(fetch(`${url}/api/me`, { credentials: "include" }));
        const link = new Promise((resolve) => {
          const ws = new WebSocket(socket ?? "", "rackside.v1");
          ws.addEventListener("open", () => resolve("done"));
          ws.addEventListener("error", () => resolve("refused"));
        });
        return Promise.all([post, read, link]);
      },
      [rig.app.url, wsUrl],
    );
    expect(outcome).toEqual(["refused", "refused", "refused"]);
    await page.reload();
    await deviceList(page);
    await other.close();
  });
});

type Stranger = { origin: string; asked: string[]; close(): Promise<void> };

/** A page of somebody else, on another port of this machine: cookies are shared with it, the origin is not. */
async function stranger(body: string): Promise<Stranger> {
  const asked: string[] = [];
  const server: Server = createServer((req, res) => {
    asked.push(req.url ?? "");
    res.setHeader("Content-Type", "text/html").setHeader("Access-Control-Allow-Origin", "*");
    res.end(`<!doctype html><title>other</title>${body}`);
  });
  server.on("upgrade", (req, socket) => {
    asked.push(`upgrade ${req.url}`);
    socket.destroy();
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  return {
    origin: `http://localhost:${(server.address() as AddressInfo).port}`,
    asked,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}
