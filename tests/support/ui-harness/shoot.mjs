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
].filter(([scene]) => wanted.length === 0 || wanted.includes(scene));

/** What is pressed before the picture is taken; what a size does not have is left out. */
const STRIP = ".rs-events-strip";
const part = (name) => `.rs-segments label:has-text("${name}")`;
const button = (name) => `button:has-text("${name}")`;
const PRESSES = {
  events: [STRIP],
  "events-changes": [STRIP, part("Changes")],
  "events-signals": [STRIP, part("Signals")],
  "events-rules": [STRIP, button("Alert rules"), button("Edit"), button("Save rule")],
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
    const what = page.locator(press).last();
    if (await what.isVisible()) await what.click();
    await page.waitForTimeout(300);
  }
  await page.screenshot({ path: join(out, `${[scene, theme, size, region].filter(Boolean).join("_")}.png`) });
  await context.close();
}
await browser.close();
await server.close();
