// Pictures of the interface with fixture views: `node tests/support/ui-harness/shoot.mjs <folder> [scene...]`.
import { mkdirSync } from "node:fs";
import { join } from "node:path";
import { chromium } from "playwright";
import { build, preview } from "vite";

const [out = ".cache/ui-shots", ...wanted] = process.argv.slice(2);
const configFile = join(import.meta.dirname, "vite.config.ts");
const SIZES = { landscape: [1180, 820], portrait: [820, 1180], phone: [390, 844], desktop: [1440, 900] };
const SHOTS = [
  ["workspace", "dark", "landscape"],
  ["workspace", "crt-amber", "landscape"],
  ["workspace", "light", "portrait"],
  ["workspace", "crt-green", "desktop"],
  ["workspace", "dark", "portrait"],
  ["workspace", "light", "desktop"],
  ["workspace", "dark", "phone"],
  ["workspace", "crt-amber", "phone", "panels"],
  ["workspace", "light", "phone", "events"],
  ["home", "dark", "landscape"],
  ["home", "light", "phone"],
  ["home", "crt-amber", "portrait"],
  ["empty", "dark", "phone"],
  ["offline", "dark", "landscape"],
  ["pair", "dark", "landscape"],
  ["pair", "light", "phone"],
  ["hostkey", "dark", "landscape"],
  ["hostkey", "crt-green", "phone"],
  ["auth", "light", "portrait"],
  ["connecting", "dark", "landscape"],
  ["ended", "dark", "landscape"],
  ["ended", "light", "phone"],
  ["changed", "dark", "portrait"],
  ["locked", "dark", "landscape"],
  ["locked", "light", "portrait"],
  ["locked-panels", "dark", "landscape"],
  ["events", "dark", "landscape"],
  ["events-strip", "dark", "landscape"],
  ["events-strip", "light", "portrait"],
  ["events-strip", "crt-amber", "phone"],
  ["events", "crt-amber", "portrait"],
  ["events", "light", "phone", "events"],
  ["events-changes", "light", "landscape"],
  ["events-changes", "crt-green", "portrait"],
  ["events-signals", "dark", "landscape"],
  ["events-rules", "dark", "landscape"],
  ["events-rules", "light", "portrait"],
  ["glance", "dark", "landscape"],
  ["glance", "crt-amber", "portrait"],
  ["glance", "light", "phone", "events"],
  ["glance-panel", "light", "landscape"],
  ["glance-panel", "dark", "portrait"],
  ["port", "dark", "landscape"],
  ["port", "crt-green", "portrait"],
  ["port", "light", "phone", "panels"],
  ["port-end", "dark", "landscape"],
  ["port-end", "crt-amber", "portrait"],
  ["port-glance", "dark", "landscape"],
  ["port-glance", "crt-green", "portrait"],
  ["lookup", "dark", "landscape"],
  ["lookup", "crt-amber", "portrait"],
  ["lookup", "light", "phone", "panels"],
  ["whole-table", "dark", "landscape"],
  ["whole-table", "crt-green", "portrait"],
  ["whole-table-confirm", "light", "landscape"],
  ["whole-table-load", "crt-amber", "portrait"],
].filter(([scene]) => wanted.length === 0 || wanted.includes(scene));

/** What is pressed before the picture is taken; what a size does not have is left out. */
const STRIP = ".rs-events-strip";
const part = (name) => `.rs-segments label:has-text("${name}")`;
const button = (name) => `button:has-text("${name}")`;
const PORT = ['[data-panel="ifstate"] tr[data-row] >> nth=0', button("Port card")];
const WHOLE = '[data-panel="routing_table"] button:has-text("Whole table")';
const PRESSES = {
  events: [STRIP],
  "events-changes": [STRIP, part("Changes")],
  "events-signals": [STRIP, part("Signals")],
  "events-rules": [STRIP, button("Alert rules"), button("Edit"), button("Save rule")],
  port: PORT,
  "port-end": [...PORT, { end: true }],
  "port-glance": [...PORT, button("Glance")],
  lookup: ['button[aria-label="Look up an address"]', { fill: "10.20.7.9" }, 'button:text-is("Route")'],
  "whole-table": [WHOLE],
  "whole-table-confirm": [WHOLE],
  "whole-table-load": [WHOLE],
  glance: [STRIP, button("Glance")],
  "glance-panel": ['[data-panel="ifstate"] .rs-panel-status', button("Glance")],
};

mkdirSync(out, { recursive: true });
await build({ configFile, logLevel: "error" });
const server = await preview({ configFile, preview: { port: 0, host: "127.0.0.1" } });
const base = server.resolvedUrls?.local[0] ?? "";
const browser = await chromium.launch({
  executablePath: process.env.CHROMIUM ?? "/usr/bin/chromium",
  args: [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
  ],
});
for (const [scene, theme, size, region] of SHOTS) {
  const [width, height] = SIZES[size];
  const touch = size !== "desktop";
  const context = await browser.newContext({ viewport: { width, height }, hasTouch: touch, isMobile: touch });
  const page = await context.newPage();
  page.on("pageerror", (error) => console.log(`${scene}: ${error.message}`));
  page.on("console", (message) => message.type() === "error" && console.log(`${scene}: ${message.text()}`));
  await page.goto(`${base}?scene=${scene}&theme=${theme}${region ? `&region=${region}` : ""}`);
  await page.waitForLoadState("networkidle");
  await page.evaluate(() => document.fonts.ready);
  await page.waitForTimeout(600);
  for (const press of PRESSES[scene] ?? []) {
    if (typeof press === "object") {
      if (press.end)
        await page
          .locator(".rs-dialog-body")
          .last()
          .evaluate((body) => body.scrollTo(0, body.scrollHeight));
      else await page.locator("dialog input").first().fill(press.fill);
      await page.waitForTimeout(200);
      continue;
    }
    const what = page.locator(press).last();
    if (await what.isVisible()) await what.click();
    await page.waitForTimeout(300);
  }
  await page.screenshot({ path: join(out, `${[scene, theme, size, region].filter(Boolean).join("_")}.png`) });
  await context.close();
}
await browser.close();
await server.close();
