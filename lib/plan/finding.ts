/** Names by which `x-kerek.ignore-warnings` silences warnings. */
export const warningNames = [
  "anonymous-volumes",
  "compose",
  "container-name",
  "dependency-down",
  "dns-drain",
  "host-network",
  "host-ports",
  "missing-image",
  "network-definition",
  "no-healthcheck",
  "no-replicas",
  "obsolete-key",
  "old-engine",
  "orphans",
  "start-interval",
  "two-writers",
  "unfinished",
  "unread-key",
  "unset-variable",
  "volume-definition",
] as const;

/** Name of a warning. */
export type WarningName = typeof warningNames[number];

/** Something that stands against a plan (error) or that the user should know (warning, note). */
export type Finding =
  & {
    /** Where in the Compose files, such as `services.web.ports[0]`; empty: the reason says it. */
    path: string;
    reason: string;
    remedy: string;
  }
  & (
    | { severity: "error" }
    | { severity: "warning"; name: WarningName }
    /** Advice that only `kerek check` gives. */
    | { severity: "note"; name: WarningName }
  );

/** A finding in words; what can be silenced shows the name to do so by. */
export function findingText(finding: Finding): string {
  const { path, reason, remedy } = finding;
  const name = finding.severity === "error" ? "" : ` [${finding.name}]`;
  const text = [reason, remedy].filter((text) => text).join(". ");
  return `${path ? `${path}: ` : ""}${text}${name}`;
}

/** The findings without what is to be silenced; an error never is. */
export function audible(findings: Finding[], ignored: WarningName[] = []): Finding[] {
  return findings.filter((x) => x.severity === "error" || !ignored.includes(x.name));
}

/** The findings, each once, as what several services use is found for each of them. */
export const distinct = (findings: Finding[]): Finding[] => [
  ...new Map(findings.map((finding) => [findingText(finding), finding])).values(),
];
