import type { RemoteActor } from "./view-store.ts";

export type Box<T> = { readonly view: T };

const boxes = new WeakMap<RemoteActor<unknown>, RemoteActor<Box<unknown>>>();

/**
 * The actor with its view in a box, for `useSelector`: it throws `snapshot.error` for a snapshot whose `status` is
 * "error", which a panel's reading may well be [A6]. The box keeps its identity as long as the view does.
 */
export function boxed<T>(actor: RemoteActor<T>): RemoteActor<Box<T>> {
  const known = boxes.get(actor);
  if (known !== undefined) return known as RemoteActor<Box<T>>;
  let last: Box<T> | undefined;
  const box = (view: T): Box<T> => {
    if (last === undefined || last.view !== view) last = { view };
    return last;
  };
  const made: RemoteActor<Box<T>> = {
    getSnapshot: () => box(actor.getSnapshot()),
    subscribe: (listener) => {
      const tell = typeof listener === "function" ? listener : (value: Box<T>) => listener.next?.(value);
      return actor.subscribe((view) => tell(box(view)));
    },
  };
  boxes.set(actor, made);
  return made;
}
