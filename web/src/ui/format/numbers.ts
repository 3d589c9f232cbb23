/** Between groups of three digits: narrow and unbreakable, so that a number stays one word. */
const GROUP = "\u202f";
const SI = ["", "k", "M", "G", "T", "P", "E"] as const;
const IEC = ["B", "KiB", "MiB", "GiB", "TiB", "PiB", "EiB"] as const;
/** Counters up to this many digits are shown exactly; longer ones are shortened, the exact value is one tap away. */
const EXACT_DIGITS = 6;

/** Decimal text with its digits in groups; sign and fraction stay. */
export function groupDigits(text: string): string {
  const [whole = "", fraction] = text.split(".");
  const grouped = whole.replace(/\B(?=(\d{3})+(?!\d))/g, GROUP);
  return fraction === undefined ? grouped : `${grouped}.${fraction}`;
}

/** Three significant digits without an exponent, trailing zeros kept so that live values do not jump in width. */
export function threeDigits(value: number): string {
  const size = Math.abs(value);
  if (size >= 100) return value.toFixed(0);
  return value.toFixed(size >= 10 ? 1 : 2);
}

/** A value with an SI prefix: 1 240 000 with unit `b/s` is `1.24 Mb/s`. */
export function withSi(value: number, unit: string): string {
  let step = 0;
  let rest = value;
  while (Math.abs(rest) >= 999.5 && step < SI.length - 1) {
    rest /= 1000;
    step += 1;
  }
  const number = step === 0 && Number.isInteger(value) ? String(value) : threeDigits(rest);
  return `${number} ${SI[step]}${unit}`.trimEnd();
}

/** Bytes with a binary prefix. */
export function withIec(bytes: number): string {
  let step = 0;
  let rest = bytes;
  while (Math.abs(rest) >= 1023.5 && step < IEC.length - 1) {
    rest /= 1024;
    step += 1;
  }
  return `${step === 0 ? String(Math.round(bytes)) : threeDigits(rest)} ${IEC[step]}`;
}

/** A counter of any length as text: exact while short, else three digits and a prefix; never through a `number` [T13]. */
export function counterText(counter: string): string {
  if (!/^\d+$/.test(counter)) return counter;
  if (counter.length <= EXACT_DIGITS) return groupDigits(counter);
  const step = Math.floor((counter.length - 1) / 3);
  const prefix = SI[step];
  if (prefix === undefined) return `${counter[0]}.${counter.slice(1, 3)}e${counter.length - 1}`;
  const whole = counter.length - step * 3;
  const digits = counter.slice(0, 3);
  const number = whole >= 3 ? digits : `${digits.slice(0, whole)}.${digits.slice(whole)}`;
  return `${number} ${prefix}`;
}
