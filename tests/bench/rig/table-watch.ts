import type { PlainPage } from "./plain-page.ts";

const ROWS = "[data-testid=whole-table] tr[data-row]";
const SCROLLER = "[data-testid=whole-table] .rs-table-scroll";

type Watched = typeof globalThis & { benchTable?: Promise<number> };
type OpenWatch = { rows: string; limitMs: number };

/**
 * Watches the sheet of a whole table from now on: milliseconds from its last sign of progress, which goes when all rows
 * were read, until the first rows were painted. `opened` waits for it.
 */
export async function watchOpening(page: PlainPage, limitMs: number): Promise<{ opened(): Promise<number> }> {
  await page.evaluate(
    ({ rows, limitMs: limit }: OpenWatch) => {
      (globalThis as Watched).benchTable = new Promise<number>((resolve, reject) => {
        let busy = false;
        let parsed: number | undefined;
        const late = setTimeout(() => reject(new Error(`no table came: ${document.body.innerText}`)), limit);
        const observer = new MutationObserver(() => {
          const progress = document.querySelector(".rs-load-progress") !== null;
          if (busy && !progress) parsed ??= performance.now();
          busy = progress;
          if (parsed === undefined || document.querySelector(rows) === null) return;
          const from = parsed;
          observer.disconnect();
          clearTimeout(late);
          // the rows are there; a task after the next frame they are painted
          requestAnimationFrame(() => setTimeout(() => resolve(performance.now() - from)));
        });
        observer.observe(document.body, { childList: true, subtree: true });
      });
    },
    { rows: ROWS, limitMs },
  );
  return { opened: () => page.evaluate(() => (globalThis as Watched).benchTable ?? Number.NaN, undefined) };
}

const PLAIN = "#bench-plain-list";

/** Lays a list without any script over the table, as large, with all its rows in the page: what the browser alone needs. */
export async function layPlainList(page: PlainPage): Promise<void> {
  await page.evaluate(
    ({ scroller, id }: { scroller: string; id: string }) => {
      const table = document.querySelector<HTMLElement>(scroller);
      const box = table?.getBoundingClientRect();
      if (table === null || box === undefined) throw new Error("no table to lay a list over");
      const list = document.createElement("div");
      list.id = id;
      const place = { left: `${box.left}px`, top: `${box.top}px`, width: `${box.width}px`, height: `${box.height}px` };
      Object.assign(list.style, place, { position: "fixed", overflow: "auto", background: "Canvas" });
      for (let n = 0; n < 1_000; n++) {
        const row = document.createElement("div");
        row.dataset.row = "";
        row.style.height = "44px";
        row.textContent = `10.0.${n % 256}.0/24 bgp 192.0.2.1 eth0`;
        list.append(row);
      }
      table.parentElement?.append(list);
    },
    { scroller: SCROLLER, id: PLAIN.slice(1) },
  );
}

export const scrollPlainList = (page: PlainPage, ms: number, pxPerFrame: number): Promise<Frames> =>
  scroll(page, PLAIN, ms, pxPerFrame);

type Scroll = { scroller: string; ms: number; pxPerFrame: number };
/** Milliseconds between frames, and the share of frames in which no row was in sight. */
export type Frames = { gapsMs: number[]; emptyShare: number };

/** Scrolls the table by so much in every frame, down and back up at its ends. */
export const scrollTable = (page: PlainPage, ms: number, pxPerFrame: number): Promise<Frames> =>
  scroll(page, SCROLLER, ms, pxPerFrame);

function scroll(page: PlainPage, scroller: string, ms: number, pxPerFrame: number): Promise<Frames> {
  return page.evaluate(
    ({ scroller: find, ms: length, pxPerFrame: step }: Scroll) =>
      new Promise<Frames>((resolve, reject) => {
        const box = document.querySelector<HTMLElement>(find);
        if (box === null) {
          reject(new Error("no table to scroll"));
          return;
        }
        const gapsMs: number[] = [];
        let [last, empty, way] = [performance.now(), 0, 1];
        const until = last + length;
        const frame = (now: number): void => {
          gapsMs.push(now - last);
          last = now;
          const { top, bottom } = box.getBoundingClientRect();
          const seen = [...box.querySelectorAll("[data-row]")].some((row) => {
            const at = row.getBoundingClientRect();
            return at.bottom > top && at.top < bottom;
          });
          if (!seen) empty++;
          if (box.scrollTop + box.clientHeight >= box.scrollHeight - 1) way = -1;
          else if (box.scrollTop <= 0) way = 1;
          box.scrollTop += way * step;
          if (now < until) requestAnimationFrame(frame);
          // the first gap began before anything was scrolled
          else resolve({ gapsMs: gapsMs.slice(1), emptyShare: empty / gapsMs.length });
        };
        requestAnimationFrame(frame);
      }),
    { scroller, ms, pxPerFrame },
  );
}
