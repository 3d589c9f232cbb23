import { ev, type Trace } from "./trace.ts";

/** Hardware keyboards of layouts with AltGr and dead keys, and input methods that compose towards another text. */
export const layouts: Trace[] = [
  {
    name: "German layout on Windows: AltGr-Q is @ and neither Ctrl nor Alt",
    events: [
      ev.key("AltGraph", "AltRight", { ctrlKey: true, altKey: true, altGraph: true }),
      ev.key("@", "KeyQ", { ctrlKey: true, altKey: true, altGraph: true }),
      ev.input("@", "insertText"),
      ev.key("\\", "Minus", { ctrlKey: true, altKey: true, altGraph: true }),
      ev.input("@\\", "insertText"),
    ],
    bytes: "@\\",
  },
  {
    name: "US-International: a dead key waits for its letter",
    events: [
      ev.key("Dead", "Quote"),
      ev.compositionStart(),
      ev.input("´", "insertCompositionText"),
      ev.key("e", "KeyE", { isComposing: true }),
      ev.input("é", "insertCompositionText"),
      ev.compositionEnd("é"),
    ],
    bytes: "é",
  },
  {
    name: "Japanese: kana are converted, Enter commits and is not sent",
    events: [
      ev.key("Process", "KeyN", { is229: true }),
      ev.compositionStart(),
      ev.input("n", "insertCompositionText"),
      ev.key("Process", "KeyI", { is229: true, isComposing: true }),
      ev.input("に", "insertCompositionText"),
      ev.input("にほん", "insertCompositionText"),
      ev.input("日本", "insertCompositionText"),
      ev.key("Enter", "Enter", { isComposing: true, is229: true }),
      ev.compositionEnd("日本"),
      ev.key("Enter", "Enter"),
    ],
    bytes: "日本\r",
  },
  {
    name: "Japanese in Safari: the Enter that commits arrives after the composition",
    events: [
      ev.key("Process", "KeyA", { is229: true }),
      ev.compositionStart(),
      ev.input("あ", "insertCompositionText"),
      ev.compositionEnd("あ"),
      ev.key("Enter", "Enter", { is229: true }),
    ],
    bytes: "あ",
  },
  {
    name: "Pinyin on a desktop: the letters are never sent, only the words",
    events: [
      ev.key("n", "KeyN", { is229: true }),
      ev.compositionStart(),
      ev.input("n", "insertCompositionText"),
      ev.input("ni h", "insertCompositionText"),
      ev.input("ni hao", "insertCompositionText"),
      ev.input("你好", "insertCompositionText"),
      ev.compositionEnd("你好"),
    ],
    bytes: "你好",
  },
  {
    name: "Russian layout: Ctrl-C by the place of the key, text as typed",
    events: [
      ev.key("с", "KeyC"),
      ev.input("с", "insertText"),
      ev.key("с", "KeyC", { ctrlKey: true }),
      ev.key("я", "KeyZ", { ctrlKey: true }),
    ],
    bytes: "с\x03\x1a",
  },
  {
    name: "Desktop: arrows, Tab and Ctrl keys between letters",
    events: [
      ev.key("s", "KeyS"),
      ev.input("s", "insertText"),
      ev.key("Tab", "Tab"),
      ev.key("ArrowUp", "ArrowUp"),
      ev.key("r", "KeyR", { ctrlKey: true }),
      ev.key("x", "KeyX"),
      ev.input("x", "insertText"),
    ],
    bytes: "s\t\x1b[A\x12x",
  },
  {
    name: "Undo in the field types nothing at the device",
    events: [ev.input("ab", "insertText"), ev.beforeInput("historyUndo", true)],
    bytes: "ab",
  },
];
