/** Channels that a device opens by itself: always refused, and counted so that a flood of them is two lines of audit [S60]. */

const KINDS = ["forwarded-tcpip", "forwarded-streamlocal", "x11", "auth-agent", "session"] as const;
/** What it asked for; names that nobody knows are one kind, so that a device cannot make up new ones. */
export type ChannelKind = (typeof KINDS)[number] | "other";
/** Hears of the first of each kind, and at the end of how many more there were. */
export type TellRefused = (kind: ChannelKind, more: number) => void;

function kindOf(type: string): ChannelKind {
  const plain = type.replace(/@openssh\.com$/, "");
  return KINDS.find((kind) => kind === plain) ?? "other";
}

export class RefusedChannels {
  readonly #tell: TellRefused;
  readonly #seen = new Map<ChannelKind, number>();
  #over = false;

  constructor(tell: TellRefused) {
    this.#tell = tell;
  }

  opened(type: string): void {
    if (this.#over) return;
    const kind = kindOf(type);
    const before = this.#seen.get(kind) ?? 0;
    this.#seen.set(kind, before + 1);
    if (before === 0) this.#tell(kind, 0);
  }

  /** The connection is over. */
  end(): void {
    if (this.#over) return;
    this.#over = true;
    for (const [kind, times] of this.#seen) if (times > 1) this.#tell(kind, times - 1);
  }
}
