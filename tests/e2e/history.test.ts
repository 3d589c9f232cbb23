/** What the tablet keeps of a device: charts, snapshots, files; at the size of a tablet, against the demo lab. */
import { mkdir, readFile } from "node:fs/promises";
import { resolve } from "node:path";
import type { Download, Locator, Page } from "playwright";
import { beforeAll, describe, expect, it } from "vitest";
import { SCREENS, type ScreenName } from "#support/chromium.ts";
import { axeFindings, overflow, smallTargets } from "./support/page-checks.ts";
import { requireRig } from "./support/rig.ts";
import { focusTerminal, openDevice, SOON, seeLastRow, typeLine } from "./support/terminal.ts";

const e2e = await requireRig();
/** Blocks of a panel's series that lie on the tablet; what is in them is sealed. */
const storedBlocks = (page: Page, panel: string): Promise<number> =>
  page.evaluate(async (of) => {
    const known = await indexedDB.databases();
    if (!known.some(({ name }) => name === "rackside-records")) return 0;
    return new Promise<number>((resolve, reject) => {
      const opening = indexedDB.open("rackside-records");
      opening.addEventListener("error", () => reject(opening.error));
      opening.addEventListener("success", () => {
        const database = opening.result;
        const keys = database.transaction("records").objectStore("records").getAllKeys();
        keys.addEventListener("success", () => {
          database.close();
          resolve(keys.result.filter((key) => Array.isArray(key) && key[0] === "series" && key[3] === of).length);
        });
      });
    });
  }, panel);
/** Pictures for people to look at; git ignores the folder. */
const FOLDER = resolve(import.meta.dirname, "../../.cache/screens");

describe.skipIf(!e2e.ready)("what the tablet keeps of a device", () => {
  const rig = e2e.use({ app: "all tests" });
  beforeAll(async () => {
    await mkdir(FOLDER, { recursive: true });
  });

  const panel = (page: Page, id: string): Locator => page.locator(`[data-panel="${id}"]`);
  const ok = async (page: Page, ...ids: string[]): Promise<void> => {
    for (const id of ids) {
      await expect.poll(() => panel(page, id).getAttribute("data-status"), { ...SOON, message: id }).toBe("ok");
    }
  };
  async function opened(screen: ScreenName = "landscape"): Promise<Page> {
    const { page } = await rig.paired(screen, { acceptDownloads: true });
    await openDevice(page, /Demo router 1/);
    await seeLastRow(page, /demo-r1#$/);
    await ok(page, "cpu", "ifstate", "ifcounters", "bgp");
    return page;
  }
  /** What must hold wherever something new is shown; the picture is taken on the way. */
  async function look(page: Page, screen: ScreenName, what: string): Promise<void> {
    await page.screenshot({ path: `${FOLDER}/history-${screen}-${what}.png`, scale: "css" });
    const name = `${screen} ${what}`;
    expect.soft(await overflow(page), name).toEqual({ x: 0, y: 0 });
    if (SCREENS[screen].hasTouch) expect.soft(await smallTargets(page), name).toEqual([]);
    expect.soft(await axeFindings(page), name).toEqual([]);
  }
  const close = async (page: Page): Promise<void> => {
    await page.getByRole("dialog").last().getByRole("button", { name: "Close", exact: true }).click();
  };
  const points = (page: Page) => page.getByTestId("chart").getAttribute("data-points").then(Number);
  const openChart = async (page: Page): Promise<void> => {
    await panel(page, "cpu")
      .getByRole("button", { name: /^Chart of Busy/ })
      .first()
      .click();
    await page.getByTestId("chart-sheet").waitFor();
  };
  const textOf = async (download: Download): Promise<string> => readFile(await download.path(), "utf8");

  it("[T83] [T84] a tap on a figure opens its chart: ranges, values under the finger, points as a table", async () => {
    const page = await opened();
    await openChart(page);
    await expect.poll(() => points(page), SOON).toBeGreaterThan(1);
    const readout = page.getByTestId("chart-readout");
    await page.locator(".rs-chart-plot .u-over").tap();
    await expect.poll(() => readout.innerText(), SOON).toMatch(/\d\d:\d\d:\d\d\s+Busy\s+\d/);
    await look(page, "landscape", "chart-hour");
    for (const label of ["24 h", "7 d"]) {
      await page.getByRole("radio", { name: label }).check();
      await expect.poll(() => points(page).catch(() => 0), SOON).toBeGreaterThan(0);
    }
    await page.getByRole("radio", { name: "1 h" }).check();
    await page.getByText("The points as a table").click();
    const rows = page.getByTestId("chart-sheet").locator("tbody tr");
    await expect.poll(() => rows.count(), SOON).toBeGreaterThan(1);
    await close(page);
  });

  it("[T84] both directions of a port stand in one picture, and its small chart opens it", async () => {
    const page = await opened("portrait");
    const small = panel(page, "ifstate")
      .getByRole("button", { name: /^Chart of In and Out/ })
      .first();
    await small.click();
    await page.getByTestId("chart-sheet").waitFor();
    await expect
      .poll(() => page.getByTestId("chart-readout").innerText(), SOON)
      .toMatch(/In\s+[\d.]+ \wb\/s[\s\S]*Out\s/);
    await look(page, "portrait", "chart-port");
    await close(page);
    // A row that it stands in has a sheet of its own, which did not open.
    expect(await page.getByRole("dialog").count()).toBe(0);
  });

  it("[T82] [U92] a reload without the proxy keeps the points", async () => {
    const page = await opened();
    await openChart(page);
    await expect.poll(() => points(page), SOON).toBeGreaterThan(1);
    const before = await points(page);
    await page.evaluate(async () => {
      const { active } = await navigator.serviceWorker.ready;
      if (active?.state !== "activated")
        await new Promise((done) => active?.addEventListener("statechange", done, { once: true }));
    });
    // The browser puts the page to sleep: what was read is written.
    await page.evaluate(() => document.dispatchEvent(new Event("freeze")));
    await expect.poll(() => storedBlocks(page, "cpu"), SOON).toBeGreaterThan(0);
    await rig.app.stop("SIGKILL");
    try {
      await page.reload();
      await page.getByTestId("offline-banner").waitFor();
      await openChart(page);
      await expect.poll(() => points(page), SOON).toBeGreaterThanOrEqual(before);
      await look(page, "landscape", "chart-offline");
    } finally {
      await rig.app.restart();
    }
  });

  it("[T87] a snapshot, what differs from it, and the report for a ticket", async () => {
    const page = await opened();
    await page.getByRole("button", { name: "Snapshots and compare" }).click();
    const sheet = page.getByTestId("snapshots");
    await sheet.getByLabel("Name").fill("Before the change");
    await sheet.getByRole("button", { name: "Take snapshot" }).click();
    const entry = sheet.getByTestId("snapshot");
    await expect.poll(() => entry.innerText(), SOON).toContain("Before the change");
    await look(page, "landscape", "snapshots");
    await close(page);
    await focusTerminal(page);
    for (const line of ["configure terminal", "interface GigabitEthernet0/3", "shutdown", "end"]) {
      await typeLine(page, line);
    }
    await seeLastRow(page, /demo-r1#$/);
    await page.getByRole("button", { name: "Refresh all panels" }).click();
    const port = panel(page, "ifstate").locator("tr", { hasText: "Gi0/3" });
    await expect.poll(() => port.innerText(), SOON).toContain("admin-down");
    await page.getByRole("button", { name: "Snapshots and compare" }).click();
    await entry.getByRole("button", { name: "Compare with now" }).click();
    const comparison = sheet.getByTestId("comparison");
    await expect.poll(() => comparison.innerText(), SOON).toMatch(/differences?, \d+ panels? (is|are) equal/i);
    const port3 = comparison.locator("tr", { hasText: "GigabitEthernet0/3" });
    expect((await port3.allInnerTexts()).join("\n")).toMatch(/changed\s+up\s+down/i);
    await look(page, "landscape", "comparison");
    const saved = page.waitForEvent("download");
    await comparison.getByRole("button", { name: "Markdown", exact: true }).click();
    const file = await saved;
    expect(file.suggestedFilename()).toMatch(/compare.*\.md$/);
    expect(await textOf(file)).toContain("- Before: Before the change");
    await comparison.getByRole("switch", { name: "Hide names and addresses" }).click();
    const hidden = page.waitForEvent("download");
    await comparison.getByRole("button", { name: "JSON", exact: true }).click();
    const masked = await textOf(await hidden);
    expect(JSON.parse(masked)).toMatchObject({ format: "rackside.comparison" });
    expect(masked).not.toContain("demo-r1");
    await sheet.getByRole("button", { name: "Snapshots", exact: true }).click();
    await entry.getByRole("button", { name: "Remove Before the change" }).click();
    await entry.getByRole("button", { name: "Remove it" }).click();
    await entry.waitFor({ state: "detached" });
  });

  it("[U79] columns are chosen and stay; the table of interfaces is one file with state and rates", async () => {
    const page = await opened();
    const interfaces = panel(page, "ifstate");
    const heads = () => interfaces.locator("thead th").allInnerTexts();
    await interfaces.getByRole("button", { name: /^Columns and files/ }).click();
    const sheet = page.getByTestId("table-sheet");
    await sheet.getByRole("switch", { name: "Fit to the screen" }).click();
    // Confirmed by the proxy, not by the tap.
    await sheet.getByRole("checkbox", { name: "MTU" }).click();
    await expect.poll(() => sheet.getByRole("checkbox", { name: "MTU" }).isChecked(), SOON).toBe(true);
    await look(page, "landscape", "table-sheet");
    const saved = page.waitForEvent("download");
    await sheet.getByRole("button", { name: "CSV", exact: true }).click();
    const csv = await textOf(await saved);
    const [head = ""] = csv.split("\r\n");
    for (const column of ["name", "oper", "mtu", "in_bps", "in_octets", "read_at", "command"]) {
      expect(head.split(",")).toContain(column);
    }
    await close(page);
    await expect.poll(heads, SOON).toContain("MTU");
    await page.reload();
    await ok(page, "ifstate");
    await expect.poll(heads, SOON).toContain("MTU");
    await interfaces.locator("tbody tr[data-row]").nth(3).scrollIntoViewIfNeeded();
    await look(page, "landscape", "wide-table");
    await interfaces.getByRole("button", { name: /^Columns and files/ }).click();
    await sheet.getByRole("switch", { name: "Fit to the screen" }).click();
    await close(page);
    await expect.poll(heads, SOON).not.toContain("MTU");
  });

  it("[T61] the load panel says what the guard does; the audit of a week is a file", async () => {
    const page = await opened("portrait");
    const load = panel(page, "collector");
    await load.scrollIntoViewIfNeeded();
    await expect.poll(() => load.getByTestId("guard").innerText(), SOON).toMatch(/Normal/);
    await expect.poll(() => load.getByTestId("next-command").innerText(), SOON).toMatch(/now|in \d/);
    await look(page, "portrait", "load");
    await page.getByRole("button", { name: "Choose panels" }).click();
    await page.getByRole("switch", { name: "What was sent" }).click();
    await close(page);
    await panel(page, "audit")
      .getByRole("button", { name: /^Columns and files/ })
      .click();
    const saved = page.waitForEvent("download");
    await page.getByRole("button", { name: "Export 7 days, CSV" }).click();
    expect(await textOf(await saved)).toMatch(/show ip bgp|show version/);
    await look(page, "portrait", "audit-export");
    await page.getByRole("dialog").last().getByRole("button", { name: "Close", exact: true }).click();
    await page.getByRole("button", { name: "Choose panels" }).click();
    await page.getByRole("switch", { name: "What was sent" }).click();
  });

  it("[U75] [U87] charts and comparisons in one hue", async () => {
    const page = await opened("portrait");
    await page.getByRole("button", { name: "Settings" }).click();
    await page.locator('[data-theme-id="crt-amber"]').click();
    await close(page);
    const small = panel(page, "ifstate")
      .getByRole("button", { name: /^Chart of In and Out/ })
      .first();
    await small.click();
    await page.getByTestId("chart").waitFor();
    await look(page, "portrait", "chart-amber");
  });
});
