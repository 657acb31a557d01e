/** The history of deploys on a real engine, and rollbacks to its entries. */
import assert from "node:assert/strict";
import { ExitCode } from "../../lib/errors.ts";
import { type Container, docker, type Project } from "./harness/project.ts";
import { busybox, scenario } from "./harness/scenario.ts";
import { service } from "./harness/service.ts";

const version = (name: string) => ({ env: { VERSION: name } });

/** Makes a new image under an old name; the result is its id. */
async function build(image: string, name: string): Promise<string> {
  const container = (await docker(["create", busybox, "true"])).trim();
  try {
    return (await docker(["commit", "--change", `LABEL version=${name}`, container, image])).trim();
  } finally {
    await docker(["rm", container]);
  }
}

const imageOf = async ({ id }: Container) =>
  (await docker(["inspect", "--format", "{{.Image}}", id])).trim();

const idsOf = (containers: Container[]) => containers.map(({ id }) => id);

/** What `kerek history --format json` tells, as far as it matters here. */
interface Shown {
  number: number;
  outcome: string;
  rollbackTo: number | null;
  changed: string[];
  files: unknown[];
  services: { image: string; imageId: string; isImageGone: boolean }[];
}

async function historyOf(project: Project): Promise<Shown[]> {
  const { code, stdout, stderr } = await project.kerek(["history", "--format", "json"]);
  assert.equal(code, 0, stderr);
  return JSON.parse(stdout).entries;
}

/** That the replicas of web are of this version and image. */
async function assertWeb(project: Project, name: string, image: string) {
  const web = await project.containers("web");
  assert.deepEqual(web.map(({ version, status }) => [version, status]), [
    [name, "running"],
    [name, "running"],
  ]);
  assert.deepEqual(await Promise.all(web.map(imageOf)), [image, image]);
}

const hook = `export default { postSwap: (ctx) => ctx.log("swapped", ctx.service) };\n`;

scenario(
  "A, B and C under one moving tag: a rollback restores B, if B is there",
  async (project) => {
    const image = `${project.name}-image:latest`;
    project.images.push(image);
    await project.write("hook.ts", hook);
    await project.define({
      services: {
        db: service({ order: "stop-first" }, { environment: {} }),
        web: service({ replicas: 2 }, { image }),
      },
      "x-kerek": { hooks: ["./hook.ts"] },
    });
    const images: Record<string, string> = {};
    for (const name of ["A", "B", "C"]) {
      images[name] = await build(image, name);
      await project.deploy([], version(name));
    }
    const [db] = await project.containers("db");
    await assertWeb(project, "C", images.C);

    const shown = await project.kerek(["rollback", "--dry-run"]);
    assert.equal(shown.code, 0, shown.stderr);
    assert.match(shown.stdout, /^Would create 2 replicas of web \(config hash /);
    await assertWeb(project, "C", images.C);

    // Neither Compose files nor the project's folder are needed.
    const rollback = (...args: string[]) =>
      project.kerek(["rollback", "-p", project.name, ...args], { cwd: "/" });
    const back = await rollback();
    assert.equal(back.code, 0, back.stderr);
    assert.match(back.stderr, /^Going back to 2 \(.*\)\n/);
    assert.match(back.stderr, /^ {2}\| \.\/hook\.ts: swapped web$/m);
    await assertWeb(project, "B", images.B);
    assert.deepEqual(idsOf(await project.containers("db")), [db.id]);

    const entries = await historyOf(project);
    assert.deepEqual(
      entries.map(({ number, outcome, rollbackTo, changed, files }) => [
        ...[number, outcome, rollbackTo, changed.join(), files.length],
      ]),
      [
        [1, "done", null, "db,web", 1],
        [2, "done", null, "web", 1],
        [3, "done", null, "web", 1],
        [4, "done", 2, "web", 1],
      ],
    );
    const [, web] = entries[3].services;
    assert.deepEqual([web.image, web.imageId, web.isImageGone], [image, images.B, false]);
    const { stdout } = await project.kerek(["history"]);
    assert.match(stdout, /^4 .* done +back to 2: web [0-9a-f]{7} \(\S+:latest [0-9a-f]{12}\)$/m);

    // The files have not changed, so a deploy would go forward again, and says so.
    const forward = await project.kerek(["deploy", "--dry-run"], version("C"));
    assert.match(forward.stdout, /^Would create 2 replicas of web \(config hash \w+ → \w+\)\n/);
    const { stdout: status } = await project.kerek(["status"], version("C"));
    assert.match(status, /^web: 2 of 2 serving, a deploy would change it/m);

    // Once back at C, whose image has the name, all is as if B had never come.
    assert.equal((await rollback()).code, 0);
    await assertWeb(project, "C", images.C);
    const before = idsOf(await project.containers());
    assert.match((await project.deploy([], version("C"))).stderr, /^Nothing to do: /);
    await project.compose(["up", "--detach"], version("C"));
    assert.deepEqual(idsOf(await project.containers()), before);

    await docker(["image", "rm", "--force", images.B]);
    const events = await project.eventsOf(async () => {
      const { code, stderr } = await rollback("--to", "2");
      assert.equal(code, ExitCode.untouched, stderr);
      assert.match(
        stderr,
        /^Cannot roll back to 2: the image of web is gone \(\S+:latest, sha256:\w+\)\nhint: /,
      );
    });
    assert.deepEqual(events, []);
    assert.deepEqual(idsOf(await project.containers()), before);
    assert.equal((await historyOf(project)).length, 5);
  },
);

scenario(
  "what a failed deploy left is put right, and what never moved keeps its hash",
  async (project) => {
    const files = (name: string, others: Record<string, unknown> = {}) =>
      project.define({
        services: {
          app: service({}, {
            configs: [{ source: "greeting", target: "/greeting" }],
            depends_on: ["db"],
            environment: { VERSION: name, PRICE: "5$$" },
            secrets: ["token"],
            ...others,
          }),
          db: service({ order: "stop-first" }),
        },
        configs: { greeting: { content: `hello $$ ${name}` } },
        secrets: { token: { environment: "TOKEN" } },
      });
    const env = { TOKEN: "hush" };
    await files("A");
    await project.deploy([], { env });
    const [first] = await project.containers("app");
    await files("B");
    await project.deploy(["app"], { env });
    await files("C", { command: ["sh", "-c", "exit 7"] });
    assert.equal((await project.kerek(["deploy"], { env })).code, ExitCode.restored);

    // B runs, so that there is nothing to put right; A has to be named.
    const good = await project.kerek(["rollback"], { env });
    assert.match(good.stderr, /^Going back to 2 .*\nNothing to do: /);
    const failed = await project.kerek(["rollback", "--to", "3"], { env });
    assert.equal(failed.code, ExitCode.untouched);
    assert.match(failed.stderr, /deploy 3 did not go well \(restored\)/);
    const { code, stderr } = await project.kerek(["rollback", "app", "--to", "1"], { env });
    assert.equal(code, 0, stderr);
    for (const container of await project.containers("app")) {
      assert.deepEqual([container.version, container.hash], ["A", first.hash]);
      assert.equal(await project.exec(container, "cat", "/greeting"), "hello $ A");
      assert.equal(await project.exec(container, "cat", "/run/secrets/token"), "hush");
      assert.equal(await project.exec(container, "sh", "-c", "echo $PRICE"), "5$\n");
    }
    await files("A");
    assert.match((await project.deploy([], { env })).stderr, /^Nothing to do: /);
    assert.deepEqual(
      (await historyOf(project)).map(({ outcome }) => outcome),
      ["done", "done", "restored", "done"],
    );
  },
);
