import assert from "node:assert/strict";
import { decodeContainers } from "./decode_containers.ts";

const fixture = (name: string) =>
  Deno.readTextFileSync(new URL(`./testing/fixtures/${name}`, import.meta.url));

/** A container in a line: name, status, health, exit code, restarts, and what else matters. */
function summary(container: ReturnType<typeof decodeContainers>[number]): string {
  const { replica, state, healthOutput } = container;
  const { status, health, exitCode, restarts, startedAt, restartable, healthcheck, error } = state;
  assert.equal(replica.status, status);
  assert.equal(replica.health, health);
  return [
    `${replica.name} ${replica.service}#${replica.number}`,
    status,
    health,
    `exit ${exitCode}`,
    restarts > 0 && `restarts ${restarts > 1 ? "many" : restarts}`,
    startedAt === undefined && "never started",
    restartable && "restartable",
    healthcheck && Object.values(healthcheck).join("/"),
    healthOutput && JSON.stringify(healthOutput),
    error && "error",
  ].filter((part) => part).join(", ");
}

Deno.test("containers are what Docker says of them, those of no service aside", () => {
  assert.deepEqual(decodeContainers(fixture("docker_20.10.json")).map(summary), [
    "shop-created-1 created#1, created, exit 0, never started",
    "shop-done-1 done#1, exited, exit 0",
    "shop-failed-1 failed#1, exited, exit 7",
    "shop-loop-1 loop#1, restarting, exit 3, restarts many, restartable",
    "shop-noprogram-1 noprogram#1, created, exit 127, never started, error",
    "shop-plain-1 plain#1, paused, exit 0",
    'shop-sick-1 sick#1, running, unhealthy, exit 0, 200/2000/100/2, "I am ill"',
    "shop-web-1 web#1, running, healthy, exit 0, 300/30000/0/3",
  ]);
});

Deno.test("containers are what Podman says of them", () => {
  assert.deepEqual(decodeContainers(fixture("podman_4.3.json")).map(summary), [
    'web-1 web#1, running, healthy, exit 0, 1000/30000/0/3, "hi"',
    "web-2 web#2, running, exit 0",
    "web-3 web#3, exited, exit 5",
    "web-4 web#0, created, exit 0, never started",
  ]);
});

Deno.test("a replica has its project, its id, and the config hash it was made from", () => {
  const [{ project, replica }] = decodeContainers(fixture("podman_4.3.json"));
  assert.deepEqual([project, replica.revision], ["shop", "aaaa"]);
  assert.match(replica.id, /^[0-9a-f]{64}$/);
});

/** A container that is like any other but for this. */
function container({ state = {}, labels = {}, config = {}, host = {} }): string {
  const own = { "com.docker.compose.project": "p", "com.docker.compose.service": "s", ...labels };
  return JSON.stringify([{
    Id: "id",
    Name: "/p-s-1",
    State: { Status: "running", ...state },
    Config: { Labels: own, ...config },
    HostConfig: host,
  }]);
}

Deno.test("every state of Docker's and Podman's containers has a meaning", () => {
  const cases: [status: string, meaning: string][] = [
    ...["created", "running", "paused", "restarting", "removing", "exited", "dead"]
      .map((status): [string, string] => [status, status]),
    ["configured", "created"],
    ["initialized", "created"],
    ["stopped", "exited"],
    ["stopping", "running"],
    ["unknown", "dead"],
  ];
  for (const [status, meaning] of cases) {
    const [{ state }] = decodeContainers(container({ state: { Status: status } }));
    assert.equal(state.status, meaning, status);
  }
});

Deno.test("what an engine leaves out or leaves empty has its default", () => {
  const [{ replica, state }] = decodeContainers(container({}));
  assert.deepEqual([replica.number, replica.revision], [1, ""]);
  assert.deepEqual(state, {
    status: "running",
    health: undefined,
    exitCode: 0,
    restarts: 0,
    startedAt: undefined,
    restartable: false,
    healthcheck: undefined,
    error: "",
  });
  for (const health of [{ Status: "" }, { Status: "none" }, null]) {
    const [{ state }] = decodeContainers(container({ state: { Health: health } }));
    assert.equal(state.health, undefined);
  }
  const [{ state: older }] = decodeContainers(
    container({ state: { Healthcheck: { Status: "starting" } } }),
  );
  assert.equal(older.health, "starting");
  for (const Healthcheck of [{ Test: ["NONE"] }, { Test: [] }, { Test: null }, {}, null]) {
    const [{ state }] = decodeContainers(container({ config: { Healthcheck } }));
    assert.equal(state.healthcheck, undefined);
  }
  const [{ state: checked }] = decodeContainers(
    container({ config: { Healthcheck: { Test: ["CMD", "x"], Interval: 0, Retries: 0 } } }),
  );
  assert.deepEqual(checked.healthcheck, {
    intervalMs: 30_000,
    timeoutMs: 30_000,
    startPeriodMs: 0,
    retries: 3,
  });
});

Deno.test("restart policies other than no restart a container", () => {
  for (const name of ["always", "unless-stopped", "on-failure", "no", ""]) {
    const [{ state }] = decodeContainers(container({ host: { RestartPolicy: { Name: name } } }));
    assert.equal(state.restartable, name !== "no" && name !== "", name);
  }
});

Deno.test("what cannot be understood is an error that names its path", () => {
  const cases: [json: string, message: RegExp][] = [
    ["", /^Cannot read the engine's containers: it is not JSON$/],
    ["{}", /^Cannot read the engine's containers: .*array/],
    ["[{}]", /^Cannot read the engine's containers: \[0\]\.Id: .*string/],
    [
      container({ state: { Status: "odd" } }),
      /^Cannot read the engine's containers: \[0\]\.State\.Status: .*"created"/,
    ],
  ];
  for (const [json, message] of cases) {
    assert.throws(() => decodeContainers(json), { name: "KerekError", message }, json);
  }
});
