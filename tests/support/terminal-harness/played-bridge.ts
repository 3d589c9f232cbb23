import type { AppBridge } from "#bridge/create-bridge.ts";
import type { BytesToPage, HistoryEntry, Result, UiCommand, Views } from "#bridge/types.ts";
import { ViewStore } from "#bridge/view-store.ts";

const store = new ViewStore();
const listeners = new Set<(message: BytesToPage) => void>();
let history: HistoryEntry[] = [];
let position = 0;

/** What a test sees and does: the device's side of the terminal. */
export const played = {
  /** Bytes that went to the device, as text. */
  sent: "",
  applied: -1,
  commands: [] as string[],
  message(message: BytesToPage): void {
    for (const listener of listeners) listener(message);
  },
  out(text: string, replay = false): void {
    const bytes = new TextEncoder().encode(text);
    played.message({ t: "out", pos: position, body: bytes.slice().buffer, replay });
    position += bytes.length;
  },
  get position(): number {
    return position;
  },
  publish(views: Partial<Views>): void {
    for (const [key, value] of Object.entries(views)) store.set(key as keyof Views, value);
  },
};

function answer(command: UiCommand): unknown {
  played.commands.push(`${command.action} ${JSON.stringify(command.payload)}`);
  if (command.action === "history_add") history = [command.payload, ...history];
  if (command.action === "history_delete") history = history.filter((entry) => entry.line !== command.payload.line);
  if (command.action !== "history_list") return undefined;
  const { search } = command.payload;
  return history.filter((entry) => entry.line.includes(search));
}

/** The page's bridge with the test in the worker's place: there is no worker here, and no proxy. */
export const bridge: AppBridge = {
  dispatch: <T>(command: UiCommand) => Promise.resolve({ ok: true, value: answer(command) } as Result<T>),
  view: (key) => store.actor(key),
  openBytes: () => ({
    onMessage(listener) {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    send: (bytes) => {
      played.sent += new TextDecoder().decode(bytes);
    },
    applied: (pos) => {
      played.applied = pos;
    },
    close: () => listeners.clear(),
  }),
  start: () => undefined,
  restart: () => undefined,
  stop: () => undefined,
};

export const startBridge = (): AppBridge => bridge;
