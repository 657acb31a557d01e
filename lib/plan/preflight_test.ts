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
  const known = { services, actual: parseActual(actual) };
  const missing = new Set(isImageMissing ? ["X-image"] : []);
  return preflight(diff(services, known.actual, options), missing, known, planOptions(options));
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
    ["Xa1", "Xa0+-", { fields }, ["warning services.X.deploy.replicas"]],
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
    ["Xa1", "Xa0+-", given({ pull: "never" }), ["warning services.X.deploy.replicas"]],
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
    const services = [withFields(service, fields)];
    const changes = diff(services, actual, options);
    return preflight(changes, new Set(), { services, actual }, planOptions(options));
  };
  const names = actual.map(({ name }) => name).join(", ");
  assert.deepEqual(of({}), [{
    severity: "warning",
    path: "services.X.volumes",
    reason: `what is at /data, /log of ${names} is in volumes without a name, which new replicas ` +
      "do not get",
    remedy: "Give what should stay a named volume, or use order stop-first, which copies it; " +
      "--renew-anon-volumes says that it may go.",
  }]);
  assert.deepEqual(of({ renewAnonVolumes: true }), []);
  assert.deepEqual(of({}, parseDesired("Xb2-+")[0]), []);
});

Deno.test("too few host ports are an error, and maybe too few a warning", () => {
  const ranges = (size: number): Given => ({
    fields: {
      portRanges: [{ path: "services.X.ports[0]", published: `8000-${7999 + size}`, size }],
    },
  });
  const tooFew = ["error services.X.ports[0]"];
  const maybe = ["warning services.X.ports[0]"];
  check([
    ["Xa1 Xa2", "Xb2+-", ranges(2), maybe],
    ["Xa1 Xa2", "Xb3+-", ranges(2), tooFew],
    ["Xa1 Xa2", "Xb2+-", ranges(3), []],
    ["Xa1 Xa2", "Xb2-+", ranges(2), []],
    ["Xa1. Xa2.", "Xb2+-", ranges(2), []],
    ["", "Xb3-+", ranges(2), tooFew],
    ["Xb1 Xb2", "Xb2+-", ranges(2), []],
  ]);
});

Deno.test("a start-first update on the host's network is warned of", () => {
  const fields = { onHostNetwork: true };
  check([
    ["Xa1", "Xb1+-", { fields }, ["warning services.X.network_mode"]],
    ["Xa1", "Xb1-+", { fields }, []],
    ["Xa1.", "Xb1+-", { fields }, []],
    ["Xb1", "Xb1+-", { fields }, []],
  ]);
});

Deno.test("stopping all replicas of a service is warned of, once", () => {
  check([
    ["Xa1", "Xa0+-", {}, ["warning services.X.deploy.replicas"]],
    ["Xa1.", "Xa0+-", {}, []],
    ["", "Xa0+-", {}, []],
  ]);
});

Deno.test("a dependency that does not serve and is left alone is warned of", () => {
  const of = (actual: string, wanted: string, fields: Fields, isDependencyConsidered = false) => {
    const services = parseDesired(wanted)
      .map((x) => withFields(x, x.name === "X" ? { dependsOn: ["Y"] } : fields));
    const known = { services, actual: parseActual(actual) };
    const considered = services.filter(({ name }) => name === "X" || isDependencyConsidered);
    const relevant = known.actual.filter((x) => considered.some(({ name }) => name === x.service));
    return preflight(diff(considered, relevant, {}), new Set(), known, planOptions())
      .map(({ severity, path }) => `${severity} ${path}`);
  };
  const warned = ["warning services.X.depends_on.Y"];
  assert.deepEqual(of("Xa1 Ya1!", "Xb1+- Ya1+-", {}), warned);
  assert.deepEqual(of("Xa1", "Xb1+- Ya1+-", {}), warned);
  assert.deepEqual(of("Xa1 Ya1", "Xb1+- Ya1+-", {}), []);
  assert.deepEqual(of("Xa1 Ya1! Ya2", "Xb1+- Ya2+-", {}), []);
  assert.deepEqual(of("Xa1 Ya1.", "Xb1+- Ya1+-", { isJob: true }), []);
  assert.deepEqual(of("Xa1", "Xb1+- Ya0+-", {}), []);
  assert.deepEqual(of("Xb1 Ya1!", "Xb1+- Ya1+-", {}), []);
  assert.deepEqual(of("Xa1 Ya1!", "Xb1+- Ya1+-", {}, true), []);
});
