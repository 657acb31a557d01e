/** Acceptance: old replicas in whatever state do not keep a good version from being deployed. */
import assert from "node:assert/strict";
import { type Container, docker, type Project } from "./harness/project.ts";
import { scenario } from "./harness/scenario.ts";
import { serve, service, type ServiceOptions } from "./harness/service.ts";

const orders = ["start-first", "stop-first"] as const;

/** Ways to bring a service of two replicas into a bad state. */
const states: {
  name: string;
  options?: ServiceOptions;
  spoil(all: Container[]): Promise<unknown>;
}[] = [
  {
    name: "unhealthy",
    spoil: async (all) => {
      for (const { id } of all) await docker(["exec", id, "rm", "/tmp/ok"]);
      await Promise.all(all.map(({ id }) => until(id, "{{.State.Health.Status}}", "unhealthy")));
    },
  },
  { name: "exited", spoil: (all) => docker(["stop", ...all.map(({ id }) => id)]) },
  { name: "killed", spoil: ([first]) => docker(["kill", first.id]) },
  { name: "paused", spoil: ([, second]) => docker(["pause", second.id]) },
  {
    name: "exited without a healthcheck",
    options: { isChecked: false },
    spoil: ([first]) => docker(["stop", first.id]),
  },
];

for (const order of orders) {
  for (const { name, options, spoil } of states) {
    scenario(`a good version replaces replicas that are ${name}, ${order}`, async (project) => {
      await project.define({ services: { web: service({ order, replicas: 2, ...options }) } });
      await project.compose(["up", "--detach", "--wait"]);
      await spoil(await project.containers());
      await deploysB(project, 2);
    });
  }

  scenario(`a good version replaces what keeps ending, ${order}`, async (project) => {
    const bad = service({ order, script: "exit 3" }, { restart: "always" });
    await project.define({ services: { web: bad } });
    await project.compose(["up", "--detach"]);
    await project.define({ services: { web: service({ order }) } });
    await deploysB(project, 1);
  });

  scenario(
    `containers that were created but never started are no obstacle, ${order}`,
    async (project) => {
      await project.define({ services: { web: service({ order, replicas: 2 }) } });
      await project.compose(["up", "--detach", "--wait"]);
      // As an interrupted deploy of another version would leave them.
      const stray = ["up", "--no-start", "--no-recreate", "--scale", "web=4"];
      await project.compose(stray, { env: { VERSION: "X" } });
      await deploysB(project, 2);
      await project.compose([...stray.slice(0, -1), "web=3"], { env: { VERSION: "C" } });
      const fresh = (await project.containers()).find(({ version }) => version === "C")!;
      await project.deploy([], { env: { VERSION: "C" } });
      const now = await project.containers();
      assert.deepEqual(now.map(({ version }) => version), ["C", "C"]);
      assert.ok(now.some(({ id }) => id === fresh.id), "one that is up to date is used");
    },
  );
}

scenario("names stay low, also where a deploy was cut off before it gave them", async (project) => {
  await project.define({ services: { web: service({ replicas: 2 }) } });
  for (const VERSION of ["A", "B", "C"]) await project.deploy([], { env: { VERSION } });
  // As Compose creates them, before kerek comes to rename them.
  const created = ["up", "--no-start", "--no-recreate", "--scale", "web=4", "--", "web"];
  await project.compose(created, { env: { VERSION: "D" } });
  const numbers = async () =>
    (await project.containers()).map(({ name }) => name.split("-").at(-1));
  assert.deepEqual(await numbers(), ["1", "2", "7", "8"]);
  await project.deploy([], { env: { VERSION: "D" } });
  assert.deepEqual(await numbers(), ["3", "4"]);
});

scenario("replicas of the wanted version that ended are started again", async (project) => {
  await project.define({ services: { web: service({ replicas: 2 }) } });
  await project.deploy();
  const before = await project.containers();
  await docker(["stop", before[0].id]);
  await project.deploy();
  assert.deepEqual(await project.containers(), before);
});

scenario("a paused replica of the wanted version stays as it is", async (project) => {
  const model = (replicas: number) => ({ services: { web: service({ replicas }) } });
  await project.define(model(2));
  await project.deploy();
  const before = await project.containers();
  await docker(["pause", before[0].id]);
  await project.deploy();
  await project.define(model(3));
  await project.deploy();
  const now = await project.containers();
  assert.deepEqual(now.slice(0, 2).map(({ id }) => id), before.map(({ id }) => id));
  assert.deepEqual(now.map(({ status }) => status), ["paused", "running", "running"]);
});

scenario(
  "after a swap that failed halfway, what was swapped stays and the rest is kept",
  async (project) => {
    // Only one container at a time can take the place, and the first one keeps it.
    const once = `mkdir /shared/$VERSION || { echo "Place is taken"; exit 1; }; ${serve}`;
    const web = service({ replicas: 2, script: once }, { volumes: ["shared:/shared"] });
    await project.define({
      services: { web: service({ replicas: 2 }), worker: service({ isChecked: false }) },
      volumes: { shared: {} },
    });
    await project.deploy();
    const before = await project.containers();
    await project.define({ services: { web, worker: service() }, volumes: { shared: {} } });
    const { code, stderr } = await project.kerek(["deploy"], { env: { VERSION: "B" } });
    assert.equal(code, 4, stderr);
    assert.match(stderr, /Place is taken/);
    const now = await project.containers();
    assert.deepEqual(
      now.map(({ service, version, status }) => [service, version, status]),
      [["web", "A", "running"], ["web", "B", "running"], ["worker", "A", "running"]],
    );
    assert.equal(now.filter(({ id }) => before.some((old) => old.id === id)).length, 2);
    await project.define({ services: { web: service({ replicas: 2 }) } });
    await deploysB(project, 2, "web");
  },
);

scenario("a first deploy that fails leaves no container behind", async (project) => {
  await project.define({ services: { web: service({ replicas: 2, script: "echo No; exit 1" }) } });
  const { code, stderr } = await project.kerek(["deploy"]);
  assert.equal(code, 4, stderr);
  assert.match(stderr, /\| No\n/);
  assert.deepEqual(await project.containers(), []);
});

scenario("a scaling up that fails leaves what was there", async (project) => {
  const model = (replicas: number) => ({
    // The third one finds no place.
    services: {
      web: service({
        replicas,
        script: `mkdir /shared/1 || mkdir /shared/2 || { echo Full; exit 1; }; ${serve}`,
      }, { volumes: ["shared:/shared"] }),
    },
    volumes: { shared: {} },
  });
  await project.define(model(2));
  await project.deploy();
  const before = await project.containers();
  await project.define(model(4));
  const { code, stderr } = await project.kerek(["deploy"]);
  assert.equal(code, 4, stderr);
  assert.match(stderr, /\| Full\n/);
  assert.deepEqual(await project.containers(), before);
});

async function deploysB(project: Project, replicas: number, service?: string): Promise<void> {
  const { stderr } = await project.deploy([], { env: { VERSION: "B" } });
  const now = await project.containers(service);
  assert.deepEqual(now.map(({ version }) => version), Array(replicas).fill("B"), stderr);
  assert.ok(
    now.every(({ status, health }) => status === "running" && (health ?? "healthy") === "healthy"),
  );
}

async function until(id: string, format: string, wanted: string): Promise<void> {
  while ((await docker(["inspect", "--format", format, id])).trim() !== wanted) {
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
}
