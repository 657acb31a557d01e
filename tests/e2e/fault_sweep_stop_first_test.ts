/** A stop-first deploy that is cut off at whatever step leaves nothing that the next one cannot end. */
import { sweep, sweepAll } from "./harness/fault_sweep.ts";
import { scenario } from "./harness/scenario.ts";

const order = "stop-first";

scenario(`SIGKILL at step boundaries of a ${order} deploy`, async (project) => {
  await sweep(project, { order, signal: "SIGKILL" });
});

for (const signal of ["SIGINT", "SIGTERM"] as const) {
  scenario(`${signal} at each step boundary of a ${order} deploy`, async (project) => {
    await sweep(project, { order, signal });
  }, sweepAll);
}

scenario(`SIGKILL at each, with old replicas kept for a rollback, ${order}`, async (project) => {
  await sweep(project, { order, signal: "SIGKILL", failureAction: "rollback" });
}, sweepAll);

scenario(`SIGKILL at each, with replicas hidden from DNS, ${order}`, async (project) => {
  await sweep(project, { order, signal: "SIGKILL", dns: true });
}, sweepAll);

scenario(`SIGINT at each, with replicas hidden from DNS, ${order}`, async (project) => {
  await sweep(project, { order, signal: "SIGINT", dns: true });
}, sweepAll);
