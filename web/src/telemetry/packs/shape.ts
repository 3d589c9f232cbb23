/** What is wrong with a value, each with its place; an empty list means that it has the shape. */
export type Shape = (value: unknown, place: string) => string[];

/** Text of a length within bounds, of a form when one is given. */
export function text(max: number, form?: RegExp, min = 0): Shape {
  return (value, place) => {
    if (typeof value !== "string") return [`${place}: no text`];
    if (value.length < min || value.length > max) return [`${place}: ${value.length} characters`];
    return form === undefined || form.test(value) ? [] : [`${place}: not of its form`];
  };
}

/** A number within bounds. */
export function number(min: number, max: number, whole = false): Shape {
  return (value, place) => {
    if (typeof value !== "number" || !(value >= min && value <= max))
      return [`${place}: no number from ${min} to ${max}`];
    return whole && !Number.isInteger(value) ? [`${place}: no whole number`] : [];
  };
}

/** One of a few values. */
export function oneOf(...values: readonly unknown[]): Shape {
  return (value, place) => (values.includes(value) ? [] : [`${place}: none of ${values.join(", ")}`]);
}

/** A list of one kind, of a length within bounds. */
export function list(item: Shape, max: number, min = 0): Shape {
  return (value, place) => {
    if (!Array.isArray(value)) return [`${place}: no list`];
    if (value.length < min || value.length > max) return [`${place}: ${value.length} entries`];
    return value.flatMap((each: unknown, index) => item(each, `${place}.${index}`));
  };
}

/** A list with a place for each kind. */
export function tuple(...items: readonly Shape[]): Shape {
  return (value, place) => {
    if (!Array.isArray(value) || value.length !== items.length) return [`${place}: not ${items.length} entries`];
    return items.flatMap((item, index) => item(value[index], `${place}.${index}`));
  };
}

function isPlain(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

/** Any keys of one form, values of one kind. */
export function record(key: RegExp, item: Shape, max: number): Shape {
  return (value, place) => {
    if (!isPlain(value)) return [`${place}: no map`];
    const entries = Object.entries(value);
    if (entries.length > max) return [`${place}: ${entries.length} entries`];
    return entries.flatMap(([name, each]) =>
      // A name that every object has by itself would be found where it was never put.
      key.test(name) && !(name in Object.prototype)
        ? item(each, `${place}.${name}`)
        : [`${place}: "${name.slice(0, 40)}" cannot be a name`],
    );
  };
}

/** Exactly these members; of the `optional` ones any may be absent, and none may be undefined. */
export function object(
  members: Readonly<Record<string, Shape>>,
  optional: Readonly<Record<string, Shape>> = {},
): Shape {
  const known = new Map([...Object.entries(members), ...Object.entries(optional)]);
  return (value, place) => {
    if (!isPlain(value)) return [`${place}: no object`];
    const absent = Object.keys(members).filter((name) => !Object.hasOwn(value, name));
    return [
      ...absent.map((name) => `${place}.${name}: missing`),
      ...Object.entries(value).flatMap(([name, each]) => {
        const member = known.get(name);
        return member ? member(each, `${place}.${name}`) : [`${place}.${name.slice(0, 40)}: nothing of this name`];
      }),
    ];
  };
}
