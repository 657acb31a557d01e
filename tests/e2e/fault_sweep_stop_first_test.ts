/** A stop-first deploy that is cut off at whatever step leaves nothing that the next one cannot end. */
import { sweep } from "./harness/fault_sweep.ts";
import { scenario } from "./harness/scenario.ts";

for (const signal of ["SIGKILL", "SIGINT", "SIGTERM"] as const) {
  scenario(`${signal} at each step boundary of a stop-first deploy`, async (project) => {
    await sweep(project, { order: "stop-first", signal });
  });
}

scenario(
  "SIGKILL at each step boundary, with old replicas kept for a rollback",
  async (project) => {
    await sweep(project, { order: "stop-first", signal: "SIGKILL", failureAction: "rollback" });
  },
);
