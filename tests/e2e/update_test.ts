/** Acceptance: an update of three replicas behind a proxy under load fails no GET. */
import assert from "node:assert/strict";
import { greetImages } from "./harness/greet.ts";
import { scenario } from "./harness/scenario.ts";
import { updateUnderLoad } from "./harness/update_under_load.ts";
import { reportText } from "./load.ts";

scenario("an update of three replicas behind a proxy fails no request", async (project) => {
  const { gets, posts, seconds } = await updateUnderLoad(project, {
    replicas: 3,
    rate: 150,
    postRate: 10,
  });
  console.log(`updated in ${seconds} s\n${reportText(gets)}\n${reportText(posts)}`);
  assert.equal(gets.total.failed, 0, reportText(gets));
  assert.ok(gets.total.ok >= 500);
  assert.deepEqual(Object.keys(gets.versions).sort(), ["A", "B"]);
  const replicas = await project.containers("greet");
  assert.deepEqual(
    replicas.map(({ version, health }) => [version, health]),
    Array(3).fill(["B", "healthy"]),
  );
}, { images: greetImages });
