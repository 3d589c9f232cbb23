import { useEffect, useRef, useState } from "react";

/** At most one announcement in this time [U10]. */
const EVERY_MS = 5_000;

/** Text for a polite live region: follows `text`, but not more often than every 5 s and always ending on the last. */
export function usePolite(text: string): string {
  const [spoken, setSpoken] = useState(text);
  const last = useRef(Number.NEGATIVE_INFINITY);
  useEffect(() => {
    const wait = Math.max(0, last.current + EVERY_MS - performance.now());
    const timer = setTimeout(() => {
      last.current = performance.now();
      setSpoken(text);
    }, wait);
    return () => clearTimeout(timer);
  }, [text]);
  return spoken;
}
