import { realCommands } from "../../lib/cli/commands.ts";
import { FakeIo } from "../../lib/cli/fake_io.ts";
import { main } from "../../lib/cli/main.ts";
import { runCheck } from "../../lib/commands/check.ts";
import { runComplete } from "../../lib/commands/complete.ts";
import { runConfig } from "../../lib/commands/config.ts";
import { runDeploy } from "../../lib/commands/deploy.ts";
import { runDoctor } from "../../lib/commands/doctor.ts";
import { runHistory } from "../../lib/commands/history.ts";
import { runRollback } from "../../lib/commands/rollback.ts";
import { runStatus } from "../../lib/commands/status.ts";
import { runUnlock } from "../../lib/commands/unlock.ts";
import { FakeSpawner, type FakeState } from "../../lib/engine/testing/fake_spawner.ts";

/** What a command of a test finds. */
export interface Scene {
  state?: Partial<FakeState>;
  /** What was left by another command, in place of `state`. */
  spawner?: FakeSpawner;
  /** Brings containers in and sets answers. */
  prepare?(fake: FakeSpawner): void;
  variables?: Record<string, string>;
  stdin?: string;
  /** Files that are there, of those that are looked for. */
  files?: string[];
}

const self = { version: "1.2.3", deno: "2.0.0", isStandalone: true, denied: [] };

/** Does in full what a command line says, such as to deploy, against programs that only remember their calls. */
export async function deployed(line: string, scene: Scene) {
  const spawner = scene.spawner ?? new FakeSpawner(structuredClone(scene.state));
  scene.prepare?.(spawner);
  const io = new FakeIo(scene.variables, scene.stdin);
  let now = 0;
  const machine = {
    spawner,
    clock: { now: () => now, sleep: (ms: number) => Promise.resolve(void (now += ms)) },
    here: { owner: "ops@web1", pid: 7, place: "here", isRunning: () => true },
    surroundings: {
      env: io.env,
      fileExists: (path: string) => scene.files?.includes(path) ?? false,
      composePlugin: () => undefined,
      currentContext: () => undefined,
      contextHost: (name: string) => Promise.resolve(`ssh://host-of-${name}`),
    },
  };
  const exitCode = await main(line.split(" ").filter((word) => word), io, {
    ...realCommands,
    check: (options, io) => runCheck(options, io, machine),
    complete: (question, io) =>
      runComplete(question, io, { spawner, surroundings: () => machine.surroundings }),
    config: (options, io) => runConfig(options, io, machine),
    deploy: (options, io) => runDeploy(options, io, machine),
    doctor: (options, io) => runDoctor(options, io, { ...machine, self }),
    history: (options, io) => runHistory(options, io, machine),
    rollback: (options, io) => runRollback(options, io, machine),
    status: (options, io) => runStatus(options, io, machine),
    unlock: (options, io) => runUnlock(options, io, machine),
  });
  return { spawner, exitCode, ...io.written };
}
