import type { PlatformId } from "./platforms.ts";

/** The look of a prompt: only a hint for the order of detection, never proof that output has ended. */
export type PromptShape = {
  id: string;
  re: string;
  family: "cisco" | "posix" | "junos" | "routeros" | "fortios" | "xr";
  platforms: PlatformId[];
};

/** Prompt shapes, most specific first. */
export const promptShapes: readonly PromptShape[] = [
  { id: "xr", re: "^RP/\\d+/\\S+:\\S+#$", family: "xr", platforms: [] },
  { id: "routeros", re: "^\\[\\S+@[^\\]]+\\] >$", family: "routeros", platforms: [] },
  { id: "junos", re: "^[\\w.-]+@[\\w.-]+>$", family: "junos", platforms: [] },
  { id: "posix-path", re: "^\\[?[\\w.-]+@[\\w.-]+[: ][^\\s]*\\]?[#$]$", family: "posix", platforms: ["linux"] },
  { id: "posix-plain", re: "^(?:.*\\S )?\\$$|^[^\\s#>]{0,60}\\$$", family: "posix", platforms: ["linux"] },
  { id: "fortios", re: "^\\S+ [#$]$", family: "fortios", platforms: [] },
  { id: "cisco-exec", re: "^[\\w./:-]+[>#]$", family: "cisco", platforms: ["cisco_ios", "frr"] },
];

/** Prompts of a mode in which configuration is changed; telemetry never works there and a terminal may warn. */
export const configPromptRe = "\\((?:config|cfg|conf)[\\w-]*\\)\\s?#\\s*$";

/** Questions that telemetry never answers: a person has to. Pattern sources, matched against the last line. */
export const questionRes: readonly string[] = [
  "(?:[Uu]ser ?name|[Ll]ogin): ?$",
  "[Pp]ass(?:word|phrase|code)[^:]{0,40}: ?$",
  "\\[confirm\\] ?$",
  "[(\\[](?:y/n|yes/no|Y/N|y/N|Y/n)[)\\]]\\s?[:?]? ?$",
  "\\? ?\\[(?:yes|no|y|n)\\]:? ?$",
];
