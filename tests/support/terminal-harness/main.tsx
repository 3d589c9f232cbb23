import "#ui/tokens.css";
import "#ui/fonts.css";
import "#ui/base.css";
import { StrictMode, useState } from "react";
import { createRoot } from "react-dom/client";
import { terminals } from "#terminal/terminal-registry.ts";
import { watchSurface } from "#ui/layout/surface.ts";
import { ThemeRoot } from "#ui/layout/theme-root.tsx";
import { TerminalPane } from "#ui/terminal/terminal-pane.tsx";
import { played } from "./played-bridge.ts";

const query = new URLSearchParams(location.search);
played.publish({
  ui_state: {
    sync: "synced",
    theme: query.get("theme") ?? "dark",
    theme_rev: 1,
    layouts: {},
    panels: {},
  },
});
watchSurface();

/** One device's terminal; the button takes it away and brings it back, as switching tabs does. */
function Page() {
  const [active, setActive] = useState(true);
  return (
    <ThemeRoot>
      <div style={{ display: "flex", flexDirection: "column", height: "var(--vv-height)" }}>
        <button id="switch" onClick={() => setActive(!active)} style={{ position: "fixed", left: -999 }} type="button">
          switch
        </button>
        <div style={{ flex: 1, minHeight: 0 }}>
          <TerminalPane active={active} device="d" keys={query.get("keys") !== "off"} />
        </div>
      </div>
    </ThemeRoot>
  );
}

Object.assign(globalThis, { played, terminal: terminals.get("d") });
const root = document.getElementById("root");
if (root !== null)
  createRoot(root).render(
    <StrictMode>
      <Page />
    </StrictMode>,
  );
