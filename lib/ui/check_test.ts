import assert from "node:assert/strict";
import type { Finding } from "../plan/finding.ts";
import { checkLines, verdict } from "./check.ts";

const finding = (severity: Finding["severity"], path: string): Finding => ({
  severity,
  name: "two-writers",
  path,
  reason: "it is odd",
  remedy: "Change it.",
});

Deno.test("errors come first, with what to do", () => {
  const findings = [
    finding("note", "services.c"),
    finding("warning", "services.a"),
    finding("error", "services.b"),
  ];
  const checked = { findings, warnings: ["a variable is not set"], count: 2 };
  assert.deepEqual(checkLines(checked), [
    "Error: services.b: it is odd. Change it.",
    "Warning: a variable is not set",
    "Warning: services.a: it is odd. Change it. [two-writers]",
    "Note: services.c: it is odd. Change it. [two-writers]",
  ]);
  assert.equal(
    verdict(checked),
    "1 error, 2 warnings and 1 note: a deploy of all would be refused.",
  );
});

Deno.test("warnings alone stop nothing, and nothing is said to be nothing", () => {
  const checked = { findings: [finding("warning", "x")], warnings: [], count: 1 };
  assert.equal(verdict(checked), "1 warning: none would stop a deploy.");
  const none = { findings: [], warnings: [], count: 3 };
  assert.deepEqual(checkLines(none), []);
  assert.equal(verdict(none), "Nothing stands against updates of 3 services.");
});
