import { lazy, Suspense, useState, useSyncExternalStore } from "react";
import { commands } from "#bridge/commands.ts";
import { errorText } from "#bridge/error-text.ts";
import { useDispatch, useView } from "#bridge/hooks.ts";
import { installState, promptInstall } from "#pwa/install.ts";
import { applyUpdate, updateState } from "#pwa/registration.ts";
import { durationText } from "../format/times.ts";
import { Banner } from "../layout/banner.tsx";
import { setPreferences, usePreferences } from "../layout/preferences.ts";
import { Button } from "../primitives/button.tsx";
import { mineCommand } from "./conflict.ts";
import { StorageBanner } from "./storage-banner.tsx";
import { useNow } from "./use-now.ts";

const InstallSteps = lazy(() => import("./install-steps.tsx"));

/** Everything about the app itself that a person has to know or decide, under the top bar. */
export function Banners({ device }: { device: string | null }) {
  const storage = useView("storage");
  return (
    <div className="rs-banners">
      <LinkBanner />
      <StorageBanner storage={storage} />
      <AuditBanner />
      <UpdateBanner device={device} />
      <ConflictBanner />
      <InstallBanner />
    </div>
  );
}

function LinkBanner() {
  const link = useView("link");
  const from = useView("catalog")?.from;
  const now = useNow();
  const dispatch = useDispatch();
  if (link === undefined) return null;
  const retry = (
    <Button icon="refresh" onClick={() => void dispatch(commands.retry())}>
      Try now
    </Button>
  );
  if (link.draining_until !== undefined) {
    const left = Math.max(0, link.draining_until - now) / 1_000;
    return (
      <Banner icon="power" tone="warn">
        The proxy is about to restart{left > 0 ? ` in ${durationText(left)}` : ""}. Sessions end with it.
      </Banner>
    );
  }
  const gone = link.phase === "offline" || link.phase === "refused" || (link.phase === "waiting" && link.attempt > 1);
  if (!gone) return null;
  const wait = link.retry_at === undefined ? undefined : Math.max(0, Math.ceil((link.retry_at - now) / 1_000));
  return (
    <Banner actions={retry} icon="unlink" testId="offline-banner" tone={link.phase === "refused" ? "crit" : "stale"}>
      <strong>
        {link.phase === "refused" && link.error !== undefined
          ? errorText(link.error.code, link.error.reason).what
          : "No connection to the proxy."}
      </strong>{" "}
      {link.phase === "refused" && link.error !== undefined
        ? `${errorText(link.error.code, link.error.reason).next} `
        : ""}
      {from === "cache" ? "Devices and panels are as last seen on this tablet. " : "What you see is as last received. "}
      {wait === undefined ? "" : `Next try in ${wait} s.`}
    </Banner>
  );
}

/** Where the proxy may go on without its audit log, people are told that it does [S94]. */
function AuditBanner() {
  const proxy = useView("proxy");
  if (proxy?.audit !== "failing") return null;
  return (
    <Banner icon="warn" testId="audit-banner" tone="warn">
      <strong>The proxy cannot write its audit log.</strong> What happens now is not written down. Tell whoever runs the
      proxy.
    </Banner>
  );
}

function UpdateBanner({ device }: { device: string | null }) {
  const update = useSyncExternalStore(updateState.subscribe, updateState.get);
  const view = useView(`device:${device ?? "-"}`);
  const [later, setLater] = useState(false);
  if (update.phase !== "update_ready" || later) return null;
  const asks = view?.ssh1.question !== undefined || view?.ssh2.question !== undefined || view?.ssh1.stale_input;
  return (
    <Banner
      actions={
        <>
          <Button onClick={() => setLater(true)} variant="ghost">
            Later
          </Button>
          <Button
            disabledReason={asks ? "Answer the open question first" : undefined}
            icon="refresh"
            onClick={() => void applyUpdate()}
            variant="primary"
          >
            Update
          </Button>
        </>
      }
      icon="download"
      testId="update-banner"
      tone="info"
    >
      <strong>Update ready.</strong> The page starts again and your sessions resume.
    </Banner>
  );
}

function ConflictBanner() {
  const conflict = useView("ui_state")?.conflict;
  const dispatch = useDispatch();
  const [seen, setSeen] = useState<unknown>();
  if (conflict === undefined || conflict === seen) return null;
  const mine = mineCommand(conflict);
  const what = { theme: "The theme", layout: "The layout", panel: "A panel’s visibility", device: "A device" }[
    conflict.what
  ];
  return (
    <Banner
      actions={
        <>
          <Button onClick={() => setSeen(conflict)} variant="ghost">
            Keep theirs
          </Button>
          {mine === undefined ? null : (
            <Button
              onClick={() => {
                setSeen(conflict);
                void dispatch(mine);
              }}
            >
              Use mine
            </Button>
          )}
        </>
      }
      icon="info"
      testId="conflict-banner"
      tone="info"
    >
      {what} was changed elsewhere while this tablet was offline. The other change is in force.
    </Banner>
  );
}

function InstallBanner() {
  const install = useSyncExternalStore(installState.subscribe, installState.get);
  const { hadSession, installHintSeen } = usePreferences();
  const [steps, setSteps] = useState(false);
  if (!hadSession || installHintSeen || (install !== "prompt" && install !== "by_hand")) return null;
  const done = (): void => setPreferences({ installHintSeen: true });
  return (
    <>
      <Banner
        actions={
          <>
            <Button onClick={done} variant="ghost">
              Not now
            </Button>
            <Button
              icon="install"
              onClick={() => (install === "prompt" ? void promptInstall().finally(done) : setSteps(true))}
            >
              {install === "prompt" ? "Install" : "Show how"}
            </Button>
          </>
        }
        icon="tablet"
        tone="info"
      >
        Rackside can be installed: it then opens full screen, and without the proxy as well.
      </Banner>
      <Suspense fallback={null}>
        {steps ? (
          <InstallSteps
            onClose={() => {
              setSteps(false);
              done();
            }}
          />
        ) : null}
      </Suspense>
    </>
  );
}
