/** The module API on a real engine: what scripts of others import. */
import assert from "node:assert/strict";
import {
  deploy,
  type DeployRequest,
  ExitCode,
  history,
  KerekError,
  plan,
  rollback,
} from "../../mod.ts";
import { Project } from "./harness/project.ts";
import { scenario } from "./harness/scenario.ts";
import { service } from "./harness/service.ts";

const of = ({ name, folder }: Project): DeployRequest => ({
  compose: { files: [`${folder}/compose.yaml`], projectName: name },
});

const define = (project: Project, version: string) =>
  project.define({
    services: { web: service({ replicas: 2 }, { environment: { VERSION: version } }) },
  });

scenario(
  "two projects are deployed at a time, planned, left alone and interrupted",
  async (one) => {
    const two = await Project.make();
    try {
      await Promise.all([define(one, "A"), define(two, "A")]);
      const { steps, changes } = await plan(of(one));
      assert.equal(changes[0].cause, "not there yet");
      assert.ok(steps.length > 0);
      assert.deepEqual(await one.containers(), []);

      const types = new Set<string>();
      const onEvent = ({ type }: { type: string }) => void types.add(type);
      const both = await Promise.all([deploy(of(one), { onEvent }), deploy(of(two))]);
      assert.deepEqual(both.map(({ outcome }) => outcome), ["done", "done"]);
      assert.deepEqual(both[0].services.map(({ service }) => service), ["web"]);
      assert.ok(["planned", "step-started", "step-done", "finished"].every((x) => types.has(x)));
      for (const project of [one, two]) {
        assert.deepEqual((await project.containers()).map(({ version }) => version), ["A", "A"]);
      }
      assert.equal((await deploy(of(one))).outcome, "nothing");
      const { project, entries } = await history(of(one));
      assert.deepEqual([project, entries.length, entries[0].outcome], [one.name, 1, "done"]);
      assert.equal((await rollback({ ...of(one), to: 1 })).outcome, "nothing");
      await assert.rejects(rollback(of(one)), /no entry of its history would change what runs/);

      const interrupt = new AbortController();
      await define(one, "B");
      const before = (await one.containers()).map(({ id }) => id);
      const { outcome } = await deploy(of(one), {
        signal: interrupt.signal,
        onEvent: (event) => {
          if (event.type === "step-started" && event.step.action.kind === "start") {
            interrupt.abort();
          }
        },
      });
      assert.equal(outcome, "interrupted");
      assert.deepEqual((await one.containers()).map(({ id }) => id), before);
      await assert.rejects(deploy(of(one), { signal: AbortSignal.abort() }), (error) => {
        assert.ok(error instanceof KerekError);
        return error.exitCode === ExitCode.interrupted;
      });
    } finally {
      await two.remove();
    }
  },
);
