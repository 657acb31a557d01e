/**
 * Acceptance: an update loses no request behind the example of each proxy, drained as it says.
 * The short form of proof.ts.
 */
import assert from "node:assert/strict";
import { scenario } from "../harness/scenario.ts";
import { lossText, proofText, prove } from "./prove.ts";
import { images, proxies, type Proxy } from "./stage.ts";

for (const example of Object.keys(proxies) as Proxy[]) {
  scenario(`an update of examples/${example} under load loses no request`, async () => {
    const proof = await prove({ example, deploys: 1, rate: 60 });
    assert.deepEqual(proof.losses.map(lossText), [], proofText(proof));
    const { total, versions } = proof.reports.get(example)!;
    assert.ok(total.sent > 200, `${total.sent} requests`);
    assert.ok(versions.A > 0 && versions.B > 0, JSON.stringify(versions));
  }, { images });
}
