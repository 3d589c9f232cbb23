import * as v from "valibot";
import { uiStateMessage } from "./envelope.ts";

const Rev = v.pipe(v.number(), v.safeInteger(), v.minValue(0));
const ThemeId = v.pipe(v.string(), v.regex(/^[a-z0-9][a-z0-9.-]{0,63}$/));
const Key = v.pipe(v.string(), v.regex(/^[A-Za-z0-9][A-Za-z0-9_.:-]{0,63}$/));
const PanelKey = v.pipe(v.string(), v.regex(/^[a-z0-9_]{1,64}$/));

/** The page's wish; `base_rev` is the revision it saw [section 5]. */
export const SetTheme = uiStateMessage("set_theme", v.object({ theme: ThemeId, base_rev: Rev }));
/** Confirmation and broadcast; only the proxy assigns `rev`. */
export const ThemeChanged = uiStateMessage("theme_changed", v.object({ theme: ThemeId, rev: Rev }));

export const UpdateLayout = uiStateMessage(
  "update_layout",
  v.object({ key: Key, layout: v.record(v.string(), v.unknown()), base_rev: Rev }),
);
export const LayoutChanged = uiStateMessage(
  "layout_changed",
  v.object({ key: Key, layout: v.record(v.string(), v.unknown()), rev: Rev }),
);

export const SetPanelVisibility = uiStateMessage(
  "set_panel_visibility",
  v.object({ panel: PanelKey, visible: v.boolean(), base_rev: Rev }),
);
export const PanelUpdated = uiStateMessage(
  "panel_updated",
  v.object({ panel: PanelKey, visible: v.boolean(), rev: Rev }),
);
