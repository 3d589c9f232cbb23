import { useState } from "react";
import type { TerminalHandle } from "#terminal/terminal-handle.ts";
import { Button } from "../primitives/button.tsx";
import { Dialog } from "../primitives/dialog.tsx";
import { TextArea } from "../primitives/field.tsx";

/** Where the browser gives no clipboard: the person pastes here, and sees it before it goes on [U40]. */
export function PasteField({ terminal, onClose }: { terminal: TerminalHandle; onClose: () => void }) {
  const [text, setText] = useState("");
  const go = () => {
    onClose();
    terminal.paste(text);
  };
  return (
    <Dialog
      footer={
        <>
          <Button onClick={onClose}>Cancel</Button>
          <Button disabledReason={text === "" ? "Nothing pasted yet" : undefined} onClick={go} variant="primary">
            Go on
          </Button>
        </>
      }
      icon="raw"
      onClose={onClose}
      testId="paste-field"
      title="Paste"
    >
      <TextArea
        hint={
          text === ""
            ? "The browser did not hand over the clipboard. Paste the text here."
            : `${text.length} characters, first line: ${text.split("\n")[0]?.slice(0, 60) ?? ""}`
        }
        label="Text to paste"
        onChange={setText}
        rows={8}
        value={text}
      />
    </Dialog>
  );
}

/** Where the clipboard was refused: the text, to be selected by hand [U39]. */
export function CopyField({ text, onClose }: { text: string; onClose: () => void }) {
  return (
    <Dialog
      footer={<Button onClick={onClose}>Close</Button>}
      icon="copy"
      onClose={onClose}
      testId="copy-field"
      title="Copy"
    >
      <p>The browser refused the clipboard. Select the text and copy it.</p>
      <pre className="rs-mono rs-selectable rs-scroll rs-copy-text">{text}</pre>
    </Dialog>
  );
}
