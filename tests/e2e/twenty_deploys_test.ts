/** Many deploys one after the other leave nothing behind; `deno task test:repeat`. */
import assert from "node:assert/strict";
import { deploy } from "../../mod.ts";
import { docker, type Project } from "./harness/project.ts";
import { scenario } from "./harness/scenario.ts";
import { service } from "./harness/service.ts";

const times = 20;
const replicas = 3;

/** Names of what the engine has of a project, besides its containers. */
async function resources({ name }: Project): Promise<string[]> {
  const filter = ["--filter", `label=com.docker.compose.project=${name}`];
  const lists = await Promise.all(
    ["network", "volume"].map((kind) => docker([kind, "ls", "--format", "{{.Name}}", ...filter])),
  );
  return lists.flatMap((text) => text.split("\n")).filter((line) => line).sort();
}

/** Volumes of a service's containers; those without a name have no label that tells whose they are. */
async function volumesOf(project: Project, service: string): Promise<string[]> {
  const ids = (await project.containers(service)).map(({ id }) => id);
  const format = "{{range .Mounts}}{{.Name}}{{end}}";
  return (await docker(["inspect", "--format", format, ...ids])).trim().split("\n");
}

const isAsked = Deno.env.get("KEREK_REPEAT") === "all";

scenario(`after ${times} deploys, all is as after the first`, async (project) => {
  const define = (version: string) =>
    project.define({
      services: {
        db: service({ order: "stop-first" }, {
          environment: { VERSION: version },
          volumes: ["/anonymous"],
        }),
        web: service({ replicas }, {
          environment: { VERSION: version },
          network_mode: undefined,
          networks: ["front"],
          volumes: ["data:/data"],
        }),
      },
      networks: { front: {} },
      volumes: { data: {} },
    });
  const request = {
    compose: { files: [`${project.folder}/compose.yaml`], projectName: project.name },
  };
  await define("0");
  assert.equal((await deploy(request)).outcome, "done");
  const own = await resources(project);
  const anonymous = await volumesOf(project, "db");
  const heap: number[] = [];
  for (let time = 1; time <= times; time++) {
    await define(String(time));
    assert.equal((await deploy(request)).outcome, "done");
    const now = await project.containers();
    assert.deepEqual(
      now.map(({ service, version, status }) => [service, version, status]),
      ["db", ...Array(replicas).fill("web")].map((x) => [x, String(time), "running"]),
    );
    for (const { name, service } of now) {
      const number = new RegExp(`^${project.name}-${service}-(\\d+)$`).exec(name)?.[1];
      assert.ok(Number(number) <= 2 * replicas, `deploy ${time} made a ${name}`);
    }
    anonymous.push(...await volumesOf(project, "db"));
    heap.push(Deno.memoryUsage().heapUsed / 2 ** 20);
    const names = now.map(({ name }) => name.slice(project.name.length + 1)).join(" ");
    console.log(`${time}: ${names}, heap ${heap.at(-1)!.toFixed(1)} MiB`);
  }
  assert.deepEqual(await resources(project), own);
  const still = (await docker(["volume", "ls", "--quiet"])).split("\n");
  assert.deepEqual(anonymous.filter((name) => still.includes(name)), anonymous.slice(-1));
  assert.ok(Math.max(...heap.slice(-5)) < Math.max(...heap.slice(0, 5)) + 10, heap.join(" "));
  assert.equal((await deploy(request)).outcome, "nothing");
  const before = await project.containers();
  await project.compose(["up", "--detach"]);
  assert.deepEqual(await project.containers(), before);
}, isAsked ? {} : { unless: "`deno task test:repeat` runs it" });
