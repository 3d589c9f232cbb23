import { TextField } from "../primitives/field.tsx";

/** Longer ones are no safer, and a paste of a whole file is a mistake. */
const PASSPHRASE_MAX_CHARS = 1_024;

type PassphraseFieldProps = {
  label: string;
  value: string;
  onChange: (value: string) => void;
  /** `new`: it is being chosen; `file`: it belongs to a file, and no password manager knows it. */
  of?: "current" | "new" | "file";
  hint?: string;
  error?: string | undefined;
  autoFocus?: boolean;
};

const COMPLETION = { current: "current-password", new: "new-password", file: "off" } as const;

/** A passphrase, hidden while it is typed. */
export function PassphraseField({ of = "current", ...props }: PassphraseFieldProps) {
  return (
    <TextField
      {...props}
      autoComplete={COMPLETION[of]}
      enterKeyHint={of === "current" ? "go" : "next"}
      maxLength={PASSPHRASE_MAX_CHARS}
      type="password"
    />
  );
}
