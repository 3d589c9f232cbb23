import type { Audit } from "../audit/audit.ts";
import type { SignIn } from "../sign-in/sign-in.ts";
import type { ConsoleAnswer, ConsoleRequest } from "./console-inbox.ts";

/** Carries out what was asked for at the proxy's console: its OS user may do all of it [S6] [S11] [S16]. */
export async function runConsoleRequest(signIn: SignIn, audit: Audit, request: ConsoleRequest): Promise<ConsoleAnswer> {
  switch (request.kind) {
    case "revoke":
      return {
        done: await signIn.admin.revoke(request.client_id, { by: "console", endSessions: request.end_sessions }),
      };
    case "disable":
      await signIn.admin.disable(request.user, "console");
      return { done: true };
    case "enable":
      await signIn.admin.enable(request.user, "console");
      return { done: true };
    case "paired":
      audit.write({ event: "pair.created", outcome: "ok", by: "console" });
      return { done: true };
    default:
      signIn.proofs.noteConsole();
      return { done: true };
  }
}
