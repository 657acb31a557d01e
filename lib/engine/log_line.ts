/** A line of the log that Docker's programs write to standard error where that is no terminal. */
export interface LogLine {
  level: string;
  message: string;
}

/** Reads a line such as `time="…" level=warning msg="…"`, if it is one. */
export function logLine(line: string): LogLine | undefined {
  const match = /^time="[^"]*" level=(\w+) msg=(.*)$/.exec(line.trimEnd());
  return match ? { level: match[1], message: unquoted(match[2]) } : undefined;
}

function unquoted(text: string): string {
  return text.startsWith('"') ? text.replace(/^"|"$/g, "").replace(/\\(.)/g, "$1") : text;
}

/** What was warned of, each once. */
export function warningsIn(stderr: string): string[] {
  const warnings = stderr.split("\n").flatMap((line) => logLine(line) ?? [])
    .filter(({ level }) => level === "warning");
  return [...new Set(warnings.map(({ message }) => message))];
}
