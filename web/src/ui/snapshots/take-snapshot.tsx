import { type SyntheticEvent, useState } from "react";
import type { Result, SnapshotEntry } from "#bridge/types.ts";
import { durationText } from "../format/times.ts";
import { Button } from "../primitives/button.tsx";
import { TextField } from "../primitives/field.tsx";
import { useNow } from "../status/use-now.ts";
import { suggestedName } from "./difference-words.ts";

/** As long as the tablet takes a name. */
const NAME_MAX = 80;

type TakeSnapshotProps = { connected: boolean; onStore: (name: string) => Promise<Result<SnapshotEntry>> };

/** One tap stores what is known; what is older than its interval is read once more before, which can take 20 s. */
export function TakeSnapshot({ connected, onStore }: TakeSnapshotProps) {
  const [name, setName] = useState(() => suggestedName(Date.now()));
  const [since, setSince] = useState<number>();
  const [stored, setStored] = useState<string>();
  const now = useNow();
  const take = async (event: SyntheticEvent): Promise<void> => {
    event.preventDefault();
    if (since !== undefined || name.trim() === "") return;
    setSince(Date.now());
    setStored(undefined);
    const result = await onStore(name);
    setSince(undefined);
    if (!result.ok) return;
    setStored(result.value?.name ?? name);
    setName(suggestedName(Date.now()));
  };
  const busy = since !== undefined;
  return (
    <form className="rs-form" onSubmit={(event) => void take(event)}>
      <TextField
        hint={
          connected
            ? "What is older than its interval is read once more"
            : "Not connected: what was last known is stored"
        }
        label="Name"
        maxLength={NAME_MAX}
        onChange={setName}
        value={name}
      />
      <div className="rs-btn-row">
        <Button
          disabledReason={busy ? "One is being taken" : name.trim() === "" ? "It needs a name" : undefined}
          icon="snapshot"
          type="submit"
          variant="primary"
        >
          Take snapshot
        </Button>
      </div>
      <p aria-live="polite" className="rs-muted">
        {since === undefined
          ? stored === undefined
            ? ""
            : `“${stored}” is stored on this tablet.`
          : `Waiting for values that are due · ${durationText(Math.max(0, now - since) / 1_000)}, 20 s at most. You may close this; it is stored all the same.`}
      </p>
    </form>
  );
}
