/**
 * What is lost behind each proxy with its hook and without it, by what SIGTERM does to the
 * application: the table in docs/zero-downtime-with-proxies.md.
 *
 *     deno task test:proxies
 *
 * Options: --proxies haproxy,nginx,nginx-once,caddy; --kinds graceful,abrupt; --deploys 10; --rate 150; --replicas 3.
 * Without its hook, a proxy gets a third of the deploys, as something is lost anyway.
 *
 * `nginx-once` is nginx with nginx_once.conf in place of the example's configuration.
 *
 * Needs a Docker engine and the images of scripts/images. Exit codes: 0 nothing was lost with a hook
 * where the proxy makes that possible (haproxy, nginx-once), 1 otherwise.
 */
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";
import { lossText, type Proof, proofText, prove } from "./prove.ts";
import type { Proxy, StageOptions } from "./stage.ts";

const { values } = parseArgs({
  options: {
    proxies: { type: "string", default: "haproxy,nginx,nginx-once,caddy" },
    kinds: { type: "string", default: "graceful,abrupt" },
    deploys: { type: "string", default: "10" },
    rate: { type: "string", default: "150" },
    replicas: { type: "string", default: "3" },
  },
});

/** Where nothing has to be lost. */
const possible = ["haproxy", "nginx-once"];
const nginxOnce = fileURLToPath(new URL("nginx_once.conf", import.meta.url));

let isLost = false;
const rows: string[] = [];
for (const shutdown of values.kinds.split(",") as StageOptions["shutdown"][]) {
  for (const name of values.proxies.split(",")) {
    const deploys = Number(values.deploys);
    const without = await measure(name, { shutdown, drain: undefined }, Math.ceil(deploys / 3));
    const hooked = await measure(name, { shutdown, hooks: true }, deploys);
    isLost ||= possible.includes(name) && hooked.losses.length > 0;
    rows.push(`| ${shutdown} | ${name} | ${cell(without)} | ${cell(hooked)} |`);
  }
}
console.log("| application | proxy | no hook, no drain | with its hook |");
console.log("| --- | --- | --- | --- |");
console.log(rows.join("\n"));
Deno.exit(isLost ? 1 : 0);

async function measure(
  name: string,
  how: Pick<StageOptions, "shutdown" | "drain" | "hooks">,
  deploys: number,
): Promise<Proof> {
  console.error(`${name}, ${how.shutdown}, ${how.hooks ? "with" : "without"} its hook`);
  const proxy = name.replace("-once", "") as Proxy;
  const proof = await prove({
    proxies: [proxy],
    configs: name === "nginx-once" ? { nginx: nginxOnce } : {},
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
function cell({ reports, deployMs }: Proof): string {
  const [{ total: { failed, sent } }] = reports.values();
  const seconds = deployMs.reduce((sum, ms) => sum + ms, 0) / deployMs.length / 1000;
  return `${failed} / ${sent}, ${deployMs.length} deploys of ${seconds.toFixed(1)} s`;
}
