import { ArrowDown, ArrowUp, CaseSensitive, Regex, WholeWord, X } from "lucide-react";
import { useEffect, useRef } from "react";
import type { SearchQuery, SearchState, TerminalHandle } from "#terminal/terminal-handle.ts";

const NO_MATCH = -1;

/** "3 of 17" in words that also make sense without matches. */
function countText(search: SearchState): string {
  if (search.error !== undefined) return search.error;
  if (search.term === "") return "";
  if (search.count === 0) return "no match";
  return search.index === NO_MATCH ? `${search.count} matches` : `${search.index + 1} of ${search.count}`;
}

/** Search in the scrollback, above the terminal; Enter and Shift-Enter go on, Esc ends it [U55]. */
export function SearchBar({ terminal, search }: { terminal: TerminalHandle; search: SearchState }) {
  const field = useRef<HTMLInputElement>(null);
  useEffect(() => field.current?.focus(), []);
  const { term, regex, caseSensitive, wholeWord } = search;
  const query: SearchQuery = { term, regex, caseSensitive, wholeWord };
  const close = () => {
    terminal.closeSearch();
    terminal.focus();
  };
  const options = [
    { name: "caseSensitive", label: "Match case", icon: CaseSensitive },
    { name: "wholeWord", label: "Whole words", icon: WholeWord },
    { name: "regex", label: "Regular expression", icon: Regex },
  ] as const;
  return (
    <search className="rs-term-search">
      <input
        aria-invalid={search.error === undefined ? undefined : true}
        aria-label="Search the terminal"
        autoCapitalize="off"
        autoComplete="off"
        className="rs-input"
        enterKeyHint="search"
        onChange={(event) => terminal.search({ ...query, term: event.target.value }, "previous")}
        onKeyDown={(event) => {
          if (event.key === "Escape") close();
          else if (event.key === "Enter") terminal.search(query, event.shiftKey ? "next" : "previous");
          else return;
          event.preventDefault();
        }}
        placeholder="Search the terminal"
        ref={field}
        spellCheck={false}
        type="text"
        value={term}
      />
      <output aria-live="polite" className="rs-term-search-count">
        {countText(search)}
      </output>
      {options.map(({ name, label, icon: Glyph }) => (
        <button
          aria-label={label}
          aria-pressed={query[name]}
          className="rs-key"
          data-state={query[name] ? "once" : undefined}
          key={name}
          onClick={() => terminal.search({ ...query, [name]: !query[name] }, "previous")}
          title={label}
          type="button"
        >
          <Glyph aria-hidden="true" size={20} />
        </button>
      ))}
      <button
        aria-label="Older match"
        className="rs-key"
        onClick={() => terminal.search(query, "previous")}
        title="Older match"
        type="button"
      >
        <ArrowUp aria-hidden="true" size={20} />
      </button>
      <button
        aria-label="Newer match"
        className="rs-key"
        onClick={() => terminal.search(query, "next")}
        title="Newer match"
        type="button"
      >
        <ArrowDown aria-hidden="true" size={20} />
      </button>
      <button aria-label="Close search" className="rs-key" onClick={close} title="Close search" type="button">
        <X aria-hidden="true" size={20} />
      </button>
    </search>
  );
}
