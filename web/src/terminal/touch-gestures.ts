/** A finger that moved less than this has not moved. */
const SLOP_PX = 8;
/** Held still for this long, a finger selects the word under it. */
export const LONG_PRESS_MS = 500;
/** Speed kept per millisecond while coasting; after a second a fling has all but stopped. */
const FRICTION_PER_MS = 0.996;
/** Slower than this, coasting ends (px per ms). */
const STOP_PX_PER_MS = 0.03;
/** Samples of a finger's way that count for its speed at the end. */
const SPEED_WINDOW_MS = 100;

export type TouchTarget = {
  /** Pixels the content follows the finger by; positive shows older lines. */
  scroll(pixels: number): void;
  selectWord(x: number, y: number): void;
  /** The finger that selected a word went on to this place. */
  extendSelection(x: number, y: number): void;
  pinch(scale: number, done: boolean): void;
};

/** Timers and frames from outside; both return the way to cancel. */
export type GestureDeps = {
  schedule(ms: number, run: () => void): () => void;
  frame(run: (now: number) => void): () => void;
};

type Finger = { x: number; y: number };

/** One finger scrolls with momentum or, held, selects; two fingers change the text size [section 7]. */
export class TouchGestures {
  readonly #target: TouchTarget;
  readonly #deps: GestureDeps;
  readonly #fingers = new Map<number, Finger>();
  #mode: "idle" | "pressed" | "scrolling" | "selecting" | "pinching" = "idle";
  #start: Finger = { x: 0, y: 0 };
  #track: { y: number; at: number }[] = [];
  #pinchStart = 0;
  #cancelPress: (() => void) | undefined;
  #cancelCoast: (() => void) | undefined;

  constructor(target: TouchTarget, deps: GestureDeps) {
    this.#target = target;
    this.#deps = deps;
  }

  down(id: number, x: number, y: number, at: number): void {
    this.#cancelCoast?.();
    this.#fingers.set(id, { x, y });
    if (this.#fingers.size === 2 && this.#mode !== "selecting") {
      this.#cancelPress?.();
      this.#mode = "pinching";
      this.#pinchStart = this.#spread();
      return;
    }
    if (this.#fingers.size !== 1) return;
    this.#mode = "pressed";
    this.#start = { x, y };
    this.#track = [{ y, at }];
    this.#cancelPress = this.#deps.schedule(LONG_PRESS_MS, () => {
      this.#mode = "selecting";
      this.#target.selectWord(x, y);
    });
  }

  move(id: number, x: number, y: number, at: number): void {
    const finger = this.#fingers.get(id);
    if (finger === undefined) return;
    const dy = y - finger.y;
    this.#fingers.set(id, { x, y });
    if (this.#mode === "pinching") this.#target.pinch(this.#spread() / this.#pinchStart, false);
    else if (this.#mode === "selecting") this.#target.extendSelection(x, y);
    else this.#drag(x, y, dy, at);
  }

  /** A finger left; `cancelled` when the browser took the gesture away. */
  up(id: number, at: number, cancelled: boolean): void {
    if (!this.#fingers.has(id)) return;
    if (this.#mode === "pinching") this.#target.pinch(this.#spread() / this.#pinchStart, true);
    this.#fingers.delete(id);
    this.#cancelPress?.();
    if (this.#mode === "scrolling" && !cancelled) this.#coast(at);
    this.#mode = "idle";
  }

  /** Everything under way ends, coasting too. */
  stop(): void {
    this.#cancelPress?.();
    this.#cancelCoast?.();
    this.#fingers.clear();
    this.#mode = "idle";
  }

  #drag(x: number, y: number, dy: number, at: number): void {
    this.#track = [...this.#track.filter((point) => at - point.at < SPEED_WINDOW_MS), { y, at }];
    if (this.#mode === "pressed" && Math.hypot(x - this.#start.x, y - this.#start.y) > SLOP_PX) {
      this.#cancelPress?.();
      this.#mode = "scrolling";
      this.#target.scroll(y - this.#start.y);
    } else if (this.#mode === "scrolling") this.#target.scroll(dy);
  }

  #coast(at: number): void {
    const recent = this.#track.filter((point) => at - point.at < SPEED_WINDOW_MS);
    const [from, to] = [recent[0], recent.at(-1)];
    if (from === undefined || to === undefined || to.at <= from.at) return;
    let speed = (to.y - from.y) / (to.at - from.at);
    let last = at;
    const step = (now: number) => {
      const elapsed = Math.max(0, Math.min(50, now - last));
      last = now;
      this.#target.scroll(speed * elapsed);
      speed *= FRICTION_PER_MS ** elapsed;
      this.#cancelCoast = Math.abs(speed) < STOP_PX_PER_MS ? undefined : this.#deps.frame(step);
    };
    if (Math.abs(speed) >= STOP_PX_PER_MS) this.#cancelCoast = this.#deps.frame(step);
  }

  #spread(): number {
    const [a, b] = [...this.#fingers.values()];
    return a === undefined || b === undefined ? 1 : Math.max(1, Math.hypot(a.x - b.x, a.y - b.y));
  }
}
