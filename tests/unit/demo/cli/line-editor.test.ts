import { array, assert, constantFrom, property } from "fast-check";
import { describe, expect, it } from "vitest";
import { KeyDecoder } from "#demo/cli/keys.ts";
import { LineEditor } from "#demo/cli/line-editor.ts";

/** A one-line terminal: prints, backspace, CR. */
function screenOf(bytes: string): { text: string; column: number } {
  const cells: string[] = [];
  let column = 0;
  for (const char of bytes) {
    if (char === "\b") column = Math.max(0, column - 1);
    else if (char === "\r") column = 0;
    else if (char !== "\u0007") {
      cells[column] = char;
      column += 1;
    }
  }
  return { text: cells.join("").trimEnd(), column };
}

function type(editor: LineEditor, text: string): string {
  const keys = new KeyDecoder().decode(new TextEncoder().encode(text));
  return keys.map((key) => editor.key(key).output).join("");
}

describe("demo line editor", () => {
  it("echoes, edits in the middle and keeps the screen equal to the line", () => {
    const editor = new LineEditor();
    let out = editor.start("r1#");
    out += type(editor, "show verson");
    out += type(editor, "\u001b[D\u001b[D");
    out += type(editor, "i");
    expect(editor.text).toBe("show version");
    expect(screenOf(out)).toEqual({ text: "r1#show version", column: 13 });
    out += type(editor, "\u0017");
    expect(editor.text).toBe("show on");
    expect(screenOf(out).text).toBe("r1#show on");
    out += type(editor, "\u0001\u000b");
    expect(screenOf(out)).toEqual({ text: "r1#", column: 3 });
  });

  it("recalls the history and the line that was begun", () => {
    const editor = new LineEditor();
    editor.remember("show clock");
    editor.remember("show users");
    editor.start("#");
    type(editor, "pi\u001b[A\u001b[A");
    expect(editor.text).toBe("show clock");
    type(editor, "\u001b[B\u001b[B");
    expect(editor.text).toBe("pi");
  });

  it("shows nothing of a secret", () => {
    const editor = new LineEditor();
    editor.isEchoing = false;
    const out = editor.start("Password: ") + type(editor, "de?o\bo");
    expect(out).toBe("Password: ");
    expect(editor.text).toBe("de?o");
  });

  it("scrolls sideways with $ when the line is longer than the screen", () => {
    const editor = new LineEditor();
    editor.width = 40;
    const out = editor.start("demo-r1#") + type(editor, "a".repeat(60));
    expect(screenOf(out).column).toBeLessThan(40);
    expect(screenOf(out).text).toMatch(/^demo-r1#\$a+$/u);
  });

  it("always leaves on the screen what the line holds, whatever keys come", () => {
    const keys = [
      "a",
      "b",
      " ",
      "\b",
      "\u0001",
      "\u0005",
      "\u0002",
      "\u0006",
      "\u0015",
      "\u0017",
      "\u000b",
      "\u0004",
      "\u0014",
    ];
    assert(
      property(array(constantFrom(...keys), { maxLength: 60 }), (typed) => {
        const editor = new LineEditor();
        editor.width = 200;
        const screen = screenOf(editor.start("#") + type(editor, typed.join("")));
        expect(screen.text).toBe(`#${editor.text}`.trimEnd());
        expect(screen.column).toBe(1 + editor.beforeCursor.length);
      }),
    );
  });

  it("joins key sequences and CR LF that are split between chunks", () => {
    const decoder = new KeyDecoder();
    const bytes = new TextEncoder().encode("é\u001b[A\r\n\u001b[3~");
    const names = [...bytes].flatMap((byte) => decoder.decode(Uint8Array.of(byte))).map((key) => key.name);
    expect(names).toEqual(["char", "up", "enter", "delete"]);
  });
});
