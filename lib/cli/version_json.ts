import { version } from "../version.ts";

/** The versions for programs, as of `kerek --version --json`. */
export function versionJson(): string {
  const { os, arch, standalone } = Deno.build;
  return `${JSON.stringify({ version, deno: Deno.version.deno, os, arch, standalone })}\n`;
}
