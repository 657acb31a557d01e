import assert from "node:assert/strict";
import type { Plan, PlanOptions } from "./model.ts";
import {
  type Fields,
  parseActual,
  parseDesired,
  planOptions,
  withFields,
} from "./testing/notation.ts";
import { planFor } from "./testing/plan_for.ts";
import { printSteps } from "./testing/print_steps.ts";

interface Given extends Partial<PlanOptions> {
  /** Fields that the services have beside those of the notation. */
  fields?: Record<string, Fields>;
  missingImages?: string[];
}

function planned(actual: string, wanted: string, given: Given = {}): Plan {
  const { fields = {}, missingImages, ...options } = given;
  const services = parseDesired(wanted).map((x) => withFields(x, fields[x.name]));
  return planFor(services, parseActual(actual), options, missingImages);
}

const steps = (...given: Parameters<typeof planned>) => printSteps(planned(...given).steps);

/** The steps without those that act on containers which exist by then. */
const preparations = (...given: Parameters<typeof planned>) =>
  steps(...given).filter((line) => /^(build|pull|create)|create:|inject|recreate/.test(line));

Deno.test("start-first: the next replica starts while the old one ends, but at most two end", () => {
  assert.deepEqual(steps("Xa1 Xa2 Xa3", "Xb3+-"), [
    "create: create X 3+3",
    "X/swap-1/start: start X-4 after create",
    "X/swap-1/ready: ready X-4 after X/swap-1/start",
    "X/swap-1/stop: stop X-1 after X/swap-1/ready",
    "X/swap-1/remove: remove X-1 after X/swap-1/stop",
    "X/swap-2/start: start X-5 after X/swap-1/ready",
    "X/swap-2/ready: ready X-5 after X/swap-2/start",
    "X/swap-2/stop: stop X-2 after X/swap-2/ready",
    "X/swap-2/remove: remove X-2 after X/swap-2/stop",
    "X/swap-3/start: start X-6 after X/swap-2/ready X/swap-1/remove",
    "X/swap-3/ready: ready X-6 after X/swap-3/start",
    "X/swap-3/stop: stop X-3 after X/swap-3/ready",
    "X/swap-3/remove: remove X-3 after X/swap-3/stop",
  ]);
});

Deno.test("stop-first: an old replica is removed only when the new one is ready", () => {
  assert.deepEqual(steps("Xa1 Xa2", "Xb2-+"), [
    "create: create X 2+2",
    "X/swap-1/stop: stop X-1 after create",
    "X/swap-1/start: start X-3 after X/swap-1/stop",
    "X/swap-1/ready: ready X-3 after X/swap-1/start",
    "X/swap-1/remove: remove X-1 after X/swap-1/ready",
    "X/swap-2/stop: stop X-2 after X/swap-1/remove",
    "X/swap-2/start: start X-4 after X/swap-2/stop",
    "X/swap-2/ready: ready X-4 after X/swap-2/start",
    "X/swap-2/remove: remove X-2 after X/swap-2/ready",
  ]);
});

Deno.test("additions come after swaps, all at once", () => {
  assert.deepEqual(steps("Xa1", "Xb3-+").slice(4), [
    "X/swap-1/remove: remove X-1 after X/swap-1/ready",
    "X/add-3/start: start X-3 after X/swap-1/remove",
    "X/add-3/ready: ready X-3 after X/add-3/start",
    "X/add-4/start: start X-4 after X/swap-1/remove",
    "X/add-4/ready: ready X-4 after X/add-4/start",
  ]);
});

Deno.test("removals come last, all at once", () => {
  assert.deepEqual(steps("Xa1 Xa2 Xa3", "Xb1+-").slice(5), [
    "X/remove-2/stop: stop X-2 after X/swap-1/remove",
    "X/remove-2/remove: remove X-2 after X/remove-2/stop",
    "X/remove-3/stop: stop X-3 after X/swap-1/remove",
    "X/remove-3/remove: remove X-3 after X/remove-3/stop",
  ]);
  assert.deepEqual(steps("Xa1", "", { removeOrphans: true }), [
    "X/remove-1/stop: stop X-1",
    "X/remove-1/remove: remove X-1 after X/remove-1/stop",
  ]);
});

Deno.test("what still starts must be ready before a stop-first swap stops one more", () => {
  assert.deepEqual(steps("Xa1 Xb2?", "Xb2-+").slice(0, 4), [
    "create: create X 2+1",
    "X/keep-2/ready: ready X-2 after create",
    "X/swap-1/stop: stop X-1 after X/keep-2/ready",
    "X/swap-1/start: start X-3 after X/swap-1/stop",
  ]);
  assert.deepEqual(steps("Xa1 Xb2?", "Xb2+-").slice(0, 2), [
    "create: create X 2+1",
    "X/swap-1/start: start X-3 after create",
  ]);
});

Deno.test("what a cut-off update has brought up is tried before what it replaces is touched", () => {
  const probe = { kind: "tcp", port: 80 } as const;
  const spec = { probe, timeoutMs: 1, intervalMs: 1, successes: 1 };
  assert.deepEqual(steps("Xa1 Xb2 Xb3", "Xb2+-", { fields: { X: { gates: [spec, spec] } } }), [
    "X/swap-1/start: start X-3",
    "X/swap-1/ready: ready X-3 after X/swap-1/start",
    "X/swap-1/gate-1: gate X-3 after X/swap-1/ready",
    "X/swap-1/gate-2: gate X-3 after X/swap-1/gate-1",
    "X/swap-1/stop: stop X-1 after X/swap-1/gate-2",
    "X/swap-1/remove: remove X-1 after X/swap-1/stop",
  ]);
  // The order of the files is for what does not run yet.
  assert.deepEqual(steps("Xa1 Xb2", "Xb1-+"), steps("Xa1 Xb2", "Xb1+-"));
  assert.deepEqual(steps("Xa1 Xa2. Xb3? Xa4", "Xb3-+").slice(0, 6), [
    "create: create X 4+2",
    "X/swap-1/stop: stop X-2 after create",
    "X/swap-1/start: start X-3 after X/swap-1/stop",
    "X/swap-1/ready: ready X-3 after X/swap-1/start",
    "X/swap-1/remove: remove X-2 after X/swap-1/ready",
    "X/swap-2/stop: stop X-1 after X/swap-1/remove",
  ]);
});

Deno.test("what is kept without serving must serve before what serves is removed", () => {
  assert.deepEqual(steps("Xa1 Xb2! Xb3?", "Xb2+-"), [
    "X/keep-2/ready: ready X-2",
    "X/swap-1/start: start X-3 after X/keep-2/ready",
    "X/swap-1/ready: ready X-3 after X/swap-1/start",
    "X/swap-1/stop: stop X-1 after X/swap-1/ready",
    "X/swap-1/remove: remove X-1 after X/swap-1/stop",
  ]);
  assert.deepEqual(steps("Xa1 Xb2|", "Xb1+-"), [
    "X/keep-2/ready: ready X-2",
    "X/remove-1/stop: stop X-1 after X/keep-2/ready",
    "X/remove-1/remove: remove X-1 after X/remove-1/stop",
  ]);
});

Deno.test("all new containers are created at once, before anything that runs is touched", () => {
  assert.deepEqual(preparations("Xa1 Ya1 Ya2 Za1", "Xb1+- Yb2-+ Za1+-"), [
    "create: create X 1+1 Y 2+2",
  ]);
});

Deno.test("a service begins when all of the one before it is over", () => {
  const lines = steps("Xa1 Xa2", "Xb2+- Ya2+- Za1+-");
  assert.deepEqual(lines.filter((line) => /^[YZ].*: start/.test(line)), [
    "Y/add-1/start: start Y-1 after X/swap-1/remove X/swap-2/remove",
    "Y/add-2/start: start Y-2 after X/swap-1/remove X/swap-2/remove",
    "Z/add-1/start: start Z-1 after Y/add-1/ready Y/add-2/ready",
  ]);
});

Deno.test("replicas that exist are started without creating any", () => {
  assert.deepEqual(steps("Xa1. Xa2,", "Xa2+-"), [
    "X/add-1/start: start X-1",
    "X/add-1/ready: ready X-1 after X/add-1/start",
    "X/add-2/start: start X-2",
    "X/add-2/ready: ready X-2 after X/add-2/start",
  ]);
});

Deno.test("services that share with a changing one are created when that is done", () => {
  assert.deepEqual(steps("Xa1 Ya1", "Xb1+- Ya1-+@X"), [
    "create: create X 1+1",
    "X/swap-1/start: start X-2 after create",
    "X/swap-1/ready: ready X-2 after X/swap-1/start",
    "X/swap-1/stop: stop X-1 after X/swap-1/ready",
    "X/swap-1/remove: remove X-1 after X/swap-1/stop",
    "Y/create: create Y 1+1 X 1+0 after X/swap-1/remove",
    "Y/swap-1/stop: stop Y-1 after Y/create",
    "Y/swap-1/start: start Y-2 after Y/swap-1/stop",
    "Y/swap-1/ready: ready Y-2 after Y/swap-1/start",
    "Y/swap-1/remove: remove Y-1 after Y/swap-1/ready",
  ]);
});

Deno.test("images are pulled or built when they must be, and only then", () => {
  const built = { X: { buildable: true } };
  const policy = (pullPolicy: string) => ({ fields: { X: { pullPolicy } } });
  const missing = { missingImages: ["X-image"] };
  const cases: [actual: string, given: Given, lines: string[], cause?: string][] = [
    ["Xa1", {}, []],
    ["Xa1", missing, ["pull: pull X"], "missing: X-image"],
    ["Xb1", missing, []],
    ["Xa1", { ...missing, pull: "missing" }, ["pull: pull X"], "missing: X-image"],
    ["Xa1", { ...missing, pull: "never" }, []],
    ["Xa1", { pull: "always" }, ["pull: pull X"], "asked by --pull"],
    ["Xb1", { pull: "always" }, ["pull: pull X"], "asked by --pull"],
    ["Xa1", policy("always"), ["pull: pull X"], "asked by pull_policy"],
    ["Xa1", policy("daily"), ["pull: pull X"], "asked by pull_policy"],
    ["Xa1", policy("every_12h"), ["pull: pull X"], "asked by pull_policy"],
    ["Xa1", { ...policy("always"), pull: "missing" }, []],
    ["Xa1", policy("missing"), []],
    ["Xb1", policy("always"), []],
    ["Xa1", { fields: built }, []],
    ["Xa1", { fields: built, ...missing }, ["build: build X"], "missing: X-image"],
    ["Xb1", { fields: built, build: true }, ["build: build X"], "asked by --build"],
    ["Xa1", { fields: built, build: true, noBuild: true }, []],
    ["Xa1", { fields: built, pull: "always" }, []],
    ["Xa1", { build: true }, []],
  ];
  for (const [actual, given, lines, cause] of cases) {
    const plan = planned(actual, "Xb1+-", given);
    const images = plan.steps.filter(({ action: { kind } }) => kind === "build" || kind === "pull");
    const label = `${actual} ${JSON.stringify(given)}`;
    assert.deepEqual(printSteps(images), lines, label);
    assert.equal(images[0]?.cause, cause, label);
  }
});

Deno.test("creation waits for images, and what starts waits for creation", () => {
  const given = { fields: { X: { buildable: true } }, missingImages: ["X-image", "Y-image"] };
  assert.deepEqual(steps("", "Xa1+- Ya1+-", given).slice(0, 4), [
    "build: build X",
    "pull: pull Y",
    "create: create X 0+1 Y 0+1 after build pull",
    "X/add-1/start: start X-1 after create",
  ]);
});

Deno.test("--no-start ends with the creation", () => {
  const given = { noStart: true, wait: true };
  assert.deepEqual(steps("Xa1", "Xb1+-", given), ["create: create X 1+1"]);
  assert.deepEqual(steps("Xb1.", "Xb1+-", given), []);
  assert.deepEqual(steps("Xa1 Xa2", "Xa1+-", given), []);
});

Deno.test("--wait takes the word of a gate that runs the healthcheck", () => {
  for (const kind of ["healthcheck", "exec"] as const) {
    const probe = kind === "exec" ? { kind, command: ["true"] } : { kind };
    const gates = [{ probe, timeoutMs: 1, intervalMs: 1, successes: 1 }];
    const { steps } = planned("Xa1", "Xb1+-", { wait: true, fields: { X: { gates } } });
    const { action } = steps.at(-1)!;
    assert.ok(action.kind === "verify");
    assert.equal(action.gate.isGated === true, kind === "healthcheck");
  }
});

Deno.test("--wait ends with all considered services being looked at", () => {
  const job = { fields: { Y: { isJob: true } } };
  const { steps } = planned("Xa1", "Xb1-+ Ya1+- Za0+-", {
    ...job,
    wait: true,
    waitTimeoutS: 60,
  });
  assert.deepEqual(printSteps(steps.slice(-2)), [
    "Y/wait: verify Y after X/swap-1/remove",
    "X/wait: verify X after X/swap-1/remove",
  ]);
  const gate = { monitorMs: 0, steadyMs: 0, mayComplete: false, health: true };
  const done = { ...gate, health: false, mayComplete: true, mustComplete: true };
  assert.deepEqual(steps.slice(-2).map((step) => step.action), [
    { kind: "verify", service: "Y", gate: done, timeoutMs: 60_000 },
    { kind: "verify", service: "X", gate, timeoutMs: 60_000 },
  ]);
  assert.deepEqual(printSteps(planned("Xa1", "Xa1+-", { wait: true }).steps), [
    "X/wait: verify X",
  ]);
});

Deno.test("others wait for the end of a job that an earlier deploy has begun", () => {
  const fields = { X: { isJob: true }, Y: { dependsOn: ["X"] } };
  assert.deepEqual(steps("Xb1 Ya1", "Xb1+- Yb1-+", { fields }).slice(0, 3), [
    "create: create Y 1+1 X 1+0",
    "X/keep-1/end: ready X-1 after create",
    "Y/swap-1/stop: stop Y-1 after X/keep-1/end",
  ]);
  assert.deepEqual(steps("Xb1 Yb1", "Xb1+- Yb1-+", { fields }), []);
});

Deno.test("--all-resources asks Compose for networks and volumes even if no replica is missing", () => {
  const { steps } = planned("Xa1", "Xa1+-", { allResources: true });
  assert.deepEqual(printSteps(steps), ["create: create X 1+0"]);
  assert.equal(steps[0].cause, "asked by --all-resources");
});

Deno.test("a service with a container_name is recreated by Compose, without creating ahead", () => {
  const fields = { X: { containerName: "x", needsInjection: true, dependsOn: ["W"] } };
  assert.deepEqual(steps("Wa1 Xa1", "Wa1+- Xb1-+", { fields }), [
    "X/recreate: recreate X beside W 1+0",
    "X/verify: verify X after X/recreate",
  ]);
  assert.deepEqual(steps("", "Xb1-+", { fields })[0], "create: create X 0+1");
});

Deno.test("configs and secrets are put into every new container before any starts", () => {
  const fields = { X: { needsInjection: true } };
  assert.deepEqual(steps("Xb1, Xa2", "Xb2+-", { fields }).slice(0, 4), [
    "create: create X 2+1",
    "X/inject-1: inject X-1 after create",
    "X/inject-3: inject X-3 after X/inject-1",
    "X/swap-1/start: start X-1 after X/inject-3",
  ]);
  assert.deepEqual(steps("Xb1,", "Xb1+-", { fields }).slice(0, 2), [
    "X/inject-1: inject X-1",
    "X/add-1/start: start X-1 after X/inject-1",
  ]);
});

Deno.test("what replaces a running replica must run, what replaces none may be over", () => {
  const gate = (actual: string, fields: Fields = {}) => {
    const ready = planned(actual, "Xb1+-", { fields: { X: fields } }).steps
      .find(({ action }) => action.kind === "ready");
    return ready?.action.kind === "ready" && ready.action.gate;
  };
  const strict = { monitorMs: 0, steadyMs: 0, mayComplete: false, health: true };
  assert.deepEqual(gate("Xa1"), strict);
  assert.deepEqual(gate("Xa1", { update: { monitorMs: 5000 } }), { ...strict, monitorMs: 5000 });
  const done = { health: false, mayComplete: true, mustComplete: true };
  assert.deepEqual(gate("Xa1", { isJob: true }), { ...strict, ...done });
  assert.deepEqual(gate("Xa1."), { ...strict, mayComplete: true });
  assert.deepEqual(gate(""), { ...strict, mayComplete: true });
});

Deno.test("every step of a swap knows its part in it", () => {
  const roles = (actual: string, wanted: string) =>
    planned(actual, wanted).steps.flatMap(({ swap }) =>
      swap ? [`${swap.swap} ${swap.role} ${swap.before}`] : []
    );
  const distinct = (...given: [string, string]) => [...new Set(roles(...given))];
  assert.deepEqual(distinct("Xa1", "Xb1+-"), ["X/swap-1 new new", "X/swap-1 old serving"]);
  assert.deepEqual(distinct("Xa1!", "Xb1-+"), ["X/swap-1 old up", "X/swap-1 new new"]);
  assert.deepEqual(distinct("Xa1. Xb2.", "Xb1+-"), ["X/swap-1 old stopped", "X/swap-1 new down"]);
  assert.deepEqual(distinct("Xb1,", "Xb1+-"), ["X/add-1 new new"]);
  assert.deepEqual(distinct("Xa1~", "Xa0+-"), ["X/remove-1 old up"]);
});

Deno.test("a plan carries its project, changes, warnings and every step's cause", () => {
  const plan = planned("Xa1", "Xb1+- Ya1+-");
  assert.equal(plan.project, "test");
  assert.deepEqual(plan.warnings, ["mind the gap"]);
  assert.deepEqual(plan.changes.map((change) => change.service), ["X", "Y"]);
  assert.deepEqual([...new Set(plan.steps.map((step) => step.cause))], [
    "config hash a → b; not there yet",
    "config hash a → b",
    "not there yet",
  ]);
});

Deno.test("what is in volumes without a name is copied between the stop and the start", () => {
  const steps = (wanted: string, options: Partial<PlanOptions> = {}, fields = {}) => {
    const services = parseDesired(wanted).map((service) => ({ ...service, ...fields }));
    const actual = parseActual("Xa1").map((x) => ({ ...x, anonymousVolumes: ["/data"] }));
    return printSteps(planFor(services, actual, planOptions(options)).steps);
  };
  const carry = "X/swap-1/carry: carry X-1 X-2 after X/swap-1/stop";
  const stopFirst = steps("Xb1-+");
  assert.ok(stopFirst.includes(carry), stopFirst.join("\n"));
  assert.ok(stopFirst.includes("X/swap-1/start: start X-2 after X/swap-1/carry"));
  const without = [
    steps("Xb1+-"),
    steps("Xb1-+", { renewAnonVolumes: true }),
    steps("Xb1-+", {}, { sharesWith: ["Y"] }),
  ];
  for (const lines of without) assert.ok(!lines.some((line) => line.includes("carry")));
});

Deno.test("drain.dns: a new replica has names when it has passed, an old one until it drains", () => {
  const gate = {
    probe: { kind: "tcp" as const, port: 80 },
    ...{ timeoutMs: 1, intervalMs: 1, successes: 1 },
  };
  const drain = { settleMs: 10, mark: ["c"], dns: true, waitMs: 20 };
  const given = { fields: { X: { gates: [gate], drain } } };
  assert.deepEqual(steps("Xa1 Xa2", "Xb2+-", given), [
    "create: create X 2+2",
    "X/swap-1/hide: hide X-3 after create",
    "X/swap-1/start: start X-3 after X/swap-1/hide",
    "X/swap-1/ready: ready X-3 after X/swap-1/start",
    "X/swap-1/gate-1: gate X-3 after X/swap-1/ready",
    "X/swap-1/reveal: reveal X-3 after X/swap-1/gate-1",
    "X/swap-1/settle: settle 10 ms after X/swap-1/reveal",
    "X/swap-1/mark-1: mark in X-1 after X/swap-1/settle",
    "X/swap-1/hide-old: hide X-1 after X/swap-1/mark-1",
    "X/swap-1/drain: drain 20 ms after X/swap-1/hide-old",
    "X/swap-1/stop: stop X-1 after X/swap-1/drain",
    "X/swap-1/remove: remove X-1 after X/swap-1/stop",
    // Swaps do not overlap, as addresses would mix up.
    "X/swap-2/hide: hide X-4 after X/swap-1/remove",
    ...steps("Xa1 Xa2", "Xb2+-", given).slice(13),
  ]);
  assert.deepEqual(steps("Xa1", "Xb1-+", { fields: { X: { drain: { ...drain, settleMs: 0 } } } }), [
    "create: create X 1+1",
    "X/swap-1/mark-1: mark in X-1 after create",
    "X/swap-1/hide-old: hide X-1 after X/swap-1/mark-1",
    "X/swap-1/drain: drain 20 ms after X/swap-1/hide-old",
    "X/swap-1/stop: stop X-1 after X/swap-1/drain",
    "X/swap-1/hide: hide X-2 after X/swap-1/stop",
    "X/swap-1/start: start X-2 after X/swap-1/hide",
    "X/swap-1/ready: ready X-2 after X/swap-1/start",
    "X/swap-1/reveal: reveal X-2 after X/swap-1/ready",
    "X/swap-1/remove: remove X-1 after X/swap-1/reveal",
  ]);
});

Deno.test("drain.dns: replicas are added one by one beside others, and removed without their names", () => {
  const given = { fields: { X: { drain: { settleMs: 0, dns: true, waitMs: 20 } } } };
  assert.deepEqual(steps("Xa1", "Xa3+-", given), [
    "create: create X 1+2",
    "X/add-2/hide: hide X-2 after create",
    "X/add-2/start: start X-2 after X/add-2/hide",
    "X/add-2/ready: ready X-2 after X/add-2/start",
    "X/add-2/reveal: reveal X-2 after X/add-2/ready",
    "X/add-3/hide: hide X-3 after X/add-2/reveal",
    "X/add-3/start: start X-3 after X/add-3/hide",
    "X/add-3/ready: ready X-3 after X/add-3/start",
    "X/add-3/reveal: reveal X-3 after X/add-3/ready",
  ]);
  assert.deepEqual(steps("Xa1 Xa2", "Xa1+-", given), [
    "X/remove-2/hide-old: hide X-2",
    "X/remove-2/drain: drain 20 ms after X/remove-2/hide-old",
    "X/remove-2/stop: stop X-2 after X/remove-2/drain",
    "X/remove-2/remove: remove X-2 after X/remove-2/stop",
  ]);
  // All are out of their names before an address is free that one could come back with.
  assert.deepEqual(steps("Xa1 Xa2 Xa3 Xa4.", "Xa1+-", given), [
    "X/remove-2/hide-old: hide X-2",
    "X/remove-3/hide-old: hide X-3 after X/remove-2/hide-old",
    "X/remove-4/stop: stop X-4 after X/remove-3/hide-old",
    "X/remove-4/remove: remove X-4 after X/remove-4/stop",
    "X/remove-2/drain: drain 20 ms after X/remove-3/hide-old",
    "X/remove-2/stop: stop X-2 after X/remove-2/drain",
    "X/remove-2/remove: remove X-2 after X/remove-2/stop",
    "X/remove-3/drain: drain 20 ms after X/remove-3/hide-old",
    "X/remove-3/stop: stop X-3 after X/remove-3/drain",
    "X/remove-3/remove: remove X-3 after X/remove-3/stop",
  ]);
  // Nobody is kept waiting for a service that does not serve yet.
  assert.deepEqual(steps("", "Xa2+-", given), steps("", "Xa2+-"));
});

Deno.test("what a deploy left hidden goes on into service, or goes, whatever the files say now", () => {
  assert.deepEqual(steps("Xa1 Xb2^", "Xb1+-"), [
    "X/swap-1/start: start X-2",
    "X/swap-1/ready: ready X-2 after X/swap-1/start",
    "X/swap-1/reveal: reveal X-2 after X/swap-1/ready",
    "X/swap-1/stop: stop X-1 after X/swap-1/reveal",
    "X/swap-1/remove: remove X-1 after X/swap-1/stop",
  ]);
  assert.deepEqual(
    steps("Xa1^ Xb2", "Xb1+-", {
      fields: { X: { drain: { settleMs: 0, dns: true, waitMs: 20 } } },
    }),
    [
      "X/swap-1/start: start X-2",
      "X/swap-1/ready: ready X-2 after X/swap-1/start",
      "X/swap-1/drain: drain 20 ms after X/swap-1/ready",
      "X/swap-1/stop: stop X-1 after X/swap-1/drain",
      "X/swap-1/remove: remove X-1 after X/swap-1/stop",
    ],
  );
  assert.equal(planned("Xb1^", "Xb1+-").changes[0].cause, "hidden from DNS");
});

Deno.test("what is removed says which volumes without a name it has, in whatever way it goes", () => {
  const ids = ["1", "2"];
  const actual = parseActual("Xa1 Ya1").map((replica) => ({ ...replica, volumeIds: ids }));
  const plan = planFor(parseDesired("Xb1+- Yb0+-"), actual);
  const removals = plan.steps.flatMap(({ action }) => action.kind === "remove" ? [action] : []);
  assert.deepEqual(removals.map(({ volumeIds }) => volumeIds), [ids, ids]);
});
