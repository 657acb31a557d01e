/** What users read who write something that kerek does not understand: the place, and what is allowed. */
import assert from "node:assert/strict";
import { decodeProject } from "../engine/testing/decode_project.ts";
import { KerekError } from "../errors.ts";
import { warningNames } from "../plan/finding.ts";

function assertMessages(place: string, cases: [yaml: string, message: string][]): void {
  for (const [yaml, message] of cases) {
    const [before, after] = wrappers[place];
    assert.throws(
      () => decodeProject(`name: x\n${before}${yaml}${after}`, ""),
      { name: "KerekError", message: `Cannot read the Compose files: ${place}${message}` },
      yaml,
    );
  }
}

const wrappers: Record<string, [before: string, after: string]> = {
  "x-kerek": ["x-kerek: ", ""],
  "services.web.x-kerek": ["services: {web: {x-kerek: ", "}}"],
  "services.web.x-kerek.hooks": ["services: {web: {x-kerek: {hooks: ", "}}}"],
  "services.web.x-kerek.drain": ["services: {web: {x-kerek: {drain: ", "}}}"],
  "x-kerek.gates[0]": ["x-kerek: {gates: [", "]}"],
  "services.web.deploy.update_config": ["services: {web: {deploy: {update_config: ", "}}}"],
  "services.web.deploy.rollback_config": ["services: {web: {deploy: {rollback_config: ", "}}}"],
};

Deno.test("malformed update policies are errors that say the place and what is allowed", () => {
  const durations = "is not a duration; write it like 500ms, 10s or 1m30s";
  const shared: [yaml: string, message: string][] = [
    ["{order: first}", '.order: "first" is not one of "start-first", "stop-first"'],
    [
      "{order: start-frist}",
      '.order: "start-frist" is not one of "start-first", "stop-first"; did you mean start-first?',
    ],
    ["{order: null}", '.order: null is not one of "start-first", "stop-first"'],
    ["{parallelism: -1}", ".parallelism: -1 is not a whole number, 0 or more"],
    ["{parallelism: 1.5}", ".parallelism: 1.5 is not a whole number, 0 or more"],
    ["{parallelism: all}", '.parallelism: "all" is not a whole number, 0 or more'],
    ["{delay: soon}", `.delay: "soon" ${durations}`],
    ["{delay: -5s}", `.delay: "-5s" ${durations}`],
    ["{delay: 10}", `.delay: 10 ${durations}`],
    ["{delay: 10 s}", `.delay: "10 s" ${durations}`],
    ["{delay: ''}", `.delay: "" ${durations}`],
    ["{monitor: [1s]}", `.monitor: ["1s"] ${durations}`],
    ["{max_failure_ratio: 2}", ".max_failure_ratio: 2 is not a number from 0 to 1"],
    ["{max_failure_ratio: -0.1}", ".max_failure_ratio: -0.1 is not a number from 0 to 1"],
    ["{max_failure_ratio: 20%}", '.max_failure_ratio: "20%" is not a number from 0 to 1'],
  ];
  assertMessages("services.web.deploy.update_config", [
    ...shared,
    [
      "{failure_action: stop}",
      '.failure_action: "stop" is not one of "pause", "continue", "rollback"',
    ],
  ]);
  assertMessages("services.web.deploy.rollback_config", [
    ...shared,
    ["{failure_action: rollback}", '.failure_action: "rollback" is not one of "pause", "continue"'],
  ]);
});

Deno.test("unknown keys of x-kerek are errors with the nearest name", () => {
  const keys = "drain, gates, file-changes, ignore-warnings, image-changes, hooks";
  const cases = (known: string): [yaml: string, message: string][] => [
    ["{gate: []}", ": unknown key gate; did you mean gates?"],
    ["{gate: [], hook: x}", ": unknown key gate, hook; did you mean gates, hooks?"],
    ["{secrets: []}", `: unknown key secrets; known are ${known}`],
    ["[]", `: [] is not a mapping; its keys can be ${known}`],
    [
      "{ignore-warnings: [orphan]}",
      '.ignore-warnings[0]: "orphan" is not one of ' +
      `${warningNames.map((name) => JSON.stringify(name)).join(", ")}; did you mean orphans?`,
    ],
    ["{image-changes: 1}", ".image-changes: 1 is not true or false"],
    [
      "{gates: {tcp: 80}}",
      '.gates: {"tcp":80} is not a list of gates, such as [{healthcheck: active}]',
    ],
    ["{gates: null}", ".gates: null is not a list of gates, such as [{healthcheck: active}]"],
  ];
  assertMessages("x-kerek", [
    ...cases(`${keys}, history`),
    ["{history: 0}", '.history: 0 is not "off" or a whole number, 1 or more'],
    ["{history: on}", '.history: "on" is not "off" or a whole number, 1 or more'],
  ]);
  assertMessages("services.web.x-kerek", [
    ...cases(keys),
    ["{history: 1}", `: unknown key history; known are ${keys}`],
  ]);
});

Deno.test("a malformed hook is an error with its own place", () => {
  const hook =
    "a hook module, which is a path such as hooks.ts or a mapping with module, options, " +
    "timeout and permissions";
  const path = "it must be a path such as hooks.ts, or kerek:NAME";
  assertMessages("services.web.x-kerek.hooks", [
    ["5", `: 5 is not ${hook}, or a list of such`],
    ["[5]", `[0]: 5 is not ${hook}`],
    ["[a.ts, {options: 1}]", `[1].module: it is missing; ${path}`],
    ["{module: a.ts, timeot: 1s}", ": unknown key timeot; did you mean timeout?"],
    [
      "[{module: a.ts, timeout: 3}]",
      "[0].timeout: 3 is not a duration; write it like 500ms, 10s or 1m30s",
    ],
    [
      "{module: a.ts, permissions: {read: 1}}",
      ".permissions.read: 1 is not true, false or a list",
    ],
  ]);
});

Deno.test("all that is wrong is told at once", () => {
  const yaml = "{name: x, services: {a: {x-kerek: {gate: 1, drain: {wait: x}}}, " +
    "b: {x-kerek: {hooks: [5, {}]}}}}";
  const error = KerekError.from(thrownBy(() => decodeProject(yaml, "")));
  assert.deepEqual(
    [error.message, ...error.details].map((line) => line.split(/: (?!services)/)[0]),
    [
      "Cannot read the Compose files: services.a.x-kerek.drain.wait",
      "services.a.x-kerek",
      "services.b.x-kerek.hooks[0]",
      "services.b.x-kerek.hooks[1].module",
    ],
  );
});

Deno.test("a misspelt kind of gate is told once", () => {
  const yaml = "name: x\nx-kerek: {gates: [{htpp: {}}]}";
  const error = KerekError.from(thrownBy(() => decodeProject(yaml, "")));
  assert.deepEqual([error.message, error.details], [
    "Cannot read the Compose files: x-kerek.gates[0]: unknown key htpp; did you mean http?",
    [],
  ]);
});

function thrownBy(act: () => unknown): unknown {
  try {
    act();
  } catch (error) {
    return error;
  }
}

Deno.test("a malformed drain is an error that says the place and what is allowed", () => {
  assertMessages("services.web.x-kerek.drain", [
    ["2s", ': "2s" is not a mapping; its keys can be settle, mark, dns, wait'],
    ["{sette: 1s}", ": unknown key sette; did you mean settle?"],
    ["{dns: yes please}", '.dns: "yes please" is not true or false'],
    ["{settle: 1}", ".settle: 1 is not a duration; write it like 500ms, 10s or 1m30s"],
    ["{wait: 1 sec}", '.wait: "1 sec" is not a duration; write it like 500ms, 10s or 1m30s'],
    [
      "{mark: []}",
      ".mark: [] is not a command, which is a list of words or one line for the container's shell",
    ],
    [
      "{mark: true}",
      ".mark: true is not a command, which is a list of words or one line for the container's shell",
    ],
  ]);
});

Deno.test("a malformed gate is an error that says the place and what is allowed", () => {
  const command =
    "is not a command, which is a list of words or one line for the container's shell";
  assertMessages("x-kerek.gates[0]", [
    [
      "http",
      ': "http" is not a mapping; its keys can be healthcheck, http, tcp, exec, timeout, interval, successes',
    ],
    ["{}", ": a gate is one of healthcheck, http, tcp, exec"],
    ["{timeout: 1s}", ": a gate is one of healthcheck, http, tcp, exec"],
    ["{htpp: {}}", ": unknown key htpp; did you mean http?"],
    [
      "{tcp: 1, exec: x}",
      ": a gate is of one kind, and this one is tcp and exec; make several of it",
    ],
    ["{healthcheck: passive}", '.healthcheck: "passive" is not "active"'],
    ["{tcp: 0}", ".tcp: 0 is not a port number from 1 to 65535"],
    [
      "{tcp: 80, interval: 3s, successes: 3, timeout: 5s}",
      ": 3 successes 3s apart take longer than its timeout of 5s",
    ],
    ["{tcp: eighty}", '.tcp: "eighty" is not a port number from 1 to 65535'],
    ["{tcp: 65536}", ".tcp: 65536 is not a port number from 1 to 65535"],
    ["{exec: ''}", `.exec: "" ${command}`],
    ["{exec: [1]}", ".exec[0]: 1 is not a word of a command; put it in quotes"],
    ["{exec: 1}", `.exec: 1 ${command}`],
    ["{http: 80}", ".http: 80 is not a mapping; its keys can be path, port, status"],
    ["{http: {}}", ".http.port: it is missing; it must be a port number from 1 to 65535"],
    ["{http: {port: 80, path: ready}}", '.http.path: "ready" is not a path, which begins with /'],
    ["{http: {port: 80, url: /}}", ".http: unknown key url; known are path, port, status"],
    [
      "{http: {port: 80, status: ok}}",
      '.http.status: "ok" is not an HTTP status from 100 to 599, or a list of such',
    ],
    [
      "{http: {port: 80, status: [200, 20]}}",
      ".http.status[1]: 20 is not an HTTP status from 100 to 599",
    ],
    ["{tcp: 80, timout: 1s}", ": unknown key timout; did you mean timeout?"],
    [
      "{tcp: 80, timeout: 1}",
      ".timeout: 1 is not a duration; write it like 500ms, 10s or 1m30s",
    ],
    ["{tcp: 80, successes: 0}", ".successes: 0 is not a whole number, 1 or more"],
  ]);
});
