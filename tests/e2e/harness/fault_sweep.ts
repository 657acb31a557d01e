import assert from "node:assert/strict";
import { ExitCode } from "../../../lib/errors.ts";
import { attachmentsOf, NameWatch } from "./names.ts";
import { docker, type Project } from "./project.ts";
import { type Result, start } from "./run.ts";
import { serve, service } from "./service.ts";

/** How a deploy is cut off. */
export interface Cut {
  order: "start-first" | "stop-first";
  signal: "SIGKILL" | "SIGINT" | "SIGTERM";
  /** With `rollback`, old replicas are kept, stopped, until the end. */
  failureAction?: "pause" | "rollback";
  /** Whether replicas are hidden from DNS until they are ready, and before they stop. */
  dns?: boolean;
}

const replicas = 3;

const isAll = Deno.env.get("KEREK_SWEEP") === "all";

/** What takes several minutes is left to `deno task test:sweep`. */
export const sweepAll = isAll ? {} : { unless: "`deno task test:sweep` runs it" };

/** All boundaries; in the usual run of all tests the first two, and those of the second swap. */
function chosen(boundaries: number): number[] {
  const all = [...Array(boundaries).keys()];
  const third = boundaries / 3;
  return isAll ? all : all.filter((passed) => passed < 2 || Math.floor(passed / third) === 1);
}

/**
 * Cuts a deploy off at each of its step boundaries in turn (in the usual run, at some of them), each
 * time on the way to another version, then deploys that version again, and sees that all is as if
 * nothing had happened.
 *
 * @returns how many boundaries there were.
 */
export async function sweep(
  project: Project,
  cut: Cut,
): Promise<number> {
  const { order, signal, dns } = cut;
  await project.define({ services: { web: quickService(cut) } });
  await project.deploy();
  if (!dns) return await sweepBoundaries(project, cut);
  await using watch = await NameWatch.start(`${project.name}_default`, "web");
  const boundaries = await sweepBoundaries(project, cut);
  const counts = await watch.counts();
  const least = order === "start-first" ? replicas : replicas - 1;
  const low = counts.filter((count) => count < least);
  assert.deepEqual(low, [], `${signal}: of ${counts.length} answers, these are too short`);
  return boundaries;
}

async function sweepBoundaries(project: Project, { order, signal, dns }: Cut): Promise<number> {
  const whole = await deployOf(project, "whole").result;
  assert.equal(whole.code, 0, whole.stderr);
  const boundaries = whole.stdout.match(/"type":"step-done"/g)!.length;
  assert.ok(boundaries >= 1 + 4 * replicas, whole.stdout);
  // The last boundary is the end; there is nothing to cut off.
  for (const passed of chosen(boundaries)) {
    const version = `${signal}-${passed}`;
    const place = `${signal} after ${passed} of ${boundaries} steps`;
    const before = (await project.containers()).map(({ version }) => version);
    await whileServing(project, order, place, async () => {
      const cut = await cutOff(project, version, passed, signal);
      if (signal !== "SIGKILL") await assertLeftInOrder(project, before, version, cut, place);
      await project.deploy([], { env: { VERSION: version } });
    });
    const now = await project.containers();
    assert.deepEqual(
      now.map(({ version, status }) => [version, status]),
      Array(replicas).fill([version, "running"]),
      place,
    );
    if (dns) {
      const names = JSON.stringify(await Promise.all(now.map(attachmentsOf)));
      assert.equal(names.match(/"NAME","web"/g)?.length, replicas, `${place}: ${names}`);
    }
    const locks = await docker(["ps", "--all", "--quiet", "--filter", `name=${project.name}$`]);
    assert.equal(locks, "", `${place}: no lock is left`);
  }
  return boundaries;
}

/** It is ready as soon as its healthcheck has run once. */
function quickService({ order, failureAction = "pause", dns }: Cut) {
  return service({ order, replicas, script: serve }, {
    healthcheck: { test: ["CMD", "test", "-f", "/tmp/ok"], interval: "150ms", retries: 20 },
    deploy: { replicas, update_config: { order, monitor: "0s", failure_action: failureAction } },
    ...(dns ? { network_mode: undefined, "x-kerek": { drain: { dns: true } } } : {}),
  });
}

const deployOf = (project: Project, version: string) =>
  project.startKerek(["deploy", "--progress", "json"], { env: { VERSION: version } });

/**
 * Begins a deploy of a version, and cuts it off when so many of its steps are done.
 */
export async function cutOff(
  project: Project,
  version: string,
  passed: number,
  signal: Cut["signal"],
): Promise<Result | undefined> {
  const running = deployOf(project, version);
  const steps = `(?:"type":"step-done"[\\s\\S]*?){${passed}}`;
  await running.shows(new RegExp(`"type":"planned"[\\s\\S]*?${steps}`));
  // Its last step is quick, and then it has ended by itself.
  running.kill(signal);
  return await running.result.catch((error) => {
    if (signal !== "SIGKILL") throw error;
    return undefined;
  });
}

/** Whoever is asked to stop leaves whole swaps, and nothing beside. */
async function assertLeftInOrder(
  project: Project,
  before: (string | undefined)[],
  version: string,
  cut: Result | undefined,
  place: string,
) {
  const text = `${place}: ${cut?.stdout}${cut?.stderr}`;
  assert.ok(cut?.code === ExitCode.interrupted || cut?.code === ExitCode.done, text);
  const left = await project.containers();
  assert.equal(left.length, before.length, text);
  for (const container of left) {
    assert.equal(container.status, "running", text);
    assert.ok([...before, version].includes(container.version), text);
  }
}

/** Sees from the engine's own events that enough replicas serve while `act` does its work. */
async function whileServing(
  project: Project,
  order: Cut["order"],
  place: string,
  act: () => Promise<void>,
): Promise<void> {
  const serving = new Set(
    (await project.containers()).filter(({ health }) => health === "healthy").map(({ id }) => id),
  );
  // A stop-first swap takes its one away before it gives another.
  const least = Math.min(serving.size, order === "start-first" ? replicas : replicas - 1);
  const events = await recordEvents(project, act);
  for (const event of events) {
    const [action, , id] = event.split(";");
    if (action === "health_status: healthy") serving.add(id);
    else if (action === "kill" || action === "die") serving.delete(id);
    const enough = serving.size >= least;
    assert.ok(enough, `${place}: only ${serving.size} serve after ${event}\n${events.join("\n")}`);
  }
}

/** What happens while `act` runs, live, as the engine remembers but the last few hundred events. */
async function recordEvents(project: Project, act: () => Promise<void>): Promise<string[]> {
  const kinds = ["start", "kill", "die", "health_status"];
  const listening = start([
    ...["docker", "events", "--since", String(Date.now() / 1000)],
    ...["--filter", "type=container"],
    ...["--filter", `label=com.docker.compose.project=${project.name}`],
    ...kinds.flatMap((kind) => ["--filter", `event=${kind}`]),
    ...["--format", "{{.Action}};{{.Actor.Attributes.name}};{{.Actor.ID}}"],
  ]);
  try {
    await act();
  } finally {
    listening.kill("SIGTERM");
    await listening.result;
  }
  return listening.soFar().split("\n").filter((line) => line);
}
