import { renderToStaticMarkup } from "react-dom/server";
import { describe, expect, test } from "vitest";
import type { ErrorPayload } from "#bridge/types.ts";
import { AlgorithmTable } from "#ui/connect/algorithm-table.tsx";
import { ErrorNote } from "#ui/status/error-note.tsx";

const diagnosis = {
  categories: [{ category: "key exchange", offered: ["diffie-hellman-group1-sha1"], accepted: ["curve25519-sha256"] }],
};
const error: ErrorPayload = {
  code: "no_common_algorithm",
  retry: "user",
  detail: "key exchange: offers only …",
  diagnosis,
};

describe("[S64] algorithms that do not meet", () => {
  test("the note leaves out what the table beside it says, and nothing else", () => {
    expect(renderToStaticMarkup(<ErrorNote error={error} />)).toContain("offers only");
    const short = renderToStaticMarkup(<ErrorNote detail={false} error={error} />);
    expect(short).not.toContain("offers only");
    expect(short).toContain("no_common_algorithm");
  });

  test("the table says so when no set would help, and leaves the way out to the button when one would", () => {
    expect(renderToStaticMarkup(<AlgorithmTable diagnosis={diagnosis} />)).toContain("No set of algorithms");
    const fixable = renderToStaticMarkup(<AlgorithmTable diagnosis={{ ...diagnosis, fix: "legacy" }} />);
    expect(fixable).toContain("diffie-hellman-group1-sha1");
    expect(fixable).not.toContain("No set of algorithms");
  });
});
