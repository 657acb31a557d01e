/** Acceptance: a bad new version leaves the old replicas serving, says why, and leaves no trace. */
import assert from "node:assert/strict";
import { ExitCode } from "../../lib/errors.ts";
import type { Project } from "./harness/project.ts";
import { scenario } from "./harness/scenario.ts";
import { service, type ServiceOptions } from "./harness/service.ts";

interface BadVersion {
  name: string;
  /** What is to be shown of its last lines or of the reason. */
  shows: RegExp;
  exitCode: number;
  make(options: ServiceOptions): Record<string, unknown>;
  /** Whether it is one only with a healthcheck. */
  needsCheck?: boolean;
}

const ending = (code: number) => `echo out; echo "Lost the database" >&2; exit ${code}`;

const badVersions: BadVersion[] = [
  {
    name: "that ends at once with code 1",
    shows: /ended with exit code 1\n(.*\n)*.*Lost the database/,
    exitCode: ExitCode.restored,
    make: (options) => service({ ...options, script: ending(1) }),
  },
  {
    name: "that ends at once with code 0",
    shows: /ended with exit code 0\n(.*\n)*.*Lost the database/,
    exitCode: ExitCode.restored,
    make: (options) => service({ ...options, script: ending(0) }),
  },
  {
    name: "that ends again and again",
    shows: /(keeps ending, last|it ended) with exit code 7(,.*)?\n(.*\n)*.*Lost the database/,
    exitCode: ExitCode.restored,
    make: (options) => service({ ...options, script: ending(7) }, { restart: "always" }),
  },
  {
    name: "that never gets healthy",
    shows: /unhealthy\n(.*\n)*.*Waiting for the moon/,
    exitCode: ExitCode.restored,
    make: (options) =>
      service({
        ...options,
        script: "trap 'exit 0' TERM; echo Waiting for the moon; sleep 1000 & wait",
      }),
    needsCheck: true,
  },
  {
    name: "whose image does not exist",
    shows: /kerek-test\/absent:1|images of web/,
    exitCode: ExitCode.untouched,
    make: (options) => service(options, { image: "localhost:1/kerek-test/absent:1" }),
  },
  {
    name: "whose image does not exist and must not be pulled",
    shows: /image kerek-test\/absent:1 is not there/,
    exitCode: ExitCode.untouched,
    make: (options) => service(options, { image: "kerek-test/absent:1", pull_policy: "never" }),
  },
  {
    name: "that cannot be started",
    shows: /no\/such\/program/,
    exitCode: ExitCode.restored,
    make: (options) => service(options, { entrypoint: ["/no/such/program"] }),
  },
];

for (const order of ["start-first", "stop-first"] as const) {
  for (const isChecked of [true, false]) {
    const kind = `${order} ${isChecked ? "with" : "without"} a healthcheck`;
    scenario(
      `bad versions of a service ${kind} leave the old replicas serving`,
      async (project, t) => {
        const options: ServiceOptions = { order, isChecked, replicas: 2 };
        await project.define({ services: { web: service(options) } });
        await project.deploy();
        const old = await project.containers();
        assert.equal(old.length, 2);
        for (const bad of badVersions.filter(({ needsCheck }) => isChecked || !needsCheck)) {
          await t.step(`one ${bad.name}`, async () => {
            await project.define({ services: { web: bad.make(options) } });
            await failsAndKeeps(project, bad, old);
          });
        }
        await t.step("then a good one is deployed", async () => {
          await project.define({ services: { web: service(options) } });
          await project.deploy([], { env: { VERSION: "B" } });
          const now = await project.containers();
          assert.deepEqual(now.map(({ version, status }) => [version, status]), [
            ["B", "running"],
            ["B", "running"],
          ]);
          assert.ok(now.every(({ health }) => health === (isChecked ? "healthy" : undefined)));
        });
      },
    );
  }
}

async function failsAndKeeps(
  project: Project,
  bad: BadVersion,
  old: Awaited<ReturnType<Project["containers"]>>,
): Promise<void> {
  const { code, stdout, stderr } = await project.kerek(["deploy"]);
  assert.equal(code, bad.exitCode, stderr);
  assert.match(stderr, bad.shows);
  assert.equal(stdout, "");
  assert.deepEqual(await project.containers(), old, stderr);
}
