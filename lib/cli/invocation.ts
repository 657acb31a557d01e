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
import type { CompletionQuestion } from "./commands.ts";

/** What a command line asks for. */
export type Invocation =
  | { command: "check"; options: CheckOptions }
  | { command: "config"; options: ConfigOptions }
  | { command: "deploy"; options: DeployCommandOptions }
  | { command: "doctor"; options: DoctorOptions }
  | { command: "history"; options: HistoryOptions }
  | { command: "hooks"; options: HooksOptions }
  | { command: "provision"; options: ProvisionOptions }
  | { command: "rollback"; options: RollbackOptions }
  | { command: "status"; options: StatusOptions }
  | { command: "transfer-images"; options: TransferImagesOptions }
  | { command: "tunnel-ssh"; options: TunnelSshOptions }
  | { command: "unlock"; options: UnlockOptions }
  | { command: "complete"; question: CompletionQuestion }
  | Print;

/** To print help or a version, and to end. */
export interface Print {
  command: "print";
  stdout: string;
  stderr: string;
  exitCode: ExitCode;
}

/** What the definition of a command needs of the parser that it is part of. */
export interface Parser {
  /** Value of an environment variable. */
  env(name: string): string | undefined;
  /** Takes what the command line turned out to ask for. */
  accept(invocation: Invocation): void;
}
