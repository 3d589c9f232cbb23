import type { IDisposable } from "@xterm/xterm";

/** Parameters of a control sequence as the emulator's own handlers get them: a change of one is a change for them too. */
export type CoreParams = {
  readonly params: Int32Array;
  readonly length: number;
  hasSubParams(index: number): boolean;
};

/** The inner side of the emulator, as far as it is used here; its version is pinned, and a test holds it to this shape. */
export type EmulatorCore = {
  registerCsiHandler(id: { prefix?: string; final: string }, handle: (params: CoreParams) => boolean): IDisposable;
  readonly coreMouseService: { activeProtocol: string };
  readonly coreService: { readonly decPrivateModes: { sendFocus: boolean } };
};

/** What the public interface has no word for: a sequence of which a part is refused, and modes that are taken back. */
export function coreOf(terminal: object): EmulatorCore {
  const core = (terminal as { _core?: unknown })._core;
  if (!isCore(core)) throw new Error("the emulator's inner side has another shape than the pinned version's");
  return core;
}

function isCore(core: unknown): core is EmulatorCore {
  if (typeof core !== "object" || core === null) return false;
  const { registerCsiHandler, coreMouseService, coreService } = core as Partial<EmulatorCore>;
  return (
    typeof registerCsiHandler === "function" &&
    typeof coreMouseService?.activeProtocol === "string" &&
    typeof coreService?.decPrivateModes.sendFocus === "boolean"
  );
}
