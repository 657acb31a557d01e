/**
 * The proof that a deploy loses no request: deploys an application again and again behind Caddy,
 * nginx and HAProxy, which are under load all at once, and fails with the first lost request.
 *
 *     deno run -A tests/e2e/traffic/proof.ts
 *
 * Options:
 *   --deploys 10           0 shows whether the load itself loses any
 *   --quiet-s 1            seconds of load before, between and after the deploys
 *   --replicas 3
 *   --rate 120             requests per second at each proxy, of all kinds together
 *   --proxies caddy,…      default: all three
 *   --kinds get-new,…      default: all
 *   --shutdown graceful    what SIGTERM does to the application: also abrupt, lame-duck
 *   --ready-after-ms 0     a slow start
 *   --drain recommended    or `off`, or x-kerek.drain as JSON
 *   --hooks                the hook of each proxy instead of a drain
 *   --config nginx=FILE    a configuration in place of the example's; may be repeated
 *   --count                goes on after a lost request and counts them all
 *   --replays              also counts POSTs that the application began twice
 *   --json                 prints the result as JSON
 *
 * Needs a Docker engine and the images of scripts/images. KEREK_COMMAND is the kerek to deploy
 * with; default: the checkout's. Exit codes: 0 none was lost, 1 some were, 2 it could not be tried.
 */
import { parseArgs } from "node:util";
import { type Kind, kinds } from "../load.ts";
import { lossText, proofText, prove } from "./prove.ts";
import { type Drain, proxies, type Proxy, recommended, type StageOptions } from "./stage.ts";

async function main(args: string[]): Promise<number> {
  const { values } = parseArgs({
    args,
    options: {
      deploys: { type: "string", default: "10" },
      "quiet-s": { type: "string", default: "1" },
      replicas: { type: "string", default: "3" },
      rate: { type: "string", default: "120" },
      proxies: { type: "string", default: Object.keys(proxies).join() },
      kinds: { type: "string", default: kinds.join() },
      shutdown: { type: "string", default: "graceful" },
      "ready-after-ms": { type: "string", default: "0" },
      drain: { type: "string", default: "recommended" },
      hooks: { type: "boolean", default: false },
      config: { type: "string", multiple: true, default: [] },
      count: { type: "boolean", default: false },
      replays: { type: "boolean", default: false },
      json: { type: "boolean", default: false },
    },
  });
  const proof = await prove({
    deploys: Number(values.deploys),
    quietS: Number(values["quiet-s"]),
    replicas: Number(values.replicas),
    rate: Number(values.rate),
    proxies: values.proxies.split(",").map(readProxy),
    kinds: values.kinds.split(",") as Kind[],
    shutdown: values.shutdown as StageOptions["shutdown"],
    readyAfterMs: Number(values["ready-after-ms"]),
    ...(values.hooks ? { hooks: true } : { drain: readDrain(values.drain) }),
    configs: Object.fromEntries(values.config.map((text) => text.split("=", 2))),
    count: values.count,
    notesPosts: values.replays,
  }, (line) => console.error(line));

  proof.losses.forEach((loss) => console.error(lossText(loss)));
  console.log(
    values.json
      ? JSON.stringify({ ...proof, reports: Object.fromEntries(proof.reports) }, null, 2)
      : proofText(proof),
  );
  return proof.losses.length > 0 ? 1 : 0;
}

function readProxy(text: string): Proxy {
  if (!Object.hasOwn(proxies, text)) throw new Error(`Cannot read proxy ${text}: not known`);
  return text as Proxy;
}

function readDrain(text: string): Drain | undefined {
  if (text === "off") return undefined;
  return text === "recommended" ? recommended : JSON.parse(text);
}

if (import.meta.main) {
  try {
    Deno.exit(await main(Deno.args));
  } catch (error) {
    console.error(error);
    Deno.exit(2);
  }
}
