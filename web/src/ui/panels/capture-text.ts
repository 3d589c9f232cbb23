const isRecord = (value: unknown): value is Record<string, unknown> => typeof value === "object" && value !== null;

/** Raw text of a capture, from bytes, from text, or from an object that carries one of them; decoded leniently. */
export function captureText(value: unknown): string {
  if (typeof value === "string") return value;
  if (value instanceof Uint8Array) return new TextDecoder().decode(value);
  if (value instanceof ArrayBuffer) return new TextDecoder().decode(value);
  if (isRecord(value)) {
    for (const name of ["raw", "bytes", "body", "text", "stdout"]) {
      if (name in value && value[name] !== undefined) return captureText(value[name]);
    }
  }
  return "The raw text is no longer kept.";
}

/** The command of a capture, where it is named. */
export function captureCommand(value: unknown): string | undefined {
  return isRecord(value) && typeof value.command === "string" ? value.command : undefined;
}
