import "./field.css";
import { type InputHTMLAttributes, type ReactNode, type Ref, useId } from "react";
import { Icon } from "./icon.tsx";

type Common = { label: string; hint?: ReactNode; error?: string | undefined; name?: string };

function Explained({ id, hint, error }: { id: string; hint?: ReactNode; error?: string | undefined }) {
  return (
    <>
      {error === undefined ? null : (
        <p className="rs-field-error" id={`${id}-error`}>
          <Icon name="error" />
          <span>{error}</span>
        </p>
      )}
      {hint === undefined || error !== undefined ? null : (
        <p className="rs-field-hint" id={`${id}-hint`}>
          {hint}
        </p>
      )}
    </>
  );
}

const describedBy = (id: string, hint: unknown, error: unknown): string | undefined =>
  error !== undefined ? `${id}-error` : hint !== undefined ? `${id}-hint` : undefined;

type TextFieldProps = Common &
  Pick<
    InputHTMLAttributes<HTMLInputElement>,
    "autoComplete" | "inputMode" | "placeholder" | "maxLength" | "enterKeyHint" | "required"
  > & {
    value: string;
    onChange: (value: string) => void;
    type?: "text" | "password" | "search";
    mono?: boolean;
    autoFocus?: boolean;
    ref?: Ref<HTMLInputElement>;
  };

/** One line of text with its label, hint and error. Names, addresses and codes are never "corrected" by a keyboard. */
export function TextField(props: TextFieldProps) {
  const { label, hint, error, value, onChange, type = "text", mono, ref, autoFocus, ...rest } = props;
  const id = useId();
  return (
    <div className="rs-field">
      <label htmlFor={id}>{label}</label>
      <input
        {...rest}
        aria-describedby={describedBy(id, hint, error)}
        aria-invalid={error !== undefined || undefined}
        autoCapitalize="off"
        autoCorrect="off"
        data-autofocus={autoFocus || undefined}
        className="rs-input"
        data-mono={mono || undefined}
        id={id}
        onChange={(event) => onChange(event.target.value)}
        ref={ref}
        spellCheck={false}
        type={type}
        value={value}
      />
      <Explained error={error} hint={hint} id={id} />
    </div>
  );
}

type TextAreaProps = Common & { value: string; onChange: (value: string) => void; rows?: number; maxLength?: number };

/** Several lines of text. */
export function TextArea({ label, hint, error, value, onChange, rows = 3, maxLength }: TextAreaProps) {
  const id = useId();
  return (
    <div className="rs-field">
      <label htmlFor={id}>{label}</label>
      <textarea
        aria-describedby={describedBy(id, hint, error)}
        aria-invalid={error !== undefined || undefined}
        className="rs-input"
        id={id}
        maxLength={maxLength}
        onChange={(event) => onChange(event.target.value)}
        rows={rows}
        value={value}
      />
      <Explained error={error} hint={hint} id={id} />
    </div>
  );
}

type Choice<T extends string> = { value: T; label: string };

/** A choice of many. */
export function SelectField<T extends string>(
  props: Common & { value: T; choices: readonly Choice<T>[]; onChange: (value: T) => void },
) {
  const { label, hint, error, value, choices, onChange } = props;
  const id = useId();
  return (
    <div className="rs-field">
      <label htmlFor={id}>{label}</label>
      <span className="rs-select-wrap">
        <select
          aria-describedby={describedBy(id, hint, error)}
          className="rs-input"
          id={id}
          onChange={(event) => {
            const found = choices.find((choice) => choice.value === event.target.value);
            if (found !== undefined) onChange(found.value);
          }}
          value={value}
        >
          {choices.map((choice) => (
            <option key={choice.value} value={choice.value}>
              {choice.label}
            </option>
          ))}
        </select>
        <Icon name="expand" />
      </span>
      <Explained error={error} hint={hint} id={id} />
    </div>
  );
}

/** A choice of few, all visible. */
export function Segments<T extends string>(
  props: Common & { value: T; choices: readonly Choice<T>[]; onChange: (value: T) => void },
) {
  const { label, hint, error, value, choices, onChange } = props;
  const id = useId();
  return (
    <fieldset aria-describedby={describedBy(id, hint, error)} className="rs-field rs-fieldset">
      <legend className="rs-field-label">{label}</legend>
      <div className="rs-segments">
        {choices.map((choice) => (
          <label key={choice.value}>
            <input
              checked={choice.value === value}
              name={id}
              onChange={() => onChange(choice.value)}
              type="radio"
              value={choice.value}
            />
            <span>{choice.label}</span>
          </label>
        ))}
      </div>
      <Explained error={error} hint={hint} id={id} />
    </fieldset>
  );
}

/** On or off, in force at once. */
export function Switch(props: {
  label: string;
  hint?: ReactNode;
  checked: boolean;
  disabled?: boolean;
  onChange: (checked: boolean) => void;
}) {
  const id = useId();
  return (
    <label className="rs-switch" htmlFor={id}>
      <span>
        <span className="rs-field-label">{props.label}</span>
        {props.hint === undefined ? null : <span className="rs-field-hint rs-block">{props.hint}</span>}
      </span>
      <input
        aria-checked={props.checked}
        checked={props.checked}
        disabled={props.disabled}
        id={id}
        onChange={(event) => props.onChange(event.target.checked)}
        role="switch"
        type="checkbox"
      />
    </label>
  );
}

/** Narrows a list while typing. */
export function SearchField(props: {
  label: string;
  value: string;
  placeholder?: string;
  onChange: (text: string) => void;
}) {
  return (
    <div className="rs-search">
      <Icon name="search" />
      <input
        aria-label={props.label}
        autoCapitalize="off"
        autoCorrect="off"
        className="rs-input"
        onChange={(event) => props.onChange(event.target.value)}
        placeholder={props.placeholder ?? props.label}
        spellCheck={false}
        type="search"
        value={props.value}
      />
    </div>
  );
}
