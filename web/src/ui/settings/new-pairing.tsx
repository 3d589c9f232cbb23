import { useMemo, useState } from "react";
import { commands } from "#bridge/commands.ts";
import { useDispatch } from "#bridge/hooks.ts";
import type { ErrorPayload, PairingAnswer } from "#bridge/types.ts";
import { durationText } from "../format/times.ts";
import { Button } from "../primitives/button.tsx";
import { Callout } from "../primitives/callout.tsx";
import { ErrorNotice } from "../status/error-notice.tsx";
import { useNow } from "../status/use-now.ts";
import { CopyButton } from "../text/copy-button.tsx";
import { qrPath } from "./qr-path.ts";

type Shown = PairingAnswer & { until: number };

/** A code for one more device of the same user; it is shown here and kept nowhere [S5] [S6] [S72]. */
export function NewPairing({ onMade }: { onMade: () => void }) {
  const dispatch = useDispatch();
  const [shown, setShown] = useState<Shown>();
  const [error, setError] = useState<ErrorPayload>();
  const make = async (): Promise<void> => {
    const result = await dispatch<PairingAnswer>(commands.createPairing());
    setError(result.ok ? undefined : result.error);
    if (!result.ok || result.value === undefined) return;
    setShown({ ...result.value, until: Date.now() + result.value.expires_in_s * 1_000 });
    onMade();
  };
  if (shown !== undefined) return <PairingCode onClose={() => setShown(undefined)} onMore={make} shown={shown} />;
  return (
    <>
      <ErrorNotice error={error} title="No new code" />
      <div className="rs-btn-row">
        <Button icon="add" onClick={() => void make()}>
          Pair another device…
        </Button>
      </div>
    </>
  );
}

function PairingCode(props: { shown: Shown; onClose: () => void; onMore: () => Promise<void> }) {
  const { url, code, until } = props.shown;
  const left = Math.max(0, Math.ceil((until - useNow()) / 1_000));
  const qr = useMemo(() => qrPath(url), [url]);
  if (left === 0) {
    return (
      <Callout
        actions={
          <>
            <Button onClick={props.onClose}>Close</Button>
            <Button onClick={() => void props.onMore()} variant="primary">
              New code
            </Button>
          </>
        }
        title="The code has expired"
        tone="warn"
      />
    );
  }
  return (
    <div className="rs-pairing" data-testid="new-pairing">
      <svg aria-label="QR code of the pairing link" className="rs-qr" role="img" viewBox={`0 0 ${qr.size} ${qr.size}`}>
        <path d={qr.path} shapeRendering="crispEdges" />
      </svg>
      <div className="rs-pairing-text">
        <p>Scan this with the other device’s camera, or open this proxy there and type</p>
        <p className="rs-pairing-code rs-selectable" data-testid="pairing-code">
          {code}
        </p>
        <p className="rs-muted">
          An app on a home screen does not share the browser’s storage: type the code there. It works once, for your own
          devices, and for another {durationText(left)}.
        </p>
        {/^https?:\/\/(localhost|127\.0\.0\.1|\[::1\])[:/]/.test(url) ? (
          <Callout title="Only on the proxy’s own machine" tone="info">
            <p>This page was opened at {new URL(url).host}, which other devices cannot reach.</p>
          </Callout>
        ) : null}
        <div className="rs-btn-row">
          <CopyButton label="Copy link" text={url} />
          <Button onClick={props.onClose}>Done</Button>
        </div>
      </div>
    </div>
  );
}
