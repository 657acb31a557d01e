import assert from "node:assert/strict";
import { decodeProject } from "../engine/testing/decode_project.ts";
import type { ExecSpec } from "../plan/model.ts";

function postStart(yaml: string): ExecSpec[] {
  const text = `name: x\nservices: {web: {post_start: [${yaml}]}}`;
  return decodeProject(text, "").services[0].postStart;
}

Deno.test("a lifecycle command is read with all that Compose prints of it", () => {
  assert.deepEqual(postStart("{command: [echo, a b]}"), [{ command: ["echo", "a b"] }]);
  assert.deepEqual(
    postStart(
      "{command: [x], user: root, privileged: true, working_dir: /srv, per_replica: false}",
    ),
    [{ command: ["x"], user: "root", privileged: true, workingDir: "/srv" }],
  );
  assert.deepEqual(postStart("{command: [x], user: '', privileged: false, working_dir: ''}"), [
    { command: ["x"] },
  ]);
});

Deno.test("its environment is a list or a mapping", () => {
  const cases: [yaml: string, environment: Record<string, string>][] = [
    ["[A=b, 'C=d=e', F=]", { A: "b", C: "d=e", F: "" }],
    ["[A]", {}],
    ["{A: b, C: 1, D: true, E: null, F: ''}", { A: "b", C: "1", D: "true", F: "" }],
    ["[]", {}],
  ];
  for (const [yaml, environment] of cases) {
    const [exec] = postStart(`{command: [x], environment: ${yaml}}`);
    assert.deepEqual(exec.environment, environment, yaml);
  }
  assert.deepEqual(postStart("{command: [x], environment: null}"), [{ command: ["x"] }]);
});

Deno.test("two dollar signs in Compose's output are one", () => {
  assert.deepEqual(postStart('{command: [sh, -c, "echo $$HOME $$$$"], environment: {A: $$B}}'), [
    { command: ["sh", "-c", "echo $HOME $$"], environment: { A: "$B" } },
  ]);
});

Deno.test("several commands keep their order, and none are none", () => {
  assert.deepEqual(postStart("{command: [b]}, {command: [a]}"), [
    { command: ["b"] },
    { command: ["a"] },
  ]);
  const [web] = decodeProject("name: x\nservices: {web: {pre_stop: null}}", "").services;
  assert.deepEqual([web.preStop, web.postStart], [[], []]);
});
