import assert from "node:assert/strict";
import { checkDnsDrain } from "./dns_drain.ts";
import { desired, type Fields } from "./testing/notation.ts";

const drain = { settleMs: 0, dns: true, waitMs: 0 };

/** Why the drain of a service with these fields is off; empty if it is on. */
function reason(fields: Fields, isPodman = false): string {
  const given = desired("X", { drain, replicas: 2, ...fields });
  const { service, findings } = checkDnsDrain(given, isPodman);
  assert.equal(service.drain.dns, findings.length === 0);
  assert.deepEqual({ ...service, drain }, given);
  return findings.map((finding) => {
    assert.equal(finding.severity, "warning");
    assert.equal(finding.path, "services.X.x-kerek.drain.dns");
    return finding.reason.replace("replicas keep their names until they end, as ", "");
  }).join();
}

Deno.test("names are taken away only where that does no harm, or it is said why not", () => {
  const tie = { path: "services.X.ports", reason: "host ports could be other ones afterwards" };
  const cases: [Fields, string][] = [
    [{}, ""],
    [
      { update: { parallelism: 2 } },
      "parallelism is 2, and addresses stay the same only one by one",
    ],
    [
      { update: { parallelism: 0 } },
      "parallelism is 0, and addresses stay the same only one by one",
    ],
    [{ update: { parallelism: 0 }, replicas: 1 }, ""],
    [
      { rollback: { ...desired("X").rollback, parallelism: 0 } },
      "rollback_config.parallelism is 0, and addresses stay the same only one by one",
    ],
    [{ networks: undefined }, "the service has no network in which it has names"],
    [
      { networkTies: [tie] },
      "there is services.X.ports, and host ports could be other ones afterwards",
    ],
    [
      { containerName: "x" },
      "only Compose itself can replace what has a container_name",
    ],
  ];
  for (const [fields, expected] of cases) assert.equal(reason(fields), expected);
  assert.equal(reason({}, true), "Podman gives out addresses in another way");
});

Deno.test("a service that asks for nothing is as it was", () => {
  const service = desired("X");
  assert.deepEqual(checkDnsDrain(service, true), { service, findings: [] });
});
