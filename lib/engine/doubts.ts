import { audible, type Finding, findingText, type WarningName } from "../plan/finding.ts";
import { warningsIn } from "./log_line.ts";

/**
 * What is doubtful in the files, with a name each, without what is ignored: what Compose itself
 * says, and what else is known of them.
 */
export function doubts(stderr: string, others: Finding[], ignored?: WarningName[]): string[] {
  const findings = warningsIn(stderr).map((text): Finding => ({
    severity: "warning",
    name: nameOf(text),
    path: "",
    reason: text,
    remedy: "",
  }));
  return audible([...findings, ...others], ignored).map(findingText);
}

function nameOf(text: string): WarningName {
  if (/variable is not set/.test(text)) return "unset-variable";
  return /\bobsolete\b/.test(text) ? "obsolete-key" : "compose";
}
