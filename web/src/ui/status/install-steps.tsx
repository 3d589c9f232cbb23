import { Sheet } from "../primitives/dialog.tsx";

/** Steps where the browser has no prompt of its own [U94]. */
export default function InstallSteps({ onClose }: { onClose: () => void }) {
  return (
    <Sheet icon="install" onClose={onClose} title="Install on iPad">
      <ol className="rs-pair-steps">
        <li>
          <div>Tap Share in Safari’s bar: the square with the arrow that points up.</div>
        </li>
        <li>
          <div>Choose “Add to Home Screen”, then Add.</div>
        </li>
        <li>
          <div>
            Open Rackside from the home screen and pair it once more: an installed app does not share the browser’s
            storage. <code className="rs-code-line">rackside pair</code>
          </div>
        </li>
      </ol>
    </Sheet>
  );
}
