/** How this tablet logs in to a device [S58]: ids of keys and of vault entries, never a secret. */
export type LoginChoice = {
  /** Keys to offer to the device, in order; devices count failures, so one unless the person adds more. */
  keys: readonly string[];
  /** The vault's entry with the password. */
  password?: string;
  /** Keys for the jump hosts, by hop. */
  via_keys: readonly (readonly string[])[];
  /** Signing for this device while the page is hidden [S54]. */
  sign_hidden: boolean;
  /** The agent of the proxy's host may be asked for this device [S60]. */
  agent: boolean;
};

export const NO_CHOICE: LoginChoice = { keys: [], via_keys: [], sign_hidden: false, agent: false };
