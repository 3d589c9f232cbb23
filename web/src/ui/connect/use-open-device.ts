import { useCallback } from "react";
import { commands } from "#bridge/commands.ts";
import { useDispatch } from "#bridge/hooks.ts";
import { secretCommands } from "#bridge/secret-commands.ts";
import type { DeviceRecord, ErrorPayload, LoginChoice } from "#bridge/types.ts";

/** Size asked for before the terminal is on the screen; the fitted one follows at once. */
const FIRST_COLS = 80;
const FIRST_ROWS = 24;

/**
 * `quick`: the record is in no list; `login`: for this opening alone; `adopt`: a session of the user's to take up wherever
 * it is [WP28].
 */
export type HowToOpen = { quick?: boolean; login?: LoginChoice | undefined; adopt?: string | undefined };

/** Opens a device's sessions and its workspace; a refusal goes to `onError` and changes nothing else. */
export function useOpenDevice(onOpened: (device: string) => void, onError: (error: ErrorPayload | undefined) => void) {
  const dispatch = useDispatch();
  return useCallback(
    async (record: DeviceRecord, { quick = false, login, adopt }: HowToOpen = {}): Promise<void> => {
      onError(undefined);
      const size = { cols: FIRST_COLS, rows: FIRST_ROWS, ...(adopt === undefined ? {} : { adopt }) };
      if (login !== undefined) {
        const chosen = await dispatch(secretCommands.chooseLogin(record.id, { ...login, once: true }));
        if (!chosen.ok) {
          onError(chosen.error);
          return;
        }
      }
      const result = await dispatch(commands.open(record.id, quick ? { ...size, quick: record } : size));
      if (result.ok) onOpened(record.id);
      else onError(result.error);
    },
    [dispatch, onOpened, onError],
  );
}
