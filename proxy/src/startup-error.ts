/** Something a person must mend before the proxy can start: shown without a stack, names file or flag and field. */
export class StartupError extends Error {
  override name = "StartupError";
}
