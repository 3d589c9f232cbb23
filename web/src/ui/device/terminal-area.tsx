import { useEffect } from "react";
import { terminals } from "#terminal/terminal-registry.ts";
import { TerminalView } from "#terminal/terminal-view.tsx";
import { useTheme } from "../layout/theme-root.tsx";

/** The terminal's surface with the theme in force; loaded after the first paint. */
export default function TerminalArea({ device, active }: { device: string; active: boolean }) {
  const theme = useTheme();
  useEffect(() => terminals.setTheme(theme), [theme]);
  return (
    <div className="rs-terminal-screen">
      <TerminalView active={active} device={device} />
    </div>
  );
}
