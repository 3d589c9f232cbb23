import { readdirSync, readFileSync } from "node:fs";
import { dirname, join, normalize, relative, resolve } from "node:path";
import { describe, expect, test } from "vitest";

const ROOT = resolve(import.meta.dirname, "../..");

/** Folder of each area, its alias in package.json `imports`, and what it may import (ARCHITECTURE.md, "Import rules"). */
type Area = { dir: string; areas: readonly string[]; packages: readonly RegExp[]; node?: boolean };
const AREAS: Record<string, Area> = {
  protocol: { dir: "protocol/src", areas: [], packages: [/^valibot$/] },
  telemetry: { dir: "web/src/telemetry", areas: [], packages: [] },
  themes: { dir: "web/src/themes", areas: [], packages: [] },
  machines: { dir: "web/src/machines", areas: ["protocol", "telemetry"], packages: [/^xstate$/] },
  workers: {
    dir: "web/src/workers",
    areas: ["protocol", "telemetry", "machines"],
    packages: [/^xstate$/, /^comlink$/, /^idb$/, /^valibot$/, /^bcrypt-pbkdf$/, /^tweetnacl$/],
  },
  bridge: {
    dir: "web/src/bridge",
    areas: ["protocol:types", "protocol/error-texts.ts", "telemetry/knowledge", "machines:types", "workers:types"],
    packages: [/^comlink$/, /^react$/, /^@xstate\/react$/],
  },
  terminal: {
    dir: "web/src/terminal",
    areas: ["telemetry/knowledge", "bridge", "themes"],
    packages: [/^@xterm\//, /^react$/, /^react-dom$/],
  },
  pwa: { dir: "web/src/pwa", areas: ["bridge"], packages: [/^react$/, /^virtual:pwa-register/, /^workbox-window$/] },
  ui: {
    dir: "web/src/ui",
    areas: ["telemetry/knowledge", "bridge", "terminal", "themes", "pwa"],
    packages: [
      /^react(-dom)?(\/client)?$/,
      /^@tanstack\//,
      /^lucide-react/,
      /^react-resizable-panels$/,
      /^uplot/,
      /^@ibm\/plex-/,
      /^uqr$/,
      /^@xstate\/react$/,
    ],
  },
  proxy: {
    dir: "proxy/src",
    areas: ["protocol"],
    packages: [/^ws$/, /^ssh2(\/|$)/, /^valibot$/, /^uqr$/, /^@peculiar\/asn1-(schema|x509)$/],
    node: true,
  },
  demo: { dir: "demo/src", areas: [], packages: [/^ssh2(\/|$)/], node: true },
};

/** What may be reached in one place only. */
const ONLY_IN: readonly [RegExp, RegExp][] = [
  [/^@xterm\//, /^web\/src\/terminal\//],
  [/^ssh2(\/|$)/, /^(proxy\/src\/ssh|demo\/src)\//],
];

const IMPORT =
  /(?:^|\n)\s*(import|export)\s+(type\s+)?(?:[^"';]*?\sfrom\s+)?["']([^"']+)["']|import\(\s*["']([^"']+)["']\s*\)/g;

function sources(dir: string): string[] {
  return readdirSync(join(ROOT, dir), { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile() && /\.tsx?$/.test(entry.name) && !entry.name.endsWith(".d.ts"))
    .map((entry) => relative(ROOT, join(entry.parentPath, entry.name)));
}

type Import = { file: string; specifier: string; typeOnly: boolean };
function importsOf(file: string): Import[] {
  const text = readFileSync(join(ROOT, file), "utf8");
  return [...text.matchAll(IMPORT)].map((match) => ({
    file,
    specifier: match[3] ?? match[4] ?? "",
    typeOnly: match[2] !== undefined,
  }));
}

/** Project path that a specifier means, or undefined when it is a package. */
function projectPath({ file, specifier }: Import): string | undefined {
  if (specifier.startsWith(".")) return normalize(join(dirname(file), specifier));
  const alias = /^#([a-z]+)\/(.*)$/.exec(specifier);
  const dir = alias?.[1] === undefined ? undefined : AREAS[alias[1]]?.dir;
  return dir === undefined ? undefined : `${dir}/${alias?.[2]}`;
}

function allows(area: Area, own: string, target: string, typeOnly: boolean): boolean {
  if (target.startsWith(`${area.dir}/`)) return true;
  return area.areas.some((rule) => {
    const [path = "", only] = rule.split(":");
    const [name = "", ...rest] = path.split("/");
    const dir = [AREAS[name]?.dir ?? name, ...rest].join("/");
    return (target === dir || target.startsWith(`${dir}/`)) && (only !== "types" || typeOnly) && own !== name;
  });
}

function violation(name: string, area: Area, found: Import): string | undefined {
  const { specifier, file } = found;
  const say = (why: string) => `${file} imports ${specifier}: ${why}`;
  const narrow = ONLY_IN.find(([what]) => what.test(specifier));
  if (narrow && !narrow[1].test(file)) return say(`allowed only in ${narrow[1].source}`);
  const target = projectPath(found);
  if (target !== undefined) {
    return allows(area, name, target, found.typeOnly) ? undefined : say(`${name} may not reach it`);
  }
  if (specifier.startsWith("node:")) return area.node ? undefined : say("no Node here");
  if (/\.(css|woff2|svg)(\?.*)?$/.test(specifier)) return undefined;
  return area.packages.some((allowed) => allowed.test(specifier)) ? undefined : say(`package not allowed in ${name}`);
}

describe("import rules of the architecture", () => {
  for (const [name, area] of Object.entries(AREAS)) {
    test(`${name} imports only what it may`, () => {
      const found = sources(area.dir).flatMap(importsOf);
      expect(found.map((one) => violation(name, area, one)).filter((one) => one !== undefined)).toEqual([]);
    });
  }

  test("the rules themselves bite", () => {
    const ui = AREAS.ui as Area;
    const file = "web/src/ui/app.tsx";
    expect(violation("ui", ui, { file, specifier: "#protocol/frames.ts", typeOnly: false })).toContain("may not reach");
    expect(violation("ui", ui, { file, specifier: "@xterm/xterm", typeOnly: false })).toContain("allowed only in");
    expect(violation("ui", ui, { file, specifier: "node:fs", typeOnly: false })).toContain("no Node");
    const bridge = AREAS.bridge as Area;
    const value = { file: "web/src/bridge/x.ts", specifier: "#machines/views.ts", typeOnly: false };
    expect(violation("bridge", bridge, value)).toContain("may not reach");
    expect(violation("bridge", bridge, { ...value, typeOnly: true })).toBeUndefined();
  });
});
