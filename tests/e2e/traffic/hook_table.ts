/**
 * What is lost behind each proxy with its hook and without it, by what SIGTERM does to the
 * application: the table in docs/zero-downtime-with-proxies.md.
 *
 *     deno task test:proxies
 *
 * Options: --proxies haproxy,nginx,caddy; --kinds graceful,abrupt; --deploys 10; --rate 150; --replicas 3.
 * Without its hook, a proxy gets a third of the deploys, as something is lost anyway.
 *
 * Needs a Docker engine and the images of scripts/images. Exit codes: 0 HAProxy and nginx lost nothing
 * with their hooks, 1 otherwise.
 */
import { parseArgs } from "node:util";
import { lossText, type Proof, proofText, prove } from "./prove.ts";
import type { Proxy, StageOptions } from "./stage.ts";

const { values } = parseArgs({
  options: {
    proxies: { type: "string", default: "haproxy,nginx,caddy" },
    kinds: { type: "string", default: "graceful,abrupt" },
    deploys: { type: "string", default: "10" },
    rate: { type: "string", default: "150" },
    replicas: { type: "string", default: "3" },
  },
});

let isLost = false;
const rows: string[] = [];
for (const shutdown of values.kinds.split(",") as StageOptions["shutdown"][]) {
  for (const proxy of values.proxies.split(",") as Proxy[]) {
    const deploys = Number(values.deploys);
    const without = await measure(proxy, shutdown, { drain: undefined }, Math.ceil(deploys / 3));
    const hooked = await measure(proxy, shutdown, { hooks: true }, deploys);
    isLost ||= proxy !== "caddy" && hooked.losses.length > 0;
    rows.push(`| ${shutdown} | ${proxy} | ${cell(proxy, without)} | ${cell(proxy, hooked)} |`);
  }
}
console.log("| application | proxy | no hook, no drain | with its hook |");
console.log("| --- | --- | --- | --- |");
console.log(rows.join("\n"));
Deno.exit(isLost ? 1 : 0);

async function measure(
  proxy: Proxy,
  shutdown: StageOptions["shutdown"],
  how: Pick<StageOptions, "drain" | "hooks">,
  deploys: number,
): Promise<Proof> {
  console.error(`${proxy}, ${shutdown}, ${how.hooks ? "with" : "without"} its hook`);
  const proof = await prove({
    proxies: [proxy],
    shutdown,
    deploys,
    count: true,
    rate: Number(values.rate),
    replicas: Number(values.replicas),
    ...how,
  }, (line) => console.error(`  ${line}`));
  proof.losses.forEach((loss) => console.error(`  ${lossText(loss)}`));
  console.error(proofText(proof));
  return proof;
}

/** `lost / sent in n deploys of m s`. */
function cell(proxy: Proxy, { reports, deployMs }: Proof): string {
  const { failed, sent } = reports.get(proxy)!.total;
  const seconds = deployMs.reduce((sum, ms) => sum + ms, 0) / deployMs.length / 1000;
  return `${failed} / ${sent}, ${deployMs.length} deploys of ${seconds.toFixed(1)} s`;
}
