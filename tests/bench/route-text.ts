/** A table of the size that must still be usable [T77]. */
export const ROUTES = 100_000;

/** The table of a router with a full feed, as vtysh prints it. */
export function routeTable(): string {
  const head =
    "Codes: K - kernel route, C - connected, S - static, B - BGP,\n       > - selected route, * - FIB route\n\n";
  const lines = Array.from({ length: ROUTES }, (_, n) => {
    const prefix = `${1 + (n >> 16)}.${(n >> 8) & 255}.${n & 255}.0/24`;
    return `B>* ${prefix} [20/0] via 192.0.2.${1 + (n % 4)}, eth${n % 8}, weight 1, 00:12:${String(n % 60).padStart(2, "0")}`;
  });
  return `${head}${lines.join("\n")}\n`;
}
