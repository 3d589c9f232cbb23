import { useSyncExternalStore } from "react";
import { createStore } from "#pwa/store.ts";

/** One second: the resolution of every age on the screen. */
const TICK_MS = 1_000;

const clock = createStore(Date.now());
let followers = 0;
let timer: ReturnType<typeof setInterval> | undefined;

const tick = (): void => clock.set(Date.now());

function follow(listener: () => void): () => void {
  const stop = clock.subscribe(listener);
  followers += 1;
  if (followers === 1) {
    tick();
    timer = setInterval(tick, TICK_MS);
  }
  return () => {
    stop();
    followers -= 1;
    if (followers === 0) clearInterval(timer);
  };
}

/** The time now, renewed once a second for all that show an age: one timer, one frame. */
export const useNow = (): number => useSyncExternalStore(follow, clock.get);
