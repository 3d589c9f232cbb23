import { useEffect, useState } from "react";
import { commands } from "#bridge/commands.ts";
import { useDispatch } from "#bridge/hooks.ts";
import type { ErrorPayload } from "#bridge/types.ts";
import { captureCommand, captureText } from "../panels/capture-text.ts";
import { Button } from "../primitives/button.tsx";
import { DeviceText } from "../text/device-text.tsx";
import { RawText } from "../text/raw-text.tsx";

type Capture = { command: string | undefined; text: string };

/** What a device answered, for as long as it is kept: its command at once, its text on a tap [T6]. */
export function CaptureBlock({ device, capture }: { device: string; capture: string }) {
  const dispatch = useDispatch();
  const [raw, setRaw] = useState<Capture>();
  const [error, setError] = useState<ErrorPayload>();
  const [shown, setShown] = useState(false);
  useEffect(() => {
    let live = true;
    const ask = async (): Promise<void> => {
      const result = await dispatch(commands.capture(device, capture));
      if (!live) return;
      if (result.ok) setRaw({ command: captureCommand(result.value), text: captureText(result.value) });
      else setError(result.error);
    };
    void ask();
    return () => {
      live = false;
    };
  }, [device, capture, dispatch]);
  if (error !== undefined) {
    return (
      <p className="rs-muted">
        {error.code === "gone"
          ? "The raw text is no longer kept: only the last answers of each command are, while telemetry runs."
          : `The raw text cannot be had now (${error.code}).`}
      </p>
    );
  }
  if (raw === undefined) return null;
  return (
    <div className="rs-form">
      {raw.command === undefined ? null : (
        <code className="rs-code-line rs-selectable">
          <DeviceText text={raw.command} />
        </code>
      )}
      {shown ? (
        <RawText text={raw.text} />
      ) : (
        <div className="rs-btn-row">
          <Button icon="raw" onClick={() => setShown(true)}>
            Show
          </Button>
        </div>
      )}
    </div>
  );
}
