import type { AlgorithmDiagnosis } from "#bridge/types.ts";
import { DeviceText } from "../text/device-text.tsx";

/** What the device offered and what is accepted, per category, for a failed negotiation [S64]. */
export function AlgorithmTable({ diagnosis }: { diagnosis: AlgorithmDiagnosis }) {
  return (
    <table className="rs-offer-table">
      <caption className="rs-visually-hidden">Algorithms offered by the device and accepted by Rackside</caption>
      <thead>
        <tr>
          <th scope="col">Kind</th>
          <th scope="col">Device offers</th>
          <th scope="col">Accepted</th>
        </tr>
      </thead>
      <tbody>
        {diagnosis.categories.map(({ category, offered, accepted }) => {
          const common = offered.some((name) => accepted.includes(name));
          return (
            <tr key={category}>
              <th scope="row">{common ? category : `${category}: none in common`}</th>
              <td>
                <code>
                  <DeviceText text={offered.join(", ") || "nothing"} />
                </code>
              </td>
              <td>
                <code>{accepted.join(", ")}</code>
              </td>
            </tr>
          );
        })}
      </tbody>
      {diagnosis.fix === undefined ? (
        <tfoot>
          <tr>
            <td colSpan={3}>No set of algorithms of this version matches what the device offers.</td>
          </tr>
        </tfoot>
      ) : null}
    </table>
  );
}
