import { takePairingCode } from "./boot.ts";
import "./tokens.css";
import "./fonts.css";
import "./base.css";
import { StrictMode } from "react";
import { createRoot } from "react-dom/client";
import { startBridge } from "#bridge/app-bridge.ts";
import { watchInstall } from "#pwa/install.ts";
import { startServiceWorker } from "#pwa/registration.ts";
import { watchWakeLock } from "#pwa/wake-lock.ts";
import { App } from "./app.tsx";
import { pairByLink } from "./connect/pair-by-link.ts";
import { watchSurface } from "./layout/surface.ts";
import { paintLastTheme } from "./layout/theme-root.tsx";

paintLastTheme();
watchSurface();
watchInstall(window);
watchWakeLock(document);
pairByLink(startBridge(), takePairingCode());

const root = document.getElementById("root");
if (root !== null) {
  createRoot(root).render(
    <StrictMode>
      <App />
    </StrictMode>,
  );
}
startServiceWorker();
