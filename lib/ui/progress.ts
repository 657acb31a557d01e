import type { DisplayOptions } from "../options.ts";

/** How progress is shown. */
export type ProgressMode = "tty" | "plain" | "json" | "quiet";

/** What matters to that of what is around. */
export interface Surroundings {
  /** Whether what it is written to is a terminal. */
  isTerminal: boolean;
  env(name: string): string | undefined;
}

/** What `--progress` and `--ansi` come to. */
export function progressMode(
  { progress = "auto", ansi = "auto" }: DisplayOptions,
  { isTerminal, env }: Surroundings,
): ProgressMode {
  if (progress !== "auto") return progress;
  const isLive = isTerminal && ansi !== "never" && env("TERM") !== "dumb";
  return isLive ? "tty" : "plain";
}

/** Whether colours are used; see https://no-color.org for the variable. */
export function isColored(
  { ansi = "auto" }: Pick<DisplayOptions, "ansi">,
  { isTerminal, env }: Surroundings,
): boolean {
  if (ansi !== "auto") return ansi === "always";
  return isTerminal && !env("NO_COLOR") && env("TERM") !== "dumb";
}

/** Whether lines are to say when they were written: not all that runs deploys in CI does. */
export const isInCi = (env: Surroundings["env"]): boolean =>
  ![undefined, "", "false", "0"].includes(env("CI"));
