import assert from "node:assert/strict";
import { consider } from "./consider.ts";
import { diff } from "./diff.ts";
import type { PlanOptions, Replica } from "./model.ts";
import {
  desired,
  parseActual,
  parseDesired,
  planOptions,
  printChanges,
  replica,
} from "./testing/notation.ts";

/** What is, what should be, what changes; and options if there are any. */
type Case = [actual: string, desired: string, changes: string, options?: Partial<PlanOptions>];

function planned(actual: string, wanted: string, options: Partial<PlanOptions> = {}) {
  const considered = consider(parseDesired(wanted), planOptions(options));
  return diff(considered, parseActual(actual), options);
}

function check(cases: Case[]) {
  for (const [actual, wanted, changes, options] of cases) {
    const label = `${actual} → ${wanted} ${JSON.stringify(options ?? {})}`;
    assert.equal(printChanges(planned(actual, wanted, options)), changes, label);
  }
}

Deno.test("nothing becomes nothing", () => check([["", "", ""], ["", "Xa0+-", ""]]));

Deno.test("missing replicas are added, superfluous ones removed, the others kept", () => {
  check([
    ["", "Xa1+-", "+Xa"],
    ["", "Xa1-+", "+Xa"],
    ["Xa0 Xa1", "Xa2+-", "=Xa0 =Xa1"],
    ["Xa0 Xa1", "Xa2-+", "=Xa0 =Xa1"],
    ["Xa0 Xa1 Xa2", "Xa5+-", "=Xa0 =Xa1 =Xa2 +Xa +Xa"],
    ["Xa0 Xa1 Xa2", "Xa5-+", "=Xa0 =Xa1 =Xa2 +Xa +Xa"],
    ["Xa0 Xa1 Xa2", "Xa1+-", "=Xa0 -Xa1 -Xa2"],
    ["Xa0 Xa1", "Xa0+-", "-Xa0 -Xa1"],
  ]);
});

Deno.test("outdated replicas are replaced one by one, in the service's order", () => {
  check([
    ["Xa0 Xa1", "Xb2+-", "+Xb -Xa0 +Xb -Xa1"],
    ["Xa0 Xa1", "Xb2-+", "-Xa0 +Xb -Xa1 +Xb"],
    ["Xa0 Xa1 Xa2", "Xb5+-", "+Xb -Xa0 +Xb -Xa1 +Xb -Xa2 +Xb +Xb"],
    ["Xa0 Xa1 Xa2", "Xb5-+", "-Xa0 +Xb -Xa1 +Xb -Xa2 +Xb +Xb +Xb"],
    ["Xa0 Xa1 Xa2", "Xb1+-", "+Xb -Xa0 -Xa1 -Xa2"],
    ["Xa0 Xa1 Xa2", "Xb1-+", "-Xa0 +Xb -Xa1 -Xa2"],
    ["Xa0 Yb1 Yb2 Zc3 Zc4", "Xd1-+ Yb3+- Ze1-+", "-Xa0 +Xd =Yb1 =Yb2 +Yb -Zc3 +Ze -Zc4"],
  ]);
});

Deno.test("what is up to date is kept before anything else is decided", () => {
  check([
    ["Xa0 Xb1", "Xb2+-", "=Xb1 +Xb -Xa0"],
    ["Xa0 Xb1", "Xb2-+", "=Xb1 -Xa0 +Xb"],
    ["Xa0 Xb1 Xb2", "Xb4+-", "=Xb1 =Xb2 +Xb -Xa0 +Xb"],
    ["Xb5 Xa0,", "Xb1+-", "=Xb5 -Xa0"],
  ]);
});

Deno.test("what an update that was cut off has brought up goes on, as far as old ones are left", () => {
  check([
    ["Xa0 Xb1", "Xb1+-", ">Xb1 -Xa0"],
    ["Xa0. Xb1?", "Xb1-+", "-Xa0 >Xb1"],
    ["Xa0 Xa1 Xb2", "Xb1+-", ">Xb2 -Xa0 -Xa1"],
    ["Xa0 Xa1 Xb2", "Xb2+-", ">Xb2 -Xa0 +Xb -Xa1"],
    ["Xa0 Xb1 Xb2", "Xb2+-", "=Xb1 >Xb2 -Xa0"],
    ["Xa0 Xb1! Xb2", "Xb2+-", "=Xb2 >Xb1 -Xa0"],
    ["Xa0 Xb1! Xb2", "Xb1+-", ">Xb2 -Xb1 -Xa0"],
    // What never ran is none that another one would have come for.
    ["Xa0, Xb1", "Xb1+-", "=Xb1 -Xa0"],
    ["Xa0 Xb1^ Xb2", "Xb1+-", ">Xb2 -Xb1 -Xa0"],
  ]);
});

Deno.test("what a cut-off update has stopped waits to be put back, and is replaced first", () => {
  const waiting = (actual: string, wanted: string) =>
    planned(actual, wanted)[0].swaps.map(({ old, wasStopped = false }) => [old.name, wasStopped]);
  assert.deepEqual(waiting("Xa0. Xb1?", "Xb1-+"), [["test-X-0", true]]);
  assert.deepEqual(waiting("Xb1, Xa2. Xb3,", "Xc1-+"), [["test-X-2", true]]);
  assert.deepEqual(waiting("Xa0. Xa1", "Xb2-+"), [["test-X-0", false], ["test-X-1", false]]);
  assert.deepEqual(waiting("Xa0.", "Xb1-+"), [["test-X-0", false]]);
});

Deno.test("of several up-to-date replicas the best are kept", () => {
  check([
    ["Xb0! Xb1? Xb2", "Xb1+-", "=Xb2 -Xb0 -Xb1"],
    ["Xb0! Xb1? Xb2", "Xb2+-", "=Xb1 =Xb2 -Xb0"],
    ["Xb0~ Xb1!", "Xb1+-", "=Xb1 -Xb0"],
    ["Xb0! Xb1|", "Xb2+-", "=Xb0 =Xb1"],
  ]);
});

Deno.test("up-to-date replicas that do not run are started before any is created", () => {
  check([
    ["Xb0.", "Xb1+-", ">Xb0"],
    ["Xb0,", "Xb1+-", ">Xb0"],
    ["Xb0. Xb1,", "Xb3+-", ">Xb0 >Xb1 +Xb"],
    ["Xa0 Xb1,", "Xb1+-", ">Xb1 -Xa0"],
    ["Xa0 Xb1,", "Xb1-+", "-Xa0 >Xb1"],
    ["Xb0. Xb1", "Xb1+-", "=Xb1 -Xb0"],
  ]);
});

Deno.test("after a build, containers that never ran are not started, as their image may be old", () => {
  check([
    ["Xb0,", "Xb1+-", "+Xb -Xb0", { build: true }],
    ["Xb0.", "Xb1+-", ">Xb0", { build: true }],
  ]);
});

Deno.test("start-first replaces replicas that do not serve before those that do", () => {
  check([
    ["Xa0 Xa1. Xa2!", "Xb3+-", "+Xb -Xa1 +Xb -Xa2 +Xb -Xa0"],
    ["Xa0 Xa1.", "Xb1+-", "+Xb -Xa1 -Xa0"],
    ["Xa0, Xa1?", "Xb2+-", "+Xb -Xa0 +Xb -Xa1"],
  ]);
});

Deno.test("stop-first takes the room that is free before it stops what runs to make more", () => {
  check([
    ["Xa0. Xa1", "Xb1-+", "-Xa1 +Xb -Xa0"],
    ["Xa0 Xa1. Xa2!", "Xb3-+", "-Xa1 +Xb -Xa2 +Xb -Xa0 +Xb"],
    ["Xa0 Xa1. Xa2.", "Xb2-+", "-Xa1 +Xb -Xa0 +Xb -Xa2"],
    ["Xa0, Xa1~ Xa2", "Xb2-+", "-Xa1 +Xb -Xa2 +Xb -Xa0"],
  ]);
});

Deno.test("--force-recreate replaces what is up to date, too", () => {
  check([
    ["Xb0 Xb1.", "Xb2+-", "+Xb -Xb1 +Xb -Xb0", { forceRecreate: true }],
    ["Xb0", "Xb1-+", "-Xb0 +Xb", { forceRecreate: true }],
    ["Xb0", "Xb0-+", "-Xb0", { forceRecreate: true }],
  ]);
});

Deno.test("containers of services that are gone are removed if asked for", () => {
  check([
    ["Xa0", "", "-Xa0", { removeOrphans: true }],
    ["Xa0", "", ""],
    ["Yb0 Ya1 Xa0 Zc0", "Zc1+-", "=Zc0 -Xa0 -Yb0 -Ya1", { removeOrphans: true }],
  ]);
});

Deno.test("a service follows the container that it shares with, not its siblings", () => {
  check([
    ["Xa0 Ya0", "Xb1+- Ya1-+@X", "+Xb -Xa0 -Ya0 +Ya"],
    ["Xa0 Ya0", "Xa1+- Ya1-+@X", "=Xa0 =Ya0"],
    ["Xa0 Ya0", "Xa2+- Ya1-+@X", "=Xa0 +Xa =Ya0"],
    ["Xa0 Xa1 Ya0", "Xa1+- Ya1-+@X", "=Xa0 -Xa1 =Ya0"],
    ["Xa0 Xb1 Ya0", "Xb1+- Ya1-+@X", ">Xb1 -Xa0 -Ya0 +Ya"],
    ["Xa0. Ya0", "Xa1+- Ya1-+@X", ">Xa0 -Ya0 +Ya"],
    ["Ya0", "Xa1+- Ya1-+@X", "+Xa -Ya0 +Ya"],
    ["Xa0 Ya0 Za0", "Xb1+- Ya1+-@X Za1+-@Y", "+Xb -Xa0 +Ya -Ya0 +Za -Za0"],
    ["Aa0 Xa0", "Aa1+-@X Xb1+-", "+Xb -Xa0 +Aa -Aa0"],
  ]);
});

Deno.test("every change says why", () => {
  const cases: [actual: string, desired: string, causes: string[], Partial<PlanOptions>?][] = [
    ["Xa0", "Xa1+-", [""]],
    ["", "Xa1+-", ["not there yet"]],
    ["Xa0", "Xb1+-", ["config hash a → b"]],
    ["Xa0", "Xa2+-", ["replicas 1 → 2"]],
    ["Xa0 Xa1", "Xa1+-", ["replicas 2 → 1"]],
    ["Xa0.", "Xa1+-", ["not running"]],
    ["Xa0", "Xa1+-", ["asked by --force-recreate"], { forceRecreate: true }],
    ["Xa0 Ya0", "Xb1+- Ya1+-@X", ["config hash a → b", "shares with X, which is replaced"]],
    ["Xa0", "", ["no longer in the Compose files"], { removeOrphans: true }],
  ];
  for (const [actual, wanted, causes, options] of cases) {
    const changes = planned(actual, wanted, options);
    assert.deepEqual(changes.map((change) => change.cause), causes, `${actual} → ${wanted}`);
  }
});

Deno.test("new replicas get the lowest numbers that are free", () => {
  const [change] = planned("Xa2 Xa7", "Xb3+-");
  const news = [...change.swaps.map((swap) => swap.new), ...change.adds];
  assert.deepEqual(news.map((x) => x.kind === "created" && [x.index, x.number]), [
    [0, 1],
    [1, 3],
    [2, 4],
  ]);
});

Deno.test("orphans come in the order of their names' code points", () => {
  // U+1F433 is greater than U+FF58, but its UTF-16 code units are smaller.
  const changes = diff([], parseActual("🐳a0 xa0 Za0 aa0"), planOptions({ removeOrphans: true }));
  assert.equal(printChanges(changes), "-Za0 -aa0 -xa0 -🐳a0");
});

Deno.test("the given lists are left as they were", () => {
  const [actual, wanted] = [parseActual("Xa2 Xa0. Xb1 Ya1 Ya0"), [desired("X", { revision: "b" })]];
  const before = structuredClone({ actual, wanted });
  diff(wanted, actual, { removeOrphans: true });
  assert.deepEqual({ actual, wanted }, before);
});

Deno.test("a replica of another image than the name stands for now is outdated", () => {
  const service = desired("X", { imageId: "1111111111", replicas: 4 });
  const actual = [
    { ...replica("X", "a", 1), imageIds: ["1111111111"] },
    { ...replica("X", "a", 2), imageIds: ["2222222222", "1111111111"] }, // One way to tell is enough.
    { ...replica("X", "a", 3), imageIds: ["2222222222"] },
    replica("X", "a", 4),
  ];
  const [change] = diff([service], actual, planOptions());
  assert.equal(printChanges([change]), "=Xa1 =Xa2 =Xa4 +Xa -Xa3");
  assert.equal(change.cause, "image X-image 2222222 → 1111111");
  const unknown = { ...service, imageId: undefined }; // As it is not there.
  assert.equal(printChanges(diff([unknown], actual, planOptions())), "=Xa1 =Xa2 =Xa3 =Xa4");
});

Deno.test("a job that has ended well is up to date, one that has not runs again", () => {
  const services = parseDesired("Xb1-+").map((x) => ({ ...x, isJob: true }));
  const of = (hasCompleted: boolean, revision = "b") => {
    const actual = parseActual(`X${revision}1.`).map((x) => ({ ...x, hasCompleted }));
    return printChanges(diff(services, actual, planOptions()));
  };
  assert.equal(of(true), "=Xb1");
  assert.equal(of(false), ">Xb1");
  assert.equal(of(true, "a"), "-Xa1 +Xb");
});

Deno.test("who is to restart with a service follows its replacement, in this run or before", () => {
  const services = parseDesired("Xb1+- Yb2+-")
    .map((x) => x.name === "Y" ? { ...x, restartsWith: ["X"] } : x);
  const of = (actual: string, times: Record<string, Partial<Replica>> = {}) => {
    const replicas = parseActual(actual).map((x) => ({ ...x, ...times[x.id] }));
    const changes = diff(services, replicas, planOptions());
    return [printChanges(changes), changes[1].cause];
  };
  const renewed = "restarts with X, which is replaced";
  assert.deepEqual(of("Xa1 Yb1 Yb2"), ["+Xb -Xa1 +Yb -Yb1 +Yb -Yb2", renewed]);
  assert.deepEqual(of("Xb1 Yb1 Yb2"), ["=Xb1 =Yb1 =Yb2", ""]);
  const later = { Xb1: { createdAt: 5 }, Yb1: { startedAt: 4 }, Yb2: { startedAt: 6 } };
  assert.deepEqual(of("Xb1 Yb1 Yb2", later), ["=Xb1 =Yb2 +Yb -Yb1", renewed]);
  // As long as one is there that it has known, it is connected to something.
  const partly = { ...later, Xb2: { createdAt: 1 } };
  assert.deepEqual(of("Xb1 Xb2 Yb1 Yb2", partly)[1], "");
  // Scaling is no replacement.
  assert.deepEqual(of("Yb1 Yb2"), ["+Xb =Yb1 =Yb2", ""]);
});

Deno.test("what a deploy created and did not come to rename makes way for one with a low number", () => {
  const services = parseDesired("Xb1+-");
  const of = (composeNumber: number) => {
    const [old, stray] = parseActual("Xa1 Xb5,");
    const changes = diff(services, [{ ...old, composeNumber }, stray], planOptions());
    const fresh = changes[0].swaps[0].new;
    return [printChanges(changes), fresh.kind === "created" ? fresh.number : fresh.replica.number];
  };
  assert.deepEqual(of(4), ["+Xb -Xb5 -Xa1", 2]);
  assert.deepEqual(of(1), [">Xb5 -Xa1", 5]);
});
