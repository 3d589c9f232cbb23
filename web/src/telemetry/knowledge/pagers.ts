/** The last line of a terminal that waits inside a pager, and the keys that leave it or fetch a page. */
export type PagerShape = {
  id: string /** Pattern source, matched against the whole last line, trimmed. */;
  re: string;
  quit: string;
  next: string;
};

/**
 * Pagers that network gear and POSIX hosts open. Typing anything but these keys at one of them is dangerous: a pager
 * takes letters as commands and may run a shell or write a file.
 */
export const pagers: readonly PagerShape[] = [
  { id: "more", re: "^-*\\s*\\(?[Mm]ore\\)?\\s*(?:[(\\[<].*)?-*$", quit: "q", next: " " },
  { id: "more-dashes", re: "^-{1,4} ?\\(?[Mm][Oo][Rr][Ee]\\b.*$", quit: "q", next: " " },
  { id: "less-end", re: "^\\(END\\)$", quit: "q", next: " " },
  { id: "less", re: "^:$", quit: "q", next: " " },
  { id: "less-lines", re: "^(?:\\S+ )?lines \\d+-\\d+(?:/\\d+)?(?: \\(END\\)| \\d+%.*)?$", quit: "q", next: " " },
  { id: "press-any-key", re: "^.{0,40}[Pp]ress any key.{0,40}$", quit: " ", next: " " },
  { id: "press-enter", re: "^.{0,40}(?:Press|Hit) (?:RETURN|ENTER|<RETURN>|Enter).{0,40}$", quit: "q", next: " " },
];
