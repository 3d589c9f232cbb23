import type { LinkHub } from "../link-hub.ts";
import { QuestionDesk } from "../question-desk.ts";
import { targetHop } from "./login-attempt.ts";
import { type LoginDeps, LoginDesk } from "./login-desk.ts";

type Deps = LoginDeps & { hub: LinkHub };

/** Keys and answers of one tree of actors: no answer leaves for a host that has not proved itself [S47]. */
export function loginDesks(deps: Deps): { logins: LoginDesk; questions: QuestionDesk } {
  const logins = new LoginDesk(deps);
  const questions = new QuestionDesk(deps.credentials, deps.hub, (...of) => targetHop(logins.attemptOf(...of)), {
    mayAnswer: (device, session_id, hop) => logins.mayAnswer(device, session_id, hop),
    refused: (device) => deps.note(device, { code: "device_misbehaved", reason: "bad_signature", retry: "user" }),
  });
  return { logins, questions };
}
