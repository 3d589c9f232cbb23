/** Who can mend an error: the program by trying again, the person, or nobody (section 13). */
export type RetryClass = "yes" | "user" | "no";

/**
 * The closed list of session errors with their retry class (section 13). `gone` and `limit` carry a reason; the others
 * may carry one of section 16 of the security document.
 */
export const ERROR_RETRY = {
  gone: "user",
  busy: "user",
  gap: "no",
  conflict: "user",
  refused_by_policy: "user",
  unreachable: "user",
  dial_timeout: "user",
  host_key_unknown: "user",
  host_key_changed: "user",
  no_common_algorithm: "user",
  auth_failed: "user",
  auth_prompt_needed: "user",
  channel_refused: "user",
  device_closed: "user",
  device_misbehaved: "user",
  limit: "user",
  overloaded: "yes",
  unsupported: "no",
  invalid: "no",
  storage: "user",
  offline: "yes",
  worker_failed: "yes",
  internal: "user",
} as const satisfies Record<string, RetryClass>;

export type ErrorCode = keyof typeof ERROR_RETRY;
export const ERROR_CODES = Object.keys(ERROR_RETRY) as readonly ErrorCode[];
