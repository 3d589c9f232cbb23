import { useViewSelector } from "#bridge/hooks.ts";
import { PairScreen } from "./connect/pair-screen.tsx";
import { Shell } from "./layout/shell.tsx";
import { ThemeRoot } from "./layout/theme-root.tsx";
import { useDisposeUnpaired } from "./layout/use-dispose-closed.ts";
import { ErrorBoundary } from "./primitives/error-boundary.tsx";
import { StartScreen } from "./status/start-screen.tsx";
import { WorkerFailure } from "./status/worker-failure.tsx";

/** One value for all renders: selectors compare by identity. */
const NONE_OPEN: readonly string[] = [];

/** The whole app: sign-in decides between pairing and work. */
export function App() {
  const phase = useViewSelector("sign_in", (view) => view?.phase ?? "checking");
  const failed = useViewSelector("worker", (view) => view?.phase === "failed");
  useDisposeUnpaired(
    useViewSelector("catalog", (view) => view?.open ?? NONE_OPEN),
    phase === "unpaired",
  );
  return (
    <ThemeRoot>
      <ErrorBoundary what="The app">
        {phase === "paired" ? <Shell /> : phase === "checking" ? <StartScreen /> : <PairScreen />}
      </ErrorBoundary>
      {failed ? <WorkerFailure /> : null}
    </ThemeRoot>
  );
}
