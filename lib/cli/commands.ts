import type { Completion } from "../completion/complete.ts";
import type { ExitCode } from "../errors.ts";
import type {
  CheckOptions,
  ConfigOptions,
  DeployCommandOptions,
  DoctorOptions,
  HistoryOptions,
  HooksOptions,
  ProvisionOptions,
  RollbackOptions,
  StatusOptions,
  TransferImagesOptions,
  TunnelSshOptions,
  UnlockOptions,
} from "../options.ts";
import type { Io } from "./io.ts";

/** What the commands do. Each throws a {@linkcode KerekError} when it fails. */
export interface Commands {
  check(options: CheckOptions, io: Io): Promise<ExitCode>;
  complete(question: CompletionQuestion, io: Io): Promise<ExitCode>;
  config(options: ConfigOptions, io: Io): Promise<ExitCode>;
  deploy(options: DeployCommandOptions, io: Io): Promise<ExitCode>;
  doctor(options: DoctorOptions, io: Io): Promise<ExitCode>;
  history(options: HistoryOptions, io: Io): Promise<ExitCode>;
  hooks(options: HooksOptions, io: Io): Promise<ExitCode>;
  provision(options: ProvisionOptions, io: Io): Promise<ExitCode>;
  rollback(options: RollbackOptions, io: Io): Promise<ExitCode>;
  status(options: StatusOptions, io: Io): Promise<ExitCode>;
  transferImages(options: TransferImagesOptions, io: Io): Promise<ExitCode>;
  tunnelSsh(options: TunnelSshOptions, io: Io): Promise<ExitCode>;
  unlock(options: UnlockOptions, io: Io): Promise<ExitCode>;
}

/** What a shell wants to know. */
export interface CompletionQuestion {
  completion: Completion;
  /** Whether descriptions are wanted. */
  described: boolean;
}

/** The real commands, loaded when they run, so that `--help` does not wait for them. */
export const realCommands: Commands = {
  check: async (options, io) => {
    const { runCheck } = await import("../commands/check.ts");
    return await runCheck(options, io);
  },
  complete: async (question, io) => {
    const { runComplete } = await import("../commands/complete.ts");
    return await runComplete(question, io);
  },
  config: async (options, io) => {
    const { runConfig } = await import("../commands/config.ts");
    return await runConfig(options, io);
  },
  deploy: async (options, io) => {
    const { runDeploy } = await import("../commands/deploy.ts");
    return await runDeploy(options, io);
  },
  doctor: async (options, io) => {
    const { runDoctor } = await import("../commands/doctor.ts");
    return await runDoctor(options, io);
  },
  history: async (options, io) => {
    const { runHistory } = await import("../commands/history.ts");
    return await runHistory(options, io);
  },
  hooks: async (options, io) => {
    const { runHooks } = await import("../commands/hooks.ts");
    return await runHooks(options, io);
  },
  provision: async (options, io) => {
    const { runProvision } = await import("../commands/provision.ts");
    return await runProvision(options, io);
  },
  rollback: async (options, io) => {
    const { runRollback } = await import("../commands/rollback.ts");
    return await runRollback(options, io);
  },
  status: async (options, io) => {
    const { runStatus } = await import("../commands/status.ts");
    return await runStatus(options, io);
  },
  transferImages: async (options, io) => {
    const { runTransferImages } = await import("../commands/transfer_images.ts");
    return await runTransferImages(options, io);
  },
  tunnelSsh: async (options, io) => {
    const { runTunnelSsh } = await import("../commands/tunnel_ssh.ts");
    return await runTunnelSsh(options, io);
  },
  unlock: async (options, io) => {
    const { runUnlock } = await import("../commands/unlock.ts");
    return await runUnlock(options, io);
  },
};
