import { useCallback, useEffect, useRef, useState } from "react";
import { deskCommand } from "#bridge/desk-commands.ts";
import { useDispatch } from "#bridge/hooks.ts";
import type { ErrorPayload, PortDetails } from "#bridge/types.ts";

/** What was asked of one port: the last answers stay while it is asked again. */
export type Details = {
  known?: PortDetails;
  error?: ErrorPayload;
  /** Since when it is asked, epoch milliseconds; nothing: it is not. */
  busy?: number;
  refresh: () => void;
};

/** Asks once when the card opens, and when somebody wants it anew; closing the card asks no further [T79] [T88]. */
export function usePortDetails(device: string, port: string, connected: boolean): Details {
  const dispatch = useDispatch();
  const [state, setState] = useState<Omit<Details, "refresh">>({});
  const running = useRef<string>(undefined);
  const refresh = useCallback(() => {
    if (running.current !== undefined) return;
    const ticket = crypto.randomUUID();
    running.current = ticket;
    setState(({ known }) => ({ ...(known && { known }), busy: Date.now() }));
    const ask = async (): Promise<void> => {
      const result = await dispatch<PortDetails>(deskCommand(device, "port_details", { ticket, interface: port }));
      if (running.current !== ticket) return;
      running.current = undefined;
      setState(({ known }) => {
        if (!result.ok) return { ...(known && { known }), error: result.error };
        return result.value === undefined ? {} : { known: result.value };
      });
    };
    void ask();
  }, [device, dispatch, port]);
  useEffect(() => {
    if (!connected) return undefined;
    refresh();
    return () => {
      const ticket = running.current;
      running.current = undefined;
      if (ticket !== undefined) void dispatch(deskCommand(device, "ask_cancel", { ticket }));
    };
  }, [connected, device, dispatch, refresh]);
  return { ...state, refresh };
}
