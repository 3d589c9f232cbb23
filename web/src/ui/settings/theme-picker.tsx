import { useState } from "react";
import { commands } from "#bridge/commands.ts";
import { useDispatch, useView } from "#bridge/hooks.ts";
import type { ErrorPayload } from "#bridge/types.ts";
import { themes } from "#themes/registry.ts";
import type { Theme } from "#themes/theme.ts";
import { useTheme } from "../layout/theme-root.tsx";
import { Icon } from "../primitives/icon.tsx";
import { ErrorNotice } from "../status/error-notice.tsx";

/** Themes with a piece of terminal in their own colours; chosen through ui_state, so every tab follows [U79]. */
export function ThemePicker() {
  const current = useTheme();
  const sync = useView("ui_state")?.sync;
  const dispatch = useDispatch();
  const [error, setError] = useState<ErrorPayload>();
  const choose = async (id: string): Promise<void> => {
    const result = await dispatch(commands.setTheme(id));
    setError(result.ok ? undefined : result.error);
  };
  return (
    <>
      <div className="rs-themes">
        {themes.map((theme) => (
          <button
            aria-pressed={theme.id === current.id}
            className="rs-theme"
            data-theme-id={theme.id}
            key={theme.id}
            onClick={() => void choose(theme.id)}
            type="button"
          >
            <Preview theme={theme} />
            <span>
              {theme.id === current.id ? <Icon name="check" /> : null}
              {theme.name}
            </span>
          </button>
        ))}
      </div>
      <p aria-live="polite" className="rs-muted">
        {sync === "pending" ? "Waiting for the proxy to confirm." : ""}
        {sync === "offline" ? "Kept on this tablet; the proxy learns it when the link is back." : ""}
      </p>
      <ErrorNotice error={error} title="The theme was not changed" />
    </>
  );
}

function Preview({ theme }: { theme: Theme }) {
  const { terminal, tokens } = theme;
  const [, , green, yellow] = terminal.ansi;
  return (
    <pre aria-hidden="true" style={{ background: terminal.background, color: terminal.foreground }}>
      <span style={{ color: tokens.accent }}>r1#</span> sh ip bgp sum{"\n"}
      10.0.12.2 <span style={{ color: green }}>Estab</span>
      {"\n"}10.0.13.3 <span style={{ color: yellow }}>Active</span>
    </pre>
  );
}
