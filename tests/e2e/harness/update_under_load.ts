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

/** What to update, and under which load. */
export interface UpdateOptions {
  replicas: number;
  /** GETs per second. */
  rate: number;
  /** POSTs per second. */
  postRate: number;
  /** Variables that lead to another engine than Docker's usual one. */
  env?: Record<string, string>;
}

const getKinds = ["get-new", "get-keepalive", "get-slow"] as const;

/** Updates the example's replicas from version A to B while it is under load. */
export async function updateUnderLoad(
  project: Project,
  { replicas, rate, postRate, env }: UpdateOptions,
): Promise<UpdateReport> {
  const greet = await makeGreet(project, replicas);
  const deploy = (version: string) =>
    project.deploy(["--wait"], { env: { ...greet.env(version), ...env } });
  await deploy("A");
  const gets = startLoad({ url: greet.url, rate, kinds: getKinds });
  const posts = startLoad({ url: greet.url, rate: postRate, kinds: ["post"] });
  try {
    await pause(1000);
    const start = performance.now();
    await deploy("B");
    const seconds = Math.round((performance.now() - start) / 100) / 10;
    await pause(1000);
    return { gets: await gets.stop(), posts: await posts.stop(), seconds };
  } finally {
    await Promise.all([gets.stop(), posts.stop()]);
  }
}

const pause = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms));
