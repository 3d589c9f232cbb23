import type { IfClass, PanelId } from "../knowledge/panel-data.ts";
import type { PlatformId } from "../knowledge/platforms.ts";

/** A pattern as source text; packs are plain data [T62]. */
export type Re = string;

/** How often a command runs, see the scheduling tiers: A at connect, B to D periodic, E pinned ports, L on demand. */
export type Tier = "A" | "B" | "C" | "D" | "E" | "L";

/** Types of parameters; each is checked before it is put into a command [T63]. */
export type ParamType = "interface" | "ip" | "prefix" | "mac" | "vrf" | "peer" | "count" | "time";

/** One way to ask for something. V: run on real software; F: real output is known; U: neither [T80]. */
export type Variant = {
  /** Exact command; parameters stand as `{IF}`, `{VRF}`, ... */
  text: string;
  /** Only for these versions of the system, as `>= 9.3(1)` or `>= 10.1, < 10.6`; absent: for all [T64]. */
  when?: string;
  form: "json" | "xml" | "kv" | "text";
  parser: string;
  evidence: "V" | "F" | "U";
};

/** A command that a pack allows. */
export type CommandDef = {
  variants: Variant[];
  tier: Tier;
  /** Never periodic [T79]. */
  heavy?: true;
  /** A full table, asked for and confirmed by a person: its answer may be 32 MiB long [T45] [T77]. */
  full?: true;
  params?: Record<string, ParamType>;
  /** Whole time in seconds, at most 180. */
  timeout_s?: number;
  /** What an answer that says nothing means [T48] [T66]: no entries, the feature is off, or (usual) nothing is known. */
  empty?: "none" | "off" | "unknown";
  /** Its output is a log: lines of log form belong to it. */
  log?: true;
  /** Asks for what came since `{TIME}`, instead of this one, once an entry with a time is known [T78]. */
  since?: string;
  /** Daemon of FRRouting that answers; lets the others go on when one hangs [T44]. */
  daemon?: string;
  /** Which wrapper of the session the text is put into; absent: the pack's own. */
  wrap?: string;
  /** Runs only where the box has these, as the pack's `capabilities` command found [T62]. */
  needs?: string[];
  /** Not asked while this one is asked in the first of its ways: that answer has all VRFs already [T64]. */
  unless_first?: string;
  /** Runs only after this command's size guard allowed it. */
  guard?: { command: string; below: number };
};

/** How versions are ordered: 15.2(4)E10, 17.9.4a; 21.4R3-S5.4; 4.28.3M, 10.1-dev [T64]. */
export type VersionOrder = "cisco" | "junos" | "dotted";

/** What a box can do besides its platform: one command answers, asked again every 300 s [T62]. */
export type Capabilities = {
  command: string;
  /** The capability is there when its pattern is found in the answer, line by line. */
  gives: Record<string, Re>;
  /** What a person reads where it is not [T29]. */
  missing: Record<string, string>;
};

/** `commands` are polled while the panel is subscribed; what `also` names is used when another panel polls it. */
export type PanelCommands = { commands: string[]; also?: string[] };

/** Everything one platform needs, as plain data. */
export type Pack = {
  id: PlatformId;
  title: string;
  version: number;
  based_on?: PlatformId;
  detect: {
    /** Patterns on the SSH identification and the prompt: order of the steps only, never the answer. */
    ident?: Re[];
    prompt?: Re[];
    output: {
      command: string;
      re: Re;
      priority: number;
      fields: Partial<Record<"os_version" | "model" | "hostname", Re>>;
    }[];
  };
  session: {
    channel: "shell" | "exec";
    setup: string[];
    marker: "!" | "#" | ":" | "none";
    pager: { re: Re; quit: string; next: string }[];
    dialogs: { re: Re; key: string }[];
    /** Around each command; `{command}` and `{daemon}` are replaced. */
    wrap?: string;
    exit: string;
    log_line?: Re;
    width: number;
    /** Commands per second that an AAA server or the box may be asked [T56]. */
    rate_per_s: number;
    /** One command without an answer means that none would get one: the box waits for all it consists of [T44]. */
    hangs_together?: true;
  };
  errors: Record<"unsupported" | "denied" | "gated" | "limit", Re[]>;
  hints: { re: Re; text: string }[];
  interfaces: { prefixes: [long: string, short: string, cls: IfClass][]; hide: Re[] };
  /** How wide the box counts octets and packets: only of 32 bits a fall may be a wrap [T17]. */
  counter_bits: 32 | 64;
  /** The box refreshes its counters only so often: rates span at least this, seconds [T18]. */
  counter_refresh_s?: number;
  /** How the box wants a MAC address written in a command; absent: pairs with colons. */
  mac_form?: "dotted";
  /** Needed where a variant has a `when`; absent: dotted. */
  compare?: VersionOrder;
  capabilities?: Capabilities;
  commands: Record<string, CommandDef>;
  /** Commands of each panel; earlier ones win where two say the same. */
  panels: Partial<Record<PanelId, PanelCommands>>;
  /** A command that says enough for several others: while it is cheap it runs at tier D and they rest [T81]. */
  all_in_one?: { command: string; rest: string[] };
  /** Why a panel does not exist on this platform; a panel is in one of the two lists [T76]. */
  unsupported: Partial<Record<PanelId, string>>;
};
