import { expose } from "comlink";
import { createHost } from "./host.ts";
import { workerEnv } from "./host-env.ts";

/** Entry of the worker: nothing is awaited before the API is exposed, or early calls would hang for ever [A8]. */
const host = createHost(workerEnv(self), fail);
expose(host.api);
host.start().catch(fail);

/** Reaches the page as the worker's `error` event, where it is counted and the worker replaced [U97]. */
function fail(error: unknown): void {
  setTimeout(() => {
    throw error;
  });
}

self.addEventListener("unhandledrejection", (event) => {
  event.preventDefault();
  fail(event.reason);
});
