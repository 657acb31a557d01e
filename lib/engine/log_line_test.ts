import assert from "node:assert/strict";
import { logLine, warningsIn } from "./log_line.ts";

Deno.test("a line of a log has a level and a message", () => {
  const cases: [line: string, level: string, message: string][] = [
    ['time="2026-11-23T18:42:30Z" level=warning msg="The \\"A\\" is"', "warning", 'The "A" is'],
    ['time="x" level=error msg=short\r', "error", "short"],
    ['time="x" level=info msg="a \\\\ b"', "info", "a \\ b"],
  ];
  for (const [line, level, message] of cases) assert.deepEqual(logLine(line), { level, message });
  for (const line of ["", "level=warning", " Container x  Created", 'WARN[0000] "x"']) {
    assert.equal(logLine(line), undefined);
  }
});

Deno.test("warnings are told once each", () => {
  const line = (level: string, text: string) => `time="x" level=${level} msg="${text}"\n`;
  const stderr = line("warning", "a") + line("debug", "d") + " x\n" + line("warning", "b") +
    line("warning", "a");
  assert.deepEqual(warningsIn(stderr), ["a", "b"]);
});
