/**
 * Updates the example under load several times in a row and prints what failed.
 *
 *     deno run -A tests/e2e/soak.ts [--times 5] [--replicas 3] [--rate 150] [--post-rate 10]
 *
 * It needs what the end-to-end tests need. Exit codes: 0 no GET failed, 1 otherwise.
 */
import { parseArgs } from "node:util";
import { Project } from "./harness/project.ts";
import { updateUnderLoad } from "./harness/update_under_load.ts";
import { reportText } from "./load.ts";

const { values } = parseArgs({
  options: {
    times: { type: "string", default: "5" },
    replicas: { type: "string", default: "3" },
    rate: { type: "string", default: "150" },
    "post-rate": { type: "string", default: "10" },
  },
});

const row = (...cells: (string | number)[]) =>
  console.log(cells.map((cell) => String(cell).padStart(11)).join(""));

let failed = 0;
row("update", "seconds", "GETs", "failed", "max ms", "POSTs", "failed", "late ms");
for (let time = 1; time <= Number(values.times); time++) {
  const project = await Project.make();
  try {
    const { gets, posts, seconds } = await updateUnderLoad(project, {
      replicas: Number(values.replicas),
      rate: Number(values.rate),
      postRate: Number(values["post-rate"]),
    });
    const { total } = gets;
    row(
      time,
      seconds,
      total.sent,
      total.failed,
      total.maxMs,
      posts.total.sent,
      posts.total.failed,
      gets.lagMs,
    );
    if (total.failed > 0) console.log(reportText(gets));
    failed += total.failed;
  } finally {
    await project.remove();
  }
}
Deno.exit(failed > 0 ? 1 : 0);
