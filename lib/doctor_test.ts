import assert from "node:assert/strict";
import { diagnose, type DoctorPorts } from "./doctor.ts";
import type { Output } from "./engine/spawn.ts";
import { KerekError } from "./errors.ts";
import type { EngineOptions } from "./options.ts";
import { doctorLines, doctorValue } from "./ui/doctor.ts";

type Answers = Record<string, Partial<Output> | Error>;

/** Programs of a machine on which all is well. */
const healthy: Answers = {
  "docker --version": { stdout: "Docker version 27.1.0, build x\n" },
  "docker version": { stdout: "27.1.0 1.46\n" },
  "docker compose version": { stdout: "2.29.1\n" },
  "docker deploy": { stdout: "kerek 1.2.3\n" },
  "docker compose config": { stdout: "web\napi\n" },
  "ssh": {},
};

const self = { version: "1.2.3", deno: "2.9.6", isStandalone: true, denied: [] as string[] };

/** The findings where some programs answer otherwise; each in a line. */
async function findings(answers: Answers, engine: Partial<EngineOptions> = {}, me = self) {
  const all: [string, Answers[string]][] = Object.entries({ ...healthy, ...answers });
  const ports: DoctorPorts = {
    spawner: {
      read: (argv) => {
        const line = argv.join(" ").replace(/ --host \S+/, "");
        // The longest start of the line that is known.
        const [, answer] = all.filter(([start]) => line.startsWith(start))
          .toSorted(([a], [b]) => b.length - a.length)[0] ?? [];
        if (answer instanceof Error) return Promise.reject(answer);
        return Promise.resolve({ code: answer ? 0 : 127, stdout: "", stderr: "", ...answer });
      },
    },
    surroundings: {
      env: () => undefined,
      fileExists: () => false,
      composePlugin: () => undefined,
      contextHost: () => Promise.resolve("ssh://there"),
      currentContext: () => undefined,
    },
    self: me,
  };
  const compose = { envFiles: [], files: [], profiles: [] };
  return await diagnose({ engine: { containerEngine: "docker", ...engine }, compose }, ports);
}

const lines = async (...args: Parameters<typeof findings>) => doctorLines(await findings(...args));

Deno.test("where all is well, a line each says what there is", async () => {
  assert.deepEqual(await lines({}), [
    "kerek    ok       kerek 1.2.3",
    "client   ok       Docker version 27.1.0, build x",
    "engine   ok       Docker Engine 27.1.0 (API 1.46)",
    "compose  ok       Docker Compose 2.29.1",
    "plugin   ok       `docker deploy` is linked",
    "project  ok       2 services",
  ]);
  const over = await lines({}, { host: "ssh://u@there" });
  assert.equal(over[2], "ssh      ok       ssh://u@there can be reached");
});

Deno.test("each thing that is wrong has a remedy, and a deploy that cannot begin fails", async () => {
  const denied = "permission denied while trying to connect to the Docker daemon socket at " +
    "unix:///var/run/docker.sock: Get x";
  const cases: [answers: Answers, status: string, text: RegExp, remedy: RegExp][] = [
    [
      { "docker --version": new KerekError("Cannot run docker: x") },
      "failed",
      /docker cannot/,
      /apt/,
    ],
    [{ "docker version": { code: 1, stderr: denied } }, "failed", /^permission denied at/, /group/],
    [{ "docker version": { code: 1, stderr: "oh" } }, "failed", /^oh$/, /systemctl start docker/],
    [{ "docker version": { stdout: "19.3.1 1.40" } }, "warning", /19\.3\.1/, /before 20\.10/],
    [{ "docker compose version": { code: 1, stderr: "x" } }, "failed", /^x$/, /apt install/],
    [{ "docker compose version": { stdout: "1.29.2\n" } }, "failed", /1\.29\.2/, /version 2/],
    [{ "docker compose version": { stdout: "v2.20.0\n" } }, "warning", /2\.20\.0/, /before 2\.26/],
    [{ "docker deploy": { stdout: "kerek 1.0.0\n" } }, "warning", /kerek 1\.0\.0/, /^Link this/],
    [
      { "docker compose config": { code: 1, stderr: "services.web.image must be a string" } },
      "failed",
      /must be a string/,
      /Mend/,
    ],
  ];
  for (const [answers, status, text, remedy] of cases) {
    const wrong = (await findings(answers)).filter((finding) => finding.status !== "ok");
    assert.equal(wrong.length, 1, JSON.stringify(wrong));
    assert.equal(wrong[0].status, status);
    assert.match(wrong[0].text, text);
    assert.match(wrong[0].remedy!, remedy);
    assert.equal(doctorValue(wrong).ok, status !== "failed");
  }
});

Deno.test("what a deploy can do without is no failure", async () => {
  const answers = {
    "docker deploy": { code: 1, stderr: "docker: 'deploy' is not a docker command." },
    "docker compose config": { code: 14, stderr: "no configuration file provided: not found" },
  };
  const found = await findings(answers);
  assert.deepEqual(found.filter(({ status }) => status !== "ok"), []);
  const me = { ...self, isStandalone: false, deno: "2.3.1" };
  assert.match((await lines({}, {}, me))[1], /remedy: Update Deno to 2\.4 or later/);
  assert.match((await lines({}, {}, { ...self, denied: ["write"] }))[1], /--allow-write/);
});

Deno.test("a host behind SSH that cannot be reached is told with the command to try", async () => {
  const found = await lines(
    { ssh: { code: 255, stderr: "ssh: Could not resolve hostname there\n" } },
    { host: "ssh://u@there:22" },
  );
  assert.deepEqual(found.slice(2, 4), [
    "ssh      FAILED   ssh://u@there:22 cannot be reached: ssh: Could not resolve hostname there",
    "                  remedy: See that this works without being asked anything: " +
    "ssh -o BatchMode=yes -p 22 -- u@there true",
  ]);
});

Deno.test("a Podman without a socket is the engine's failure", async () => {
  const found = await findings({}, { containerEngine: "podman" });
  assert.deepEqual(found.map(({ about, status }) => `${about} ${status}`), [
    "kerek ok",
    "engine failed",
  ]);
});
