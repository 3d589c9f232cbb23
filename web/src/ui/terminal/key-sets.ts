import type { PlatformId } from "#telemetry/knowledge/platforms.ts";
import { type Key, type Modifiers, PLAIN } from "#terminal/keys.ts";
import type { ModifierName } from "#terminal/sticky-modifiers.ts";

/** What a bar key does. */
export type BarKey = {
  id: string;
  /** What stands on the key. */
  face: string;
  /** What it is called; holds the words on it, for people who steer by voice [U87]. */
  label: string;
  /** Twice as wide at a pager [U22]. */
  wide?: true;
} & (
  | { kind: "key"; key: Key; mods: Modifiers; repeats: boolean }
  | { kind: "modifier"; name: ModifierName }
  | { kind: "word"; text: string }
);

const CTRL: Modifiers = { ctrl: true, alt: false, shift: false };
const named = (id: string, face: string, label: string, key: Key, repeats = false): BarKey => ({
  id,
  face,
  label,
  kind: "key",
  key,
  mods: PLAIN,
  repeats,
});
const control = (letter: string): BarKey => ({
  id: `ctrl-${letter}`,
  face: `^${letter.toUpperCase()}`,
  label: letter === "^" ? "Control Shift 6" : `Control ${letter.toUpperCase()}`,
  kind: "key",
  key: { text: letter },
  mods: CTRL,
  repeats: false,
});
const word = (text: string): BarKey => ({ id: `word-${text}`, face: text, label: text, kind: "word", text });
const character = (text: string, label: string): BarKey => named(`char-${text}`, text, label, { text });

const esc = named("esc", "Esc", "Esc", { name: "Escape" });
const tab = named("tab", "Tab", "Tab", { name: "Tab" });
const ctrl: BarKey = { id: "ctrl", face: "Ctrl", label: "Ctrl", kind: "modifier", name: "ctrl" };
const alt: BarKey = { id: "alt", face: "Alt", label: "Alt", kind: "modifier", name: "alt" };
const space = named("space", "Space", "Space", { text: " " }, true);
const enter = named("enter", "⏎", "Enter", { name: "Enter" });
const arrows: readonly BarKey[] = [
  named("up", "↑", "Up", { name: "ArrowUp" }, true),
  named("down", "↓", "Down", { name: "ArrowDown" }, true),
  named("left", "←", "Left", { name: "ArrowLeft" }, true),
  named("right", "→", "Right", { name: "ArrowRight" }, true),
];
const question = character("?", "Question mark");
const pipe = character("|", "Pipe");
const slash = character("/", "Slash");
const dash = character("-", "Dash");
const pages: readonly BarKey[] = [
  named("pgup", "PgUp", "PgUp", { name: "PageUp" }, true),
  named("pgdn", "PgDn", "PgDn", { name: "PageDown" }, true),
  named("home", "Home", "Home", { name: "Home" }),
  named("end", "End", "End", { name: "End" }),
];

/** Network CLIs with `?` help, pipes with words, and Ctrl-Z out of configuration [U16]. */
const NETWORK: readonly BarKey[] = [
  esc,
  tab,
  ctrl,
  question,
  space,
  ...arrows,
  control("c"),
  control("z"),
  control("^"),
  pipe,
  word("include"),
  word("begin"),
];
const SHELL: readonly BarKey[] = [
  esc,
  tab,
  ctrl,
  alt,
  pipe,
  ...arrows,
  control("c"),
  control("d"),
  control("z"),
  space,
  slash,
  dash,
  control("r"),
  ...pages,
];
const GENERIC: readonly BarKey[] = [
  esc,
  tab,
  ctrl,
  question,
  pipe,
  ...arrows,
  control("c"),
  space,
  control("z"),
  control("d"),
  alt,
  ...pages,
];

/** Keys of the bar for a platform, the most used first [U16]. */
export function keySet(platform: PlatformId | undefined): readonly BarKey[] {
  if (platform === "linux") return SHELL;
  if (platform === "cisco_ios" || platform === "frr") return NETWORK;
  return GENERIC;
}

/** Keys that a pager wants, raised to double width; nothing is sent by itself [U22]. */
export const pagerKeys: readonly BarKey[] = [space, enter, character("q", "Quit the pager")].map((key) => ({
  ...key,
  id: `pager-${key.id}`,
  wide: true,
}));
