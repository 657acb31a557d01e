/** Acceptance: an update of three replicas behind a proxy under load fails no GET. */
import assert from "node:assert/strict";
import { greetImages } from "./harness/greet.ts";
import { podmanScenario } from "./harness/podman_scenario.ts";
import type { Project } from "./harness/project.ts";
import { scenario } from "./harness/scenario.ts";
import { updateUnderLoad } from "./harness/update_under_load.ts";
import { reportText } from "./load.ts";

scenario("an update of three replicas behind a proxy fails no request", async (project) => {
  await provesNoLoss(project);
  const replicas = await project.containers("greet");
  assert.deepEqual(
    replicas.map(({ version, health }) => [version, health]),
    Array(3).fill(["B", "healthy"]),
  );
}, { images: greetImages });

await podmanScenario(
  "an update of three replicas at Podman fails no request",
  ({ project, env }) => provesNoLoss(project, env),
  { images: greetImages },
);

async function provesNoLoss(project: Project, env?: Record<string, string>): Promise<void> {
  const options = { replicas: 3, rate: 150, postRate: 10, env };
  const { gets, posts, seconds } = await updateUnderLoad(project, options);
  console.log(`updated in ${seconds} s\n${reportText(gets)}\n${reportText(posts)}`);
  assert.equal(gets.total.failed, 0, reportText(gets));
  assert.ok(gets.total.ok >= 500);
  assert.deepEqual(Object.keys(gets.versions).sort(), ["A", "B"]);
}
