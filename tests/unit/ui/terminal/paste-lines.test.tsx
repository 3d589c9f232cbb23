import { renderToStaticMarkup } from "react-dom/server";
import { describe, expect, it } from "vitest";
import { judgePaste } from "#terminal/paste-review.ts";
import { linesToShow, PasteLines } from "#ui/terminal/paste-lines.tsx";

function linesOf(text: string) {
  const { review } = judgePaste(text, false);
  if (review === undefined) throw new Error("no review");
  return review.lines;
}
const html = (text: string) => renderToStaticMarkup(<PasteLines lines={linesOf(text)} />);

describe("[S90] what the review shows", () => {
  it("a flagged line is shown wherever it stands, with its number", () => {
    const lines = linesOf(`${"description x\n".repeat(1_000)}reload\n${"description y\n".repeat(1_000)}`);
    const { shown, hidden } = linesToShow(lines);
    expect(shown.at(-1)).toMatchObject({ number: 1_001, line: { text: "reload", flags: ["destructive"] } });
    expect(shown.length + hidden).toBe(lines.length);
  });
  it("the end of a long line is in sight, or what is not is counted", () => {
    expect(html(`description ${" ".repeat(1_000)}; reload\nx`)).toContain("; reload");
    expect(html(`${"x".repeat(3_000)}\ny`)).toContain("952 more characters are not shown");
  });
  it("hidden characters are visible, each line is isolated, markup is text", () => {
    const markup = html("ping \u202e1.1.1.1\n<img src=x onerror=alert(1)>");
    expect(markup).toContain("&lt;U+202E&gt;");
    expect(markup).toContain("<bdi");
    expect(markup).toContain("&lt;img src=x");
    expect(markup).not.toContain("<img");
  });
});
