/**
 * Every update policy with every way to fail: four replicas, of which the k-th new one fails.
 * What must be there afterwards follows from the Compose Deploy Specification; see `expected`.
 */
import assert from "node:assert/strict";
import { ExitCode } from "../errors.ts";
import { isServing } from "../plan/diff.ts";
import type { Drain, FailureAction, Order } from "../plan/model.ts";
import { parseDesired, withFields } from "../plan/testing/notation.ts";
import { type Behaviour, exits, healthy, neverHealthy, refused, then } from "./behaviour.ts";
import { exitCodes, type Outcome } from "./events.ts";
import { simulate, SimulatedHost } from "./simulate.ts";

/** Ways in which a new replica fails. */
const failures: Record<string, Behaviour> = {
  "exits at once": exits(1),
  "never gets healthy": neverHealthy(),
  "turns unhealthy while it is monitored": then(healthy(1000), 2500, "unhealthy"),
  "is refused by a gate": refused(),
};

const gate = {
  probe: { kind: "tcp" as const, port: 80 },
  timeoutMs: 2000,
  intervalMs: 200,
  successes: 1,
};

interface Policy {
  order: Order;
  failureAction: FailureAction;
  parallelism: number;
}

/** Whether replicas are in the service's names only while they are ready and stay. */
const drains: Record<string, Drain> = {
  "no drain": { settleMs: 0, waitMs: 0 },
  "names hidden": { settleMs: 100, dns: true, waitMs: 100 },
  "names hidden and marked": { settleMs: 100, mark: ["mark"], dns: true, waitMs: 100 },
};

/** How many of four replicas are of the new version in the end, and what kerek says. */
function expected(
  { failureAction, parallelism }: Policy,
  k: number,
  isLate: boolean,
): [number, Outcome] {
  switch (failureAction) {
    case "rollback":
      return [0, "restored"];
    case "continue":
      return [3, "restored"];
    case "pause": {
      // The swaps of the batches before are done. One that fails early stops its companions; a
      // gate fails only when they have long passed.
      const batch = parallelism === 0 ? 4 : parallelism;
      const before = Math.floor((k - 1) / batch) * batch;
      return [before + (isLate ? batch - 1 : 0), "restored"];
    }
  }
}

for (const order of ["start-first", "stop-first"] as const) {
  for (const failureAction of ["pause", "continue", "rollback"] as const) {
    for (const parallelism of [1, 2, 0]) {
      const policy = { order, failureAction, parallelism };
      Deno.test(`${order}, ${failureAction}, parallelism ${parallelism}: what the k-th failure leaves`, async () => {
        for (const [name, failure] of Object.entries(failures)) {
          for (const k of [1, 2, 3, 4]) {
            for (const drain of Object.keys(drains)) {
              // Hiding is for one after the other, see `checkDnsDrain`.
              if (drains[drain].dns && parallelism !== 1) continue;
              await check(policy, name, failure, k, drain);
            }
          }
        }
      });
    }
  }
}

async function check(
  policy: Policy,
  name: string,
  failure: Behaviour,
  k: number,
  drain: string,
) {
  const isGate = name.includes("gate");
  const isTolerant = policy.failureAction === "continue";
  const update = { ...policy, steadyMs: 2000, maxFailureRatio: isTolerant ? 1 : 0 };
  const { order, parallelism } = policy;
  const desired = parseDesired("Xb4+-").map((service) =>
    withFields(service, {
      update,
      order,
      rollback: { ...service.rollback, order, parallelism },
      drain: drains[drain],
      gates: isGate ? [gate] : [],
    })
  );
  const { outcome, replicas: containers, leastServing, mostRunning } = await simulate({
    actual: "Xa1 Xa2 Xa3 Xa4",
    desired,
    versions: { Xb: (nth) => nth === k ? failure : healthy(1000) },
  });
  const what = `${name}, k = ${k}, ${drain}`;
  const [news, wanted] = expected(policy, k, isGate);
  assert.equal(outcome, wanted, what);
  assert.equal(containers.length, 4, what);
  assert.ok(containers.every(isServing), what);
  // Replicas that fail together with others may come in any order of their numbers.
  const byVersion = containers.filter((x) => x.revision === "b").length;
  assert.equal(byVersion, news, what);
  const ids = containers.filter((x) => x.revision === "a").map((x) => x.id);
  assert.ok(ids.every((id) => id.startsWith("given-")), `${what}: old replicas are themselves`);
  if (order === "start-first") assert.ok(leastServing.X >= 4, what);
  else {
    assert.ok(mostRunning.X <= 4, what);
    // So many as are replaced at a time are down, on the way back, too.
    const atOnce = parallelism === 0 ? 4 : parallelism;
    assert.ok(leastServing.X >= 4 - atOnce, `${what}: ${leastServing.X} serve`);
  }
  assert.equal(exitCodes[outcome], ExitCode.restored, what);
}

Deno.test("max_failure_ratio: so many may fail before the action is taken", async () => {
  const cases: [ratio: number, action: FailureAction, failing: number[], news: number][] = [
    [0.25, "pause", [2], 3],
    [0.25, "pause", [2, 3], 1],
    [0.5, "rollback", [1, 2], 2],
    [0.5, "rollback", [1, 2, 3], 0],
    [0.25, "continue", [1, 2], 0],
    [1, "continue", [1, 2, 3, 4], 0],
  ];
  for (const [maxFailureRatio, failureAction, failing, news] of cases) {
    const desired = parseDesired("Xb4+-")
      .map((service) => withFields(service, { update: { failureAction, maxFailureRatio } }));
    const { replicas: containers } = await simulate({
      actual: "Xa1 Xa2 Xa3 Xa4",
      desired,
      versions: { Xb: (nth) => failing.includes(nth) ? exits(1) : healthy() },
    });
    const count = containers.filter((x) => x.revision === "b").length;
    assert.equal(count, news, `${maxFailureRatio} ${failureAction} ${failing}`);
    assert.equal(containers.length, 4);
  }
});

Deno.test("a rollback takes back earlier services of the same run, too", async () => {
  const [x, y, z] = parseDesired("Xb2+- Yb2-+ Zb2+-");
  const rollback = { update: { failureAction: "rollback" as const } };
  const { outcome, replicas: containers } = await simulate({
    actual: "Xa1 Xa2 Ya1 Ya2 Ya3 Za1 Za2",
    desired: [x, y, withFields(z, rollback)],
    versions: { Zb: (nth) => nth === 2 ? exits(1) : healthy() },
  });
  assert.equal(outcome, "restored");
  assert.deepEqual(
    containers.map((container) => [container.id, container.status]),
    ["Xa1", "Xa2", "Ya1", "Ya2", "Ya3", "Za1", "Za2"].map((id) => [`given-${id}`, "running"]),
  );
});

Deno.test("what is kept for a rollback goes when all is well", async () => {
  const desired = parseDesired("Xb2+- Yb2+-")
    .map((service) => withFields(service, { update: { failureAction: "rollback" } }));
  const { outcome, replicas: containers, calls } = await simulate({
    actual: "Xa1 Xa2 Ya1 Ya2",
    desired,
  });
  assert.equal(outcome, "done");
  assert.ok(containers.every((container) => container.revision === "b"));
  const lastStart = calls.findLastIndex((call) => call.startsWith("start"));
  const firstRemoval = calls.findIndex((call) => call.startsWith("remove"));
  assert.ok(firstRemoval > lastStart);
});

Deno.test("a first deploy that fails leaves nothing, unless --no-rollback asks for it", async () => {
  const versions = { Xb: (nth: number) => nth === 2 ? exits(1) : healthy() };
  const failed = await simulate({ actual: "", desired: "Xb3+-", versions });
  assert.deepEqual([failed.outcome, failed.containers], ["restored", ""]);
  const options = { noRollback: true };
  const left = await simulate({ actual: "", desired: "Xb3+-", versions, options });
  assert.ok(left.containers.length > 0);
});

Deno.test("an interruption leaves swaps that are done, whatever the failure action", async () => {
  const desired = parseDesired("Xb3+-")
    .map((service) => withFields(service, { update: { failureAction: "rollback" } }));
  let swaps = 0;
  const { outcome, replicas: containers } = await simulate({
    actual: "Xa1 Xa2 Xa3",
    desired,
    interruptAt: (event) =>
      event.type === "step-done" && event.step.action.kind === "stop" && ++swaps === 1,
  });
  assert.equal(outcome, "interrupted");
  assert.equal(containers.length, 3);
  assert.ok(containers.every((container) => container.status === "running"));
  assert.equal(containers.filter((container) => container.revision === "b").length, 1);
});

const drain = { settleMs: 0, mark: ["touch", "/dev/shm/leaving"], waitMs: 3000 };
const dns = { settleMs: 0, dns: true, waitMs: 3000 };

Deno.test("a rollback takes back a swap in the middle of its drain, too", async () => {
  const desired = parseDesired("Xb3+-").map((service) =>
    withFields(service, { drain, update: { failureAction: "rollback" } })
  );
  const { outcome, replicas: containers, calls } = await simulate({
    actual: "Xa1 Xa2 Xa3",
    desired,
    versions: { Xb: (nth) => nth === 2 ? exits(1) : healthy() },
  });
  assert.equal(outcome, "restored");
  assert.deepEqual(containers.map((x) => x.id), ["given-Xa1", "given-Xa2", "given-Xa3"]);
  assert.ok(containers.every((x) => x.status === "running"));
  // Only a restart takes the mark back.
  assert.ok(calls.indexOf("stop X-1") < calls.lastIndexOf("start X-1"));
});

Deno.test("an interrupted drain leaves no replica that was told to leave", async () => {
  for (
    const [actual, wanted, left] of [
      ["Xa1 Xa2", "Xb2+-", "Xa2 Xb3"],
      ["Xa1 Xa2", "Xb2-+", "Xa1 Xa2"],
      ["Xb1 Xb2", "Xb1+-", "Xb1"],
    ]
  ) {
    const desired = parseDesired(wanted).map((service) => withFields(service, { drain }));
    const { outcome, containers, calls } = await simulate({
      actual,
      desired,
      interruptAt: (event) => event.type === "step-done" && event.step.action.kind === "exec",
    });
    assert.equal(outcome, "interrupted", wanted);
    assert.equal(containers, left, wanted);
    if (wanted === "Xb2-+") assert.ok(calls.indexOf("stop X-1") < calls.indexOf("start X-1"));
  }
});

Deno.test("an interrupted drain gives names back without a restart, or sees the replica off", async () => {
  for (const [actual, wanted, left] of [["Xa1 Xa2", "Xb2+-", "Xa2 Xb3"], ["Xa1", "Xb1-+", "Xa1"]]) {
    const desired = parseDesired(wanted).map((service) => withFields(service, { drain: dns }));
    const { outcome, containers, calls } = await simulate({
      actual,
      desired,
      interruptAt: (event) => event.type === "step-done" && event.step.id === "X/swap-1/hide-old",
    });
    assert.equal(outcome, "interrupted", wanted);
    assert.equal(containers, left, wanted);
    if (wanted === "Xb1-+") {
      assert.deepEqual(calls.filter((call) => / X-1/.test(call)), [
        "replug X-1 nameless",
        "replug X-1 X",
      ]);
    }
  }
});

Deno.test("where its address would change, an old replica keeps its names, which is said", async () => {
  const host = new SimulatedHost("Ya1 Ya2 Xa1 Xa2");
  const details = async (wanted: string) => {
    const { outcome, events } = await host.deploy(
      parseDesired(wanted).map((service) => withFields(service, { drain: dns })),
    );
    assert.equal(outcome, "done");
    return events.flatMap((event) =>
      event.type === "step-done" && event.step.id.endsWith("hide-old") ? [event.detail] : []
    );
  };
  await details("Ya0+- Xa2+-");
  // Of two gaps that are left, a new replica fills but one. Then there is none any more.
  const warning = (address: string) =>
    `warning, its names stay, as its address ${address} would change: a lower one of net is free`;
  assert.deepEqual(await details("Xb2+-"), [warning("10.0.0.3"), warning("10.0.0.4")]);
  assert.deepEqual(await details("Xc2+-"), ["", ""]);
});

Deno.test("a deploy that was cut off while a replica was hidden is gone on with by the next", async () => {
  const cases: [actual: string, desired: string, calls: RegExp][] = [
    // On its way into service, and out of it.
    ["Xa1 Xa2 Xb3^ Xb4,", "Xb2+-", /replug X-3 X$/m],
    ["Xb3 Xa1^ Xa2 Xb4,", "Xb2+-", /remove X-1$/m],
    ["Xb1^", "Xb1-+", /replug X-1 X$/m],
    // Whose version is wanted again.
    ["Xb1^ Xa2", "Xb1+-", /replug X-1 X$/m],
  ];
  for (const [actual, wanted, expected] of cases) {
    for (const drain of [dns, { settleMs: 0, waitMs: 0 }]) {
      const desired = parseDesired(wanted).map((service) => withFields(service, { drain }));
      const { outcome, replicas, calls } = await simulate({ actual, desired });
      assert.equal(outcome, "done", actual);
      assert.equal(replicas.length, desired[0].replicas, actual);
      assert.ok(replicas.every(isServing), actual);
      assert.match(calls.join("\n"), expected, actual);
    }
  }
});
