import type { Finding } from "../plan/preflight.ts";

/** What a check found, as it is printed. */
interface Checked {
  findings: Finding[];
  warnings: string[];
  count: number;
}

/** Findings, a line each, errors first. */
export function checkLines({ findings, warnings }: Checked): string[] {
  const of = (severity: Finding["severity"]) =>
    findings.filter((finding) => finding.severity === severity)
      .map(({ path, reason, remedy }) =>
        `${path}: ${[reason, remedy].filter((x) => x).join(". ")}`
      );
  return [
    ...of("error").map((text) => `Error: ${text}`),
    ...[...warnings, ...of("warning")].map((text) => `Warning: ${text}`),
  ];
}

/** All of it in one sentence. */
export function verdict({ findings, warnings, count }: Checked): string {
  const errors = findings.filter(({ severity }) => severity === "error").length;
  const doubts = findings.length - errors + warnings.length;
  const found = [counted(errors, "error"), counted(doubts, "warning")].filter((text) => text);
  if (found.length === 0) return `Nothing stands against updates of ${counted(count, "service")}.`;
  const end = errors > 0 ? "a deploy of all would be refused" : "none would stop a deploy";
  return `${found.join(" and ")}: ${end}.`;
}

const counted = (count: number, what: string): string =>
  count === 0 ? "" : `${count} ${what}${count === 1 ? "" : "s"}`;
