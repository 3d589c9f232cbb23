import { parseArgs } from "node:util";

export type BenchOptions = {
  /** Less of everything: under 3 minutes in all on 2 cores [Q14]. */
  short: boolean;
  json: boolean;
  /** Keep this run as the one to compare with. */
  store: boolean;
  /** Names of figures; empty for all. */
  only: readonly string[];
};

export function readOptions(argv: readonly string[]): BenchOptions {
  const { values } = parseArgs({
    args: [...argv],
    options: {
      short: { type: "boolean", default: false },
      json: { type: "boolean", default: false },
      store: { type: "boolean", default: false },
      only: { type: "string", default: "" },
    },
  });
  return { ...values, only: values.only.split(",").filter((name) => name !== "") };
}
