import type { Result, UiCommand } from "#protocol/local-messages.ts";
import type { DeviceRecord } from "#protocol/messages/devices.ts";
import type { HostParts } from "./host-parts.ts";
import type { LinkHub } from "./link-hub.ts";
import type { Services } from "./services.ts";
import { TerminalRuntime } from "./terminal-runtime.ts";
import { typeSecret } from "./vault/secret-uses.ts";
import { isSecretCommand } from "./vault/secrets-desk.ts";

type Deps = {
  parts: Pick<HostParts, "secrets" | "replies" | "setKeepNothing">;
  hub: LinkHub;
  services: Pick<Services, "serve">;
  terminalOf: (device: string) => TerminalRuntime | undefined;
  /** As the device was opened, else as it is listed. */
  recordOf: (device: string) => DeviceRecord | undefined;
};

/** Commands that no actor answers: the vault's, what is kept on the tablet, services and desks; one answer to each. */
export class CommandServing {
  readonly #deps: Deps;

  constructor(deps: Deps) {
    this.#deps = deps;
  }

  /** Never rejects: whoever waits is told. */
  async serve(id: string, message: UiCommand): Promise<void> {
    const result = await this.#answerTo(id, message).catch((): Result => {
      return { ok: false, error: { code: "storage", retry: "user" } };
    });
    this.#deps.parts.replies.settle(id, result);
  }

  /** Terminals that run keep nothing on the tablet any more. */
  keepNothing(): void {
    for (const runtime of this.#deps.hub.all()) if (runtime instanceof TerminalRuntime) runtime.keepNothing();
  }

  async #answerTo(id: string, message: UiCommand): Promise<Result> {
    const { parts, services, terminalOf, recordOf } = this.#deps;
    if (message.action === "keep_nothing") {
      const { on } = message.payload;
      await parts.setKeepNothing(on);
      if (on) this.keepNothing();
      return { ok: true };
    }
    if (isSecretCommand(message)) return parts.secrets.serve(id);
    if (message.action !== "type_secret") return services.serve(message);
    const { device, payload } = message;
    return typeSecret(parts.secrets.vault, recordOf(device), payload.entry, terminalOf(device));
  }
}
