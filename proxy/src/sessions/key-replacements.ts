/** Replacing a changed host key: a separate act, for a key that was met, and only once the handshake proves it [S48]. */
import type { HostKey } from "#protocol/messages/target.ts";
import { type Failure, failure } from "../failure.ts";
import { sameKey } from "../ssh/host-key.ts";
import { type HostPlace, hostPattern, placeName } from "../ssh/known-hosts.ts";

/** How long a refused key can be named, and how long an accepted one may take to show up. */
const MET_MS = 30 * 60_000;
const ACCEPTED_MS = 30 * 60_000;
/** Changed keys remembered at most [S23]. */
const MET_MAX = 256;
const TYPED_CHARS = 6;

type Met = { user: string; place: HostPlace; key: HostKey; at: number };

export class KeyReplacements {
  readonly #now: () => number;
  #met: Met[] = [];
  #accepted: Met[] = [];

  constructor(now: () => number = Date.now) {
    this.#now = now;
  }

  /** A key was refused because another one is pinned. */
  met(user: string, place: HostPlace, key: HostKey): void {
    const others = this.#met.filter((one) => !isSame(one, user, place, key));
    this.#met = [...others, { user, place, key, at: this.#now() }].slice(-MET_MAX);
  }

  /**
   * The key that a person names by host and fingerprint and confirms with the last characters as read on the device's
   * console. The comparison ignores nothing: a fingerprint's letters have a case.
   */
  accept(user: string, wish: { host: string; port: number; offered: string; typed: string }): HostKey | Failure {
    const now = this.#now();
    const found = this.#met.findLast(
      ({ user: whose, place, key, at }) =>
        whose === user &&
        hostPattern(place.host, place.port) === hostPattern(wish.host, wish.port) &&
        key.sha256 === wish.offered &&
        now - at <= MET_MS,
    );
    if (found === undefined) return failure("gone", "expired", "this key was not met lately: connect once more");
    if (wish.typed.trim() !== wish.offered.slice(-TYPED_CHARS)) return failure("host_key_changed", "mistyped");
    this.#met = this.#met.filter((one) => one !== found);
    this.#accepted = [...this.#accepted, { ...found, at: now }].slice(-MET_MAX);
    return found.key;
  }

  /** Whether this key may take the place of the known ones now. */
  isAccepted(user: string, place: HostPlace, key: HostKey): boolean {
    const now = this.#now();
    return this.#accepted.some((one) => isSame(one, user, place, key) && now - one.at <= ACCEPTED_MS);
  }

  /** It did: the store has it. */
  done(user: string, place: HostPlace, key: HostKey): void {
    this.#accepted = this.#accepted.filter((one) => !isSame(one, user, place, key));
  }
}

function isSame(one: Met, user: string, place: HostPlace, key: HostKey): boolean {
  return one.user === user && placeName(one.place) === placeName(place) && sameKey(one.key, key);
}
