/**
 * Updates the example under load several times in a row and prints what failed.
 *
 *     deno run -A tests/e2e/soak.ts [--times 5] [--replicas 3] [--rate 150] [--post-rate 10]
 *       [--engine docker|podman]
 *
 * It needs what the end-to-end tests need. Exit codes: 0 no GET failed, 1 otherwise.
 */
import { parseArgs } from "node:util";
import { greetImages } from "./harness/greet.ts";
import { whyNoPodmanWith, withPodman } from "./harness/podman_scenario.ts";
import { Project } from "./harness/project.ts";
import { type UpdateReport, updateUnderLoad } from "./harness/update_under_load.ts";
import { reportText } from "./load.ts";

const { values } = parseArgs({
  options: {
    times: { type: "string", default: "5" },
    replicas: { type: "string", default: "3" },
    rate: { type: "string", default: "150" },
    "post-rate": { type: "string", default: "10" },
    engine: { type: "string", default: "docker" },
  },
});

const row = (...cells: (string | number)[]) =>
  console.log(cells.map((cell) => String(cell).padStart(11)).join(""));

const options = {
  replicas: Number(values.replicas),
  rate: Number(values.rate),
  postRate: Number(values["post-rate"]),
};

const update = values.engine === "podman" ? updateAtPodman : updateAtDocker;
const reason = values.engine === "podman" ? await whyNoPodmanWith(greetImages) : undefined;
if (reason) throw new Error(`Cannot use Podman: ${reason}`);

let failed = 0;
row("update", "seconds", "GETs", "failed", "max ms", "POSTs", "failed", "late ms");
for (let time = 1; time <= Number(values.times); time++) {
  const { gets, posts, seconds } = await update();
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
}
Deno.exit(failed > 0 ? 1 : 0);

async function updateAtDocker(): Promise<UpdateReport> {
  const project = await Project.make();
  try {
    return await updateUnderLoad(project, options);
  } finally {
    await project.remove();
  }
}

/** Each time in a store of its own. */
async function updateAtPodman(): Promise<UpdateReport> {
  return await withPodman(
    ({ project, env }) => updateUnderLoad(project, { ...options, env }),
    { images: greetImages },
  );
}
