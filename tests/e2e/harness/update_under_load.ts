import { type LoadReport, startLoad } from "../load.ts";
import { makeGreet } from "./greet.ts";
import type { Project } from "./project.ts";

/** What came of an update under load. */
export interface UpdateReport {
  /** New connections, kept ones, and answers that take 500 ms. */
  gets: LoadReport;
  /** Apart, as no proxy sends a POST again that met a connection on its way out. */
  posts: LoadReport;
  /** How long the deploy took. */
  seconds: number;
}

const getKinds = ["get-new", "get-keepalive", "get-slow"] as const;

/** Updates the example's replicas from version A to B while it is under load. */
export async function updateUnderLoad(
  project: Project,
  { replicas, rate, postRate }: { replicas: number; rate: number; postRate: number },
): Promise<UpdateReport> {
  const greet = await makeGreet(project, replicas);
  await project.deploy(["--wait"], { env: greet.env("A") });
  const gets = startLoad({ url: greet.url, rate, kinds: getKinds });
  const posts = startLoad({ url: greet.url, rate: postRate, kinds: ["post"] });
  try {
    await pause(1000);
    const start = performance.now();
    await project.deploy(["--wait"], { env: greet.env("B") });
    const seconds = Math.round((performance.now() - start) / 100) / 10;
    await pause(1000);
    return { gets: await gets.stop(), posts: await posts.stop(), seconds };
  } finally {
    await Promise.all([gets.stop(), posts.stop()]);
  }
}

const pause = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms));
