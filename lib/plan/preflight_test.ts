import assert from "node:assert/strict";
import { diff } from "./diff.ts";
import type { PlanOptions } from "./model.ts";
import { preflight } from "./preflight.ts";
import {
  type Fields,
  parseActual,
  parseDesired,
  planOptions,
  withFields,
} from "./testing/notation.ts";

interface Given extends Partial<PlanOptions> {
  fields?: Fields;
  isImageMissing?: boolean;
}

function findings(actual: string, wanted: string, given: Given = {}) {
  const { fields, isImageMissing, ...options } = given;
  const services = parseDesired(wanted).map((x) => withFields(x, fields));
  const missing = new Set(isImageMissing ? ["X-image"] : []);
  return preflight(diff(services, parseActual(actual), options), missing, planOptions(options));
}

/** Findings as `error services.X.image`. */
function found(...given: Parameters<typeof findings>): string[] {
  return findings(...given).map(({ severity, path }) => `${severity} ${path}`);
}

type Case = [actual: string, desired: string, given: Given, found: string[]];

function check(cases: Case[]) {
  for (const [actual, wanted, given, expected] of cases) {
    const label = `${actual} → ${wanted} ${JSON.stringify(given)}`;
    assert.deepEqual(found(actual, wanted, given), expected, label);
  }
}

Deno.test("nothing speaks against an ordinary update", () => {
  check([
    ["Xa1", "Xb1+-", {}, []],
    ["Xa1", "Xb1-+", {}, []],
    ["Xb1", "Xb1+-", { isImageMissing: true }, []],
  ]);
});

Deno.test("what only one running container can hold rules start-first out", () => {
  const fields = {
    exclusiveClaims: [
      { path: "services.X.ports[0]", what: "host port 8080" },
      { path: "services.X.networks.n.ipv4_address", what: "address 10.0.0.2" },
    ],
  };
  const both = ["error services.X.ports[0]", "error services.X.networks.n.ipv4_address"];
  check([
    ["Xa1", "Xb1+-", { fields }, both],
    ["Xa1!", "Xb1+-", { fields }, both],
    ["Xa1. Xa2", "Xb1+-", { fields }, both],
    ["Xa1", "Xb1-+", { fields }, []],
    ["Xa1.", "Xb1+-", { fields }, []],
    ["", "Xb1+-", { fields }, []],
    ["Xb1", "Xb1+-", { fields }, []],
    ["Xa1", "Xa0+-", { fields }, []],
  ]);
  const [{ reason, remedy }] = findings("Xa1", "Xb1+-", { fields });
  assert.equal(
    reason,
    "with order start-first, old and new container would both need host port 8080",
  );
  assert.equal(
    remedy,
    "Let a reverse proxy hold it, or set services.X.deploy.update_config.order to stop-first.",
  );
});

Deno.test("a container_name rules start-first out", () => {
  const fields = { containerName: "x" };
  check([
    ["Xa1", "Xb1+-", { fields }, ["error services.X.container_name"]],
    ["Xa1", "Xb1-+", { fields }, []],
    ["Xa1.", "Xb1+-", { fields }, []],
  ]);
});

Deno.test("a start-first update without a healthcheck is warned of", () => {
  const fields = { hasHealthcheck: false };
  const withoutHealth = "Xa1|"; // Nothing shows that the image has a healthcheck.
  check([
    [withoutHealth, "Xb1+-", { fields }, ["warning services.X.healthcheck"]],
    [withoutHealth, "Xb1-+", { fields }, []],
    ["Xa1", "Xb1+-", { fields }, []],
  ]);
});

Deno.test("an image that is not there and that nothing may bring is an error", () => {
  const given = (others: Given): Given => ({ isImageMissing: true, ...others });
  const buildable = { buildable: true };
  check([
    ["Xa1", "Xb1+-", given({}), []],
    ["Xa1", "Xb1+-", given({ pull: "never" }), ["error services.X.image"]],
    ["Xb1", "Xb1+-", given({ pull: "never" }), []],
    ["Xa1", "Xb1+-", { pull: "never" }, []],
    ["", "Xb1+-", given({ fields: { pullPolicy: "never" } }), ["error services.X.pull_policy"]],
    ["", "Xb1+-", given({ fields: { pullPolicy: "never" }, pull: "always" }), []],
    ["Xa1", "Xb1+-", given({ fields: buildable }), []],
    ["Xa1", "Xb1+-", given({ fields: buildable, pull: "never" }), []],
    ["Xa1", "Xb1+-", given({ fields: buildable, noBuild: true }), ["error services.X.build"]],
    ["Xa1", "Xa0+-", given({ pull: "never" }), []],
    ["Ya1", "", given({ pull: "never", removeOrphans: true }), []],
  ]);
});

Deno.test("data in volumes without a name is not left behind in silence", () => {
  const [service] = parseDesired("Xb2+-");
  const actual = parseActual("Xa1 Xa2").map((replica) => ({
    ...replica,
    anonymousVolumes: ["/data", "/log"],
  }));
  const of = (options: Partial<PlanOptions>, fields: Fields = {}) => {
    const changes = diff([withFields(service, fields)], actual, options);
    return preflight(changes, new Set(), planOptions(options));
  };
  const names = actual.map(({ name }) => name).join(", ");
  assert.deepEqual(of({}), [{
    severity: "warning",
    path: "services.X.volumes",
    reason: `what is at /data, /log of ${names} is in volumes without a name, which new replicas ` +
      "do not get",
    remedy: "Give what should stay a named volume; --renew-anon-volumes says that this may go.",
  }]);
  assert.deepEqual(of({ renewAnonVolumes: true }), []);
});
