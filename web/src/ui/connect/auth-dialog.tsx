import { type FormEvent, useId, useState } from "react";
import { commands } from "#bridge/commands.ts";
import { useDispatch, useViewSelector } from "#bridge/hooks.ts";
import type { QuestionView } from "#bridge/types.ts";
import { Button } from "../primitives/button.tsx";
import { Callout } from "../primitives/callout.tsx";
import { Dialog } from "../primitives/dialog.tsx";
import { Switch, TextField } from "../primitives/field.tsx";
import { escapeDeviceText } from "../text/escape-device-text.ts";
import { authTexts, emptyAnswers, newPasswordFault } from "./auth-texts.ts";
import { DeviceSays } from "./device-says.tsx";
import { asksPlainPassword } from "./plain-password.ts";

type AuthDialogProps = { device: string; session: "ssh1" | "ssh2"; question: Extract<QuestionView, { kind: "auth" }> };

/** What a device asks while logging in. Answers live in this form and in the one command, nowhere else [S58] [S72]. */
export function AuthDialog({ device, session, question }: AuthDialogProps) {
  const dispatch = useDispatch();
  const formId = useId();
  const [answers, setAnswers] = useState<string[]>(() => emptyAnswers(question));
  const [shown, setShown] = useState(false);
  const [reuse, setReuse] = useState(question.method === "password" || asksPlainPassword(question.prompts));
  const [save, setSave] = useState(false);
  const open = useViewSelector("vault", (view) => view?.phase === "unlocked");
  const [fault, setFault] = useState<string>();
  const hops = useViewSelector(`device:${device}`, (view) => view?.record.target.via.length ?? 0);
  const texts = authTexts(question, session);
  const single = question.prompts.length === 1 && question.prompts[0]?.echo === false;
  // Of the device's own login only: jump hosts have theirs, and are asked each time unless the vault answers [S39].
  const mayReuse = session === "ssh1" && single && question.method !== "change_password" && question.hop === hops;
  const hidden = question.prompts.some((prompt) => !prompt.echo);

  const cancel = (): void => {
    void dispatch(commands.authReply(device, session, question.id, { cancelled: true }));
  };
  const submit = (event: FormEvent): void => {
    event.preventDefault();
    const wrong = newPasswordFault(question, answers);
    setFault(wrong);
    if (wrong !== undefined) return;
    const again = mayReuse && reuse ? { reuse: true, ...(open && save ? { save: true } : {}) } : {};
    void dispatch(commands.authReply(device, session, question.id, { answers, ...again }));
  };
  return (
    <Dialog
      decision
      footer={
        <>
          <Button onClick={cancel}>Cancel</Button>
          <button className="rs-btn" data-variant="primary" form={formId} type="submit">
            {texts.submit}
          </button>
        </>
      }
      icon="gated"
      onClose={cancel}
      testId="auth-dialog"
      title={texts.title}
    >
      <p>
        {texts.lead}{" "}
        <code>
          <bdi>{escapeDeviceText(`${question.user}@${question.host}`, 320)}</bdi>
        </code>
        {question.hop > 0 ? ` (jump host ${question.hop})` : ""}
      </p>
      {question.round > 1 ? (
        <Callout title="The last answer was not accepted" tone="warn">
          <p>Devices count failures; a locked account needs its administrator.</p>
        </Callout>
      ) : null}
      <DeviceSays text={[question.name, question.instruction].filter((text) => text.trim() !== "").join("\n")} />
      <form className="rs-form" id={formId} onSubmit={submit}>
        {question.prompts.map((prompt, index) => (
          <TextField
            autoComplete="off"
            autoFocus={index === 0}
            enterKeyHint={index === question.prompts.length - 1 ? "go" : "next"}
            error={index === question.prompts.length - 1 ? fault : undefined}
            // biome-ignore lint/suspicious/noArrayIndexKey: the prompts of one question never change their order
            key={index}
            label={texts.label(prompt.prompt, index)}
            maxLength={4_096}
            onChange={(value) => setAnswers(answers.map((old, at) => (at === index ? value : old)))}
            type={prompt.echo || shown ? "text" : "password"}
            value={answers[index] ?? ""}
          />
        ))}
        {hidden ? <Switch checked={shown} label="Show what I type" onChange={setShown} /> : null}
        {mayReuse ? (
          <Switch
            checked={reuse}
            hint="Turn off for one-time codes: those are never used twice"
            label="Same each time: telemetry may log in with it, too"
            onChange={setReuse}
          />
        ) : null}
        {mayReuse && reuse && open ? (
          <Switch
            checked={save}
            hint="Bound to this device, once it was right"
            label="Save it in the vault"
            onChange={setSave}
          />
        ) : null}
      </form>
    </Dialog>
  );
}
