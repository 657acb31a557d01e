import type { Finding } from "../doctor.ts";

const marks: Record<Finding["status"], string> = { ok: "ok", warning: "warning", failed: "FAILED" };

/** Findings for people, each with its remedy. */
export function doctorLines(findings: Finding[]): string[] {
  return findings.flatMap(({ about, status, text, remedy }) => [
    `${about.padEnd(8)} ${marks[status].padEnd(8)} ${text}`,
    ...remedy === undefined ? [] : [`${" ".repeat(18)}remedy: ${remedy}`],
  ]);
}

/** Findings for programs. */
export function doctorValue(findings: Finding[]) {
  const list = findings.map(({ about, status, text, remedy = null }) => ({
    about,
    status,
    text,
    remedy,
  }));
  return { ok: !hasFailed(findings), findings: list };
}

/** Whether a deploy could not even begin. */
export const hasFailed = (findings: Finding[]): boolean =>
  findings.some(({ status }) => status === "failed");
