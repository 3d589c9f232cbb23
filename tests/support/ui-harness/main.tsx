import "#ui/tokens.css";
import "#ui/fonts.css";
import "#ui/base.css";
import { createRoot } from "react-dom/client";
import { App } from "#ui/app.tsx";
import { goTo, showRegion } from "#ui/layout/navigation.ts";
import { watchSurface } from "#ui/layout/surface.ts";
import { paintLastTheme } from "#ui/layout/theme-root.tsx";
import { publish } from "./fake-bridge.ts";
import { sceneViews } from "./scenes.ts";

/** The interface alone, with views made up: `?scene=` names them, `&theme=` the theme, `&region=` the phone's region. */
const query = new URLSearchParams(location.search);
paintLastTheme();
watchSurface();
const { views, device } = sceneViews(query.get("scene") ?? "workspace", query.get("theme") ?? "dark");
publish(views);
goTo(device);
const region = query.get("region");
if (region === "panels" || region === "events") showRegion(region);

const root = document.getElementById("root");
if (root !== null) createRoot(root).render(<App />);
