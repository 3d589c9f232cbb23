import "./lock-cover.css";
import { useViewSelector } from "#bridge/hooks.ts";
import { Icon } from "../primitives/icon.tsx";
import { UnlockForm } from "./unlock-form.tsx";

/** Whether the vault is locked, and what may stay in sight meanwhile [S70]. */
export function useLock(): { locked: boolean; panels: boolean } {
  const locked = useViewSelector("vault", (view) => view?.phase === "locked");
  const keepPanels = useViewSelector("vault", (view) => view?.keep_panels ?? false);
  return { locked, panels: !locked || keepPanels };
}

/** Covers what a locked vault must not show; sessions and saving go on behind it [S70]. */
export function LockCover({ autoFocus = true }: { autoFocus?: boolean }) {
  return (
    <section aria-label="Locked" className="rs-lock-cover" data-testid="lock-cover">
      <div className="rs-lock-card">
        <h2>
          <Icon name="denied" size={24} />
          Locked
        </h2>
        <p>Sessions go on, and their output is kept. Unlock to see them and to type.</p>
        <UnlockForm autoFocus={autoFocus} />
      </div>
    </section>
  );
}
