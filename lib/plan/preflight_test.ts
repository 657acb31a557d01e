import assert from "node:assert/strict";
import { diff } from "./diff.ts";
import { type Finding, findingText, type WarningName, warningNames } from "./finding.ts";
import type { PlanOptions, Replica } from "./model.ts";
import type { External, HeldPort, NetworkMake, VolumeMake } from "./resources.ts";
import { type Known, preflight } from "./preflight.ts";
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

Deno.test("what only one running container can hold rules a start-first rollback out", () => {
  const fields = {
    exclusiveClaims: [{ path: "services.X.ports[0]", what: "host port 8080" }],
    rollback: parseDesired("Xb1+-")[0].rollback,
  };
  const update = { failureAction: "rollback" as const };
  const found = ["error services.X.deploy.rollback_config.order"];
  check([
    ["Xa1", "Xb1-+", { fields: { ...fields, update } }, found],
    ["Xa1", "Xb1-+", { fields }, []],
    ["Xb1", "Xb1-+", { fields: { ...fields, update } }, []],
    ["", "Xb1-+", { fields: { ...fields, update } }, []],
    ["Xa1", "Xb1+-", { fields: { ...fields, update } }, ["error services.X.ports[0]"]],
  ]);
});

Deno.test("what Compose itself replaces goes without gates and drain, which is said", () => {
  const containerName = "x";
  const gates = [{ probe: { kind: "tcp" as const, port: 80 }, timeoutMs: 1, successes: 1 }];
  const drain = { settleMs: 0, waitMs: 0, dns: true };
  const found = ["warning services.X.container_name"];
  check([
    ["Xa1", "Xb1-+", { fields: { containerName } }, []],
    ["Xa1", "Xb1-+", { fields: { containerName, gates } }, found],
    ["Xa1", "Xb1-+", { fields: { containerName, drain } }, found],
    ["Xb1", "Xb1-+", { fields: { containerName, gates } }, []],
    ["Xa1", "Xb1-+", { fields: { gates, drain } }, []],
  ]);
});

Deno.test("an image that is not there and that nothing may bring is an error", () => {
  const given = (others: Given): Given => ({ isImageMissing: true, ...others });
  const buildable = { buildable: true };
  check([
    ["Xa1", "Xb1+-", given({}), ["note services.X.image"]],
    ["Xa1", "Xb1+-", given({ pull: "never" }), ["error services.X.image"]],
    ["Xb1", "Xb1+-", given({ pull: "never" }), []],
    ["Xa1", "Xb1+-", { pull: "never" }, []],
    ["", "Xb1+-", given({ fields: { pullPolicy: "never" } }), ["error services.X.pull_policy"]],
    ["", "Xb1+-", given({ fields: { pullPolicy: "never" }, pull: "always" }), [
      "note services.X.image",
    ]],
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
    name: "anonymous-volumes",
    path: "services.X.volumes",
    reason: `what is at /data, /log of ${names} is in volumes without a name, which new replicas ` +
      "do not get",
    remedy: "Give what should stay a named volume, or use order stop-first, which copies it; " +
      "--renew-anon-volumes says that it may go.",
  }]);
  assert.deepEqual(of({ renewAnonVolumes: true }), []);
  assert.deepEqual(of({}, parseDesired("Xb2-+")[0]), []);
});

/** Containers that hold a host port of 8000, 8001, … each. */
const holding = (actual: string) =>
  parseActual(actual).map((replica, i): Replica => ({
    ...replica,
    hostPorts: [heldPort(8000 + i, replica)],
  }));

const heldPort = (port: number, { id, name } = { id: "y", name: "other-y-1" }): HeldPort => ({
  id,
  name,
  port,
  hostIp: "0.0.0.0",
  protocol: "tcp",
});

Deno.test("too few host ports are an error, and maybe too few a warning", () => {
  type Case = [
    actual: Replica[],
    wanted: string,
    size: number,
    others: number[],
    found: Finding["severity"][],
  ];
  const cases: Case[] = [
    // As many as it takes, but for those that overlap.
    [holding("Xa1 Xa2"), "Xb2+-", 4, [], []],
    [holding("Xa1 Xa2"), "Xb2+-", 3, [], ["warning"]],
    [holding("Xa1 Xa2"), "Xb2+-", 2, [], ["error"]],
    [holding("Xa1"), "Xb1+-", 2, [], []],
    [holding("Xa1 Xa2"), "Xb2-+", 2, [], []],
    // What the old ones hold is not known.
    [parseActual("Xa1 Xa2"), "Xb2+-", 2, [], ["warning"]],
    // Less than there are replicas.
    [parseActual("Xa1 Xa2"), "Xb3+-", 2, [], ["error"]],
    [[], "Xb3-+", 2, [], ["error"]],
    [[], "Xb2-+", 1, [], ["error"]],
    [parseActual("Xa1. Xa2."), "Xb2+-", 2, [], []],
    [parseActual("Xb1 Xb2"), "Xb2+-", 2, [], []],
    // Others hold some of them.
    [holding("Xa1 Xa2"), "Xb2-+", 3, [8002], []],
    [holding("Xa1 Xa2"), "Xb2-+", 3, [8001, 8002], ["error"]],
    [holding("Xa1 Xa2"), "Xb2+-", 4, [8003], ["warning"]],
    [holding("Xa1 Xa2"), "Xb2+-", 4, [8003, 8003, 9000], ["warning"]],
    [[], "Xb1-+", 1, [8000], ["error"]],
  ];
  for (const [actual, wanted, size, others, expected] of cases) {
    const range = { path: "services.X.ports[0]", published: "8000-…", first: 8000, size };
    const services = parseDesired(wanted).map((x) => withFields(x, { portRanges: [range] }));
    const heldPorts = [
      ...actual.flatMap(({ hostPorts }) => hostPorts ?? []),
      ...others.map((port) => heldPort(port)),
    ];
    const found = preflight(
      diff(services, actual, {}),
      new Set(),
      { services, actual, heldPorts },
      planOptions(),
    );
    const label = `${actual.length} → ${wanted} of ${size}, others ${others}`;
    assert.deepEqual(found.map(({ severity }) => severity), expected, label);
    if (others.length > 0 && size === 1) assert.match(found[0].reason, /, which other-y-1 holds$/);
  }
});

Deno.test("a host port that a renamed service holds is to be freed by hand", () => {
  const range = { path: "services.X.ports[0]", published: "8000", first: 8000, size: 1 };
  const services = parseDesired("Xb1-+").map((x) => withFields(x, { portRanges: [range] }));
  const [orphan] = parseActual("Ya1");
  const heldPorts = [{ ...heldPort(8000), id: orphan.id, name: orphan.name }];
  const known = { services, actual: [orphan], heldPorts };
  const [{ reason, remedy }] = preflight(diff(services, [], {}), new Set(), known, planOptions());
  assert.match(reason, /, which test-Y-1 holds$/);
  assert.match(
    remedy,
    /^The files define no service of test-Y-1 any more: `docker stop test-Y-1` /,
  );
});

Deno.test("a host port at another address or of another protocol is another one", () => {
  const of = (hostIp: string | undefined, protocol: string | undefined) => {
    const range = {
      path: "services.X.ports[0]",
      published: "8000",
      first: 8000,
      size: 1,
      hostIp,
      protocol,
    };
    const services = parseDesired("Xb1-+").map((x) => withFields(x, { portRanges: [range] }));
    const heldPorts = [{ ...heldPort(8000), hostIp: "127.0.0.1" }];
    const known = { services, actual: [], heldPorts };
    return preflight(diff(services, [], {}), new Set(), known, planOptions()).length;
  };
  assert.deepEqual(
    [of(undefined, undefined), of("127.0.0.1", "tcp"), of("127.0.0.2", "tcp"), of("::", "udp")],
    [1, 1, 0, 0],
  );
});

Deno.test("a single replica that is replaced start-first has a rival at its volumes", () => {
  const writableVolumes = [{ path: "services.X.volumes[0]", name: "data" }];
  const warned = ["warning services.X.volumes[0]"];
  check([
    ["Xa1", "Xb1+-", { fields: { writableVolumes } }, warned],
    ["Xa1", "Xb1-+", { fields: { writableVolumes } }, []],
    ["Xa1 Xa2", "Xb2+-", { fields: { writableVolumes } }, []],
    ["", "Xb1+-", { fields: { writableVolumes } }, []],
    ["Xa1", "Xb1+-", { fields: { writableVolumes, ignoredWarnings: ["two-writers"] } }, []],
    ["Xa1", "Xb1+-", { fields: { writableVolumes, ignoredWarnings: ["host-ports"] } }, warned],
  ]);
});

Deno.test("a warning can be silenced, an error cannot", () => {
  const fields: Fields = {
    hasHealthcheck: false,
    containerName: "x",
    ignoredWarnings: [...warningNames],
  };
  check([["Xa1|", "Xb1+-", { fields }, ["error services.X.container_name"]]]);
});

Deno.test("an engine that is too old is an error, and one that could do better a note", () => {
  const path = "services.X.healthcheck.start_interval";
  const of = (engineVersion: string | undefined, fields: Fields) => {
    const services = parseDesired("Xb1-+").map((x) => withFields(x, fields));
    const known = { services, actual: [], engineVersion };
    return preflight(diff(services, [], {}), new Set(), known, planOptions())
      .map(({ severity, path }) => `${severity} ${path}`);
  };
  const needy = { engineNeeds: [{ path, version: "25" }] };
  assert.deepEqual(of("24.0", needy), [`error ${path}`]);
  assert.deepEqual(of("25.0", needy), []);
  assert.deepEqual(of(undefined, needy), []);
  const ignored = { engineNeeds: [{ path, version: "28.1", isLeftOut: true }] };
  assert.deepEqual(of("28.0", ignored), [`warning ${path}`]);
  assert.deepEqual(of("28.1", ignored), []);
  assert.deepEqual(of("24.0", { healthIntervalMs: 30_000 }), []);
  assert.deepEqual(of("25.0", { healthIntervalMs: 30_000 }), ["note services.X.healthcheck"]);
  assert.deepEqual(of("25.0", { healthIntervalMs: 1_000 }), []);
  const gates = [{
    probe: { kind: "healthcheck" as const },
    timeoutMs: 1,
    intervalMs: 1,
    successes: 1,
  }];
  assert.deepEqual(of("25.0", { healthIntervalMs: 30_000, gates }), []);
});

Deno.test("an active healthcheck gate without a healthcheck is an error", () => {
  const probe = { kind: "healthcheck" as const };
  const gates = [{ probe, timeoutMs: 1, successes: 1 }];
  const of = (fields: Fields, uncheckedImages?: Set<string>) => {
    const services = parseDesired("Xb1+-").map((x) => withFields(x, { gates, ...fields }));
    const known = { services, actual: [], uncheckedImages };
    return preflight(diff(services, [], {}), new Set(), known, planOptions())
      .filter(({ severity }) => severity === "error").map(({ path }) => path);
  };
  const path = "services.X.x-kerek.gates";
  const image = parseDesired("Xb1+-")[0].image;
  assert.deepEqual(of({ hasHealthcheck: false }, new Set([image])), [path]);
  assert.deepEqual(of({ hasHealthcheck: false, turnsHealthcheckOff: true }), [path]);
  assert.deepEqual(of({ hasHealthcheck: false }, new Set(["other"])), []);
  assert.deepEqual(of({ hasHealthcheck: false }), []);
  assert.deepEqual(of({ hasHealthcheck: true }, new Set([image])), []);
  assert.deepEqual(of({ hasHealthcheck: false, gates: [] }, new Set([image])), []);
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

/** Findings beside what is known, as `error networks.n`. */
function foundBeside(
  known: Partial<Known>,
  actual: string,
  wanted: string,
  fields: Fields | ((name: string) => Fields),
): string[] {
  const services = parseDesired(wanted)
    .map((x) => withFields(x, typeof fields === "function" ? fields(x.name) : fields));
  const all = { services, actual: parseActual(actual), ...known };
  return preflight(diff(services, all.actual, {}), new Set(), all, planOptions())
    .map(({ severity, path }) => `${severity} ${path}`);
}

Deno.test("an external network or volume that is not there is an error, once", () => {
  const externals: External[] = [
    { kind: "network", path: "networks.n", name: "front" },
    { kind: "volume", path: "volumes.v", name: "data" },
  ];
  const make = { name: "data", driver: "local", options: {}, labels: {} };
  const gone = { missingNetworks: new Set(["front"]), presentVolumes: [] };
  const both = ["error networks.n", "error volumes.v"];
  const of = (known: Partial<Known>, actual: string, wanted: string) =>
    foundBeside(known, actual, wanted, { externals });
  assert.deepEqual(of(gone, "", "Xa1-+"), both);
  assert.deepEqual(of(gone, "Xa1 Yb1", "Xb1-+ Ya1-+"), both);
  assert.deepEqual(of(gone, "Xa1", "Xa1-+"), []);
  assert.deepEqual(of({}, "", "Xa1-+"), []);
  const there = { missingNetworks: new Set<string>(), presentVolumes: [make] };
  assert.deepEqual(of(there, "", "Xa1-+"), []);
});

Deno.test("a volume that is there otherwise than defined is warned of, with what differs", () => {
  const wanted: VolumeMake = {
    name: "p_v",
    driver: "",
    options: { o: "size=2m" },
    labels: { a: "1" },
  };
  const volumes = [{ ...wanted, path: "volumes.v" }];
  const of = (make: Partial<VolumeMake>, ignoredWarnings: WarningName[] = []) => {
    const services = parseDesired("Xb1-+").map((x) => withFields(x, { volumes, ignoredWarnings }));
    const presentVolumes = [{ ...wanted, driver: "local", ...make }];
    const known = { services, actual: parseActual("Xa1"), presentVolumes };
    return preflight(diff(services, known.actual, {}), new Set(), known, planOptions())
      .map(findingText).join();
  };
  assert.equal(of({}), "");
  assert.equal(
    of({ options: { type: "nfs", o: "secret" }, labels: {} }),
    "volumes.v: volume p_v is there with another driver_opts.o, driver_opts.type, labels.a, and " +
      "stays so, as volumes cannot be changed. Give the new definition another name and bring " +
      "the data over, or define it as it is. [volume-definition]",
  );
  assert.match(of({ driver: "other:latest" }), /with another driver, and/);
  assert.equal(of({ labels: {} }, ["volume-definition"]), "");
  assert.equal(of({ name: "p_w", labels: {} }), "");
});

Deno.test("a network that is there otherwise than defined is warned of", () => {
  const wanted: NetworkMake = {
    name: "p_n",
    driver: "",
    options: { mtu: "1400" },
    labels: { a: "1" },
    isInternal: false,
    subnets: ["10.0.0.0/24"],
  };
  const networkDefinitions = [{ ...wanted, path: "networks.n" }];
  const of = (make: Partial<NetworkMake>) => {
    const services = parseDesired("Xb1-+").map((x) => withFields(x, { networkDefinitions }));
    const present = { ...wanted, driver: "bridge", options: { mtu: "1400", own: "x" }, ...make };
    const known = { services, actual: parseActual("Xa1"), presentNetworks: [present] };
    return preflight(diff(services, known.actual, {}), new Set(), known, planOptions())
      .map(findingText).join();
  };
  assert.equal(of({}), "");
  assert.match(
    of({ labels: {}, isInternal: true }),
    /^networks\.n: .* another labels\.a, internal,/,
  );
  assert.match(of({ options: {} }), / another driver_opts\.mtu, .*\[network-definition\]$/);
  assert.match(of({ subnets: ["10.0.1.0/24"] }), / another ipam, /);
  assert.equal(of({ name: "p_m", labels: {} }), "");
});

Deno.test("volumes without a name are warned of before the first deploy, if they are not kept", () => {
  const fields = { anonymousVolumes: ["/a"], mountedAt: ["/a", "/named"] };
  const known = { imageVolumes: new Map([["X-image", ["/b", "/named"]]]) };
  const warned = ["warning services.X.volumes"];
  const of = (actual: string, wanted: string, given: Fields = fields) =>
    foundBeside(known, actual, wanted, given);
  assert.deepEqual(of("", "Xa1+-"), warned);
  assert.deepEqual(of("", "Xa1+-", {}), warned);
  assert.deepEqual(of("", "Xa1+-", { mountedAt: ["/b", "/named"] }), []);
  assert.deepEqual(of("", "Xa1-+"), []);
  assert.deepEqual(of("", "Xa1+-", { ...fields, ignoredWarnings: ["anonymous-volumes"] }), []);
  assert.deepEqual(of("Xa1", "Xb1+-"), []);
});

Deno.test("pre_start of a first replica is refused, as Compose alone would run it", () => {
  const error = ["error services.X.pre_start"];
  const of = (actual: string) => foundBeside({}, actual, "Xb1-+", { hasPreStart: true });
  assert.deepEqual([of(""), of("Xa1."), of("Xa1"), of("Xb1")], [error, error, [], []]);
});

Deno.test("an image that is not there is a note, or an error where it is named by its id", () => {
  const given = { isImageMissing: true };
  check([
    ["", "Xa1+-", given, ["note services.X.image"]],
    ["", "Xa1+-", { ...given, fields: { buildable: true } }, []],
    ["", "Xa1+-", { ...given, fields: { image: "X-image" } }, ["note services.X.image"]],
  ]);
  const services = parseDesired("Xa1+-").map((x) => withFields(x, { image: "sha256:0a" }));
  const known = { services, actual: [] };
  const [finding] = preflight(
    diff(services, [], {}),
    new Set(["sha256:0a"]),
    known,
    planOptions(),
  );
  assert.match(
    findingText(finding),
    /^services\.X\.image: image sha256:0a .* cannot be pulled by its id/,
  );
});
