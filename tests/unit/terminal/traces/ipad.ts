import { ev, type Trace } from "./trace.ts";

/** iPadOS Safari: the soft keyboard names its keys, the hardware keyboard does odd things with Ctrl. */
export const ipad: Trace[] = [
  {
    name: "iPadOS soft keyboard: letters, Backspace, Enter",
    events: [
      ev.key("s", "KeyS"),
      ev.input("s", "insertText"),
      ev.key("i", "KeyI"),
      ev.input("si", "insertText"),
      ev.key("Backspace", "Backspace"),
      ev.key("h", "KeyH"),
      ev.input("h", "insertText"),
      ev.key("Enter", "Enter"),
    ],
    bytes: "si\x7fh\r",
  },
  {
    name: "iPadOS hardware keyboard: Ctrl-C stays Ctrl-C whatever its key code is",
    events: [ev.key("c", "KeyC", { ctrlKey: true, apple: true })],
    bytes: "\x03",
  },
  {
    name: "iPadOS hardware keyboard: Ctrl-[ and Cmd-. are Escape",
    events: [
      ev.key("[", "BracketLeft", { ctrlKey: true, apple: true }),
      ev.key(".", "Period", { metaKey: true, apple: true }),
    ],
    bytes: "\x1b\x1b",
  },
  {
    name: "iPadOS: dictation replaces what it wrote before",
    events: [
      ev.input("show version", "insertText"),
      ev.input("show versions", "insertReplacementText"),
      ev.input("show inventory", "insertReplacementText"),
    ],
    bytes: `show versions${"\x7f".repeat(8)}inventory`,
  },
  {
    name: "iPadOS: holding Backspace goes over to words",
    events: [
      ev.key("Backspace", "Backspace"),
      ev.key("Backspace", "Backspace"),
      ev.beforeInput("deleteWordBackward", true),
    ],
    bytes: "\x7f\x7f\x17",
  },
  {
    name: "iPadOS: Option writes a character and is no Meta",
    events: [ev.key("|", "Digit7", { altKey: true, apple: true }), ev.input("|", "insertText")],
    bytes: "|",
  },
  {
    name: "iPadOS: a paste from the callout goes to the review, not into the field",
    events: [ev.paste("conf t\nhostname x\n")],
    bytes: "",
    pasted: ["conf t\nhostname x\n"],
  },
];
