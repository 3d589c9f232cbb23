import type { QuestionView } from "#bridge/types.ts";
import { escapeDeviceText } from "../text/escape-device-text.ts";

type AuthQuestion = Extract<QuestionView, { kind: "auth" }>;

export type AuthTexts = {
  title: string;
  lead: string;
  submit: string;
  /** Label of one answer; words of the device stand in quotation marks [S86]. */
  label: (prompt: string, index: number) => string;
};

const PROMPT_SHOWN_CHARS = 160;

/** Texts of the login dialog by method; whatever the device writes is quoted and escaped. */
export function authTexts({ method, prompts }: AuthQuestion, session: "ssh1" | "ssh2"): AuthTexts {
  const asks = session === "ssh2" ? "Telemetry logs in as" : "Log in as";
  const label = (prompt: string, index: number): string => {
    const text = escapeDeviceText(prompt.trim(), PROMPT_SHOWN_CHARS);
    if (text === "") return prompts.length > 1 ? `Answer ${index + 1}` : "Answer";
    return method === "password" && /^(.*'s )?password:?$/i.test(prompt.trim()) ? "Password" : `“${text}”`;
  };
  if (method === "password") return { title: "Password", lead: asks, submit: "Log in", label };
  if (method === "change_password") {
    return { title: "The device wants a new password", lead: "The old one has expired for", submit: "Change", label };
  }
  return { title: "The device asks", lead: asks, submit: "Answer", label };
}

/** One empty answer per prompt. */
export const emptyAnswers = ({ prompts }: AuthQuestion): string[] => prompts.map(() => "");

/** Why new passwords cannot be sent: the two last hidden answers of a change have to be equal and not empty. */
export function newPasswordFault({ method, prompts }: AuthQuestion, answers: readonly string[]): string | undefined {
  if (method !== "change_password") return undefined;
  const hidden = answers.filter((_, index) => prompts[index]?.echo === false);
  const [again, first] = [hidden.at(-1), hidden.at(-2)];
  if (again === "") return "Enter the new password.";
  const repeated = prompts.length >= 2 && /again|repeat|retype|confirm|re-?enter/i.test(prompts.at(-1)?.prompt ?? "");
  return repeated && first !== again ? "The two new passwords differ." : undefined;
}
