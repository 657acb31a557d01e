import { type Finding, findingText } from "../plan/finding.ts";

/** What a check found, as it is printed. */
interface Checked {
  findings: Finding[];
  warnings: string[];
  count: number;
}

/** Findings, a line each, errors first and notes last. */
export function checkLines({ findings, warnings }: Checked): string[] {
  const of = (severity: Finding["severity"]) =>
    findings.filter((finding) => finding.severity === severity).map(findingText);
  return [
    ...of("error").map((text) => `Error: ${text}`),
    ...[...warnings, ...of("warning")].map((text) => `Warning: ${text}`),
    ...of("note").map((text) => `Note: ${text}`),
  ];
}

/** The same for programs. */
export function checkValue({ findings, warnings, count }: Checked) {
  return {
    refused: isRefused({ findings }),
    services: count,
    findings: findings.map((finding) => ({
      severity: finding.severity,
      name: finding.severity === "error" ? null : finding.name,
      path: finding.path,
      text: findingText(finding),
    })),
    warnings,
  };
}

/** Whether a deploy would be. */
export const isRefused = ({ findings }: Pick<Checked, "findings">): boolean =>
  findings.some(({ severity }) => severity === "error");

/** All of it in one sentence. */
export function verdict({ findings, warnings, count }: Checked): string {
  const of = (severity: Finding["severity"]) =>
    findings.filter((finding) => finding.severity === severity).length;
  const errors = of("error");
  const doubts = of("warning") + warnings.length;
  const found = [counted(errors, "error"), counted(doubts, "warning"), counted(of("note"), "note")]
    .filter((text) => text);
  if (found.length === 0 && count === 0) {
    return "There is nothing to check: no service of the Compose files is active.";
  }
  if (found.length === 0) return `Nothing stands against updates of ${counted(count, "service")}.`;
  const end = errors > 0 ? "a deploy of all would be refused" : "none would stop a deploy";
  return `${listed(found)}: ${end}.`;
}

const counted = (count: number, what: string): string =>
  count === 0 ? "" : `${count} ${what}${count === 1 ? "" : "s"}`;

const listed = (parts: string[]): string =>
  [parts.slice(0, -1).join(", "), parts.at(-1)].filter((text) => text).join(" and ");
