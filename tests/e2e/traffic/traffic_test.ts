/**
 * Acceptance: an update loses no request behind the example of each proxy, drained as it says.
 * The short form of proof.ts.
 */
import assert from "node:assert/strict";
import { scenario } from "../harness/scenario.ts";
import { type Kind, kinds } from "../load.ts";
import { lossText, proofText, prove } from "./prove.ts";
import { images, proxies, type Proxy } from "./stage.ts";

/** On a busy machine, Caddy loses a POST now and then; docs/zero-downtime-with-proxies.md has why. */
const lossless: Record<Proxy, readonly Kind[]> = {
  caddy: ["get-new", "get-keepalive", "get-slow"],
  nginx: kinds,
  haproxy: kinds,
};

for (const example of Object.keys(proxies) as Proxy[]) {
  const own = lossless[example];
  const what = own === kinds ? "request" : "GET";
  scenario(`an update of examples/${example} under load loses no ${what}`, async () => {
    const proof = await prove({ example, deploys: 1, rate: 60, kinds: own });
    assert.deepEqual(proof.losses.map(lossText), [], proofText(proof));
    const { total, versions } = proof.reports.get(example)!;
    assert.ok(total.sent > 200, `${total.sent} requests`);
    assert.ok(versions.A > 0 && versions.B > 0, JSON.stringify(versions));
  }, { images });
}
