import { useCallback, useState } from "react";
import { deskCommand } from "#bridge/desk-commands.ts";
import { useDispatch } from "#bridge/hooks.ts";
import type { ErrorPayload, ExportedFile } from "#bridge/types.ts";
import { saveFile } from "./save-file.ts";

type ExportAction = "table_export" | "audit_export" | "compare_export";
type Payload<A extends ExportAction> = Parameters<typeof deskCommand<A>>[2];

/** What became of the last export: the name of the file that was handed over, or why there is none. */
export type Exported = { saved?: string; error?: ErrorPayload; busy: boolean };

/** Asks for a file and hands it to the browser. */
export function useExport(device: string) {
  const dispatch = useDispatch();
  const [state, setState] = useState<Exported>({ busy: false });
  const run = useCallback(
    async <A extends ExportAction>(action: A, payload: Payload<A>): Promise<void> => {
      setState({ busy: true });
      const result = await dispatch<ExportedFile>(deskCommand(device, action, payload));
      if (result.ok && result.value !== undefined) {
        saveFile(result.value);
        setState({ saved: result.value.name, busy: false });
      } else if (!result.ok) setState({ error: result.error, busy: false });
      else setState({ busy: false });
    },
    [device, dispatch],
  );
  return [state, run] as const;
}
