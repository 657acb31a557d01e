/** How to reach the engine: the client options that `docker` itself has. */
export interface EngineOptions {
  /** Program for container commands, such as `docker` or `podman`. Default: `docker`. */
  containerEngine: string;
  /** Location of client config files (`docker --config`). */
  config?: string;
  /** Name of the context to connect with (`docker --context`). */
  context?: string;
  /** Whether `docker --debug` is on; kerek then also prints stack traces. */
  debug?: boolean;
  /** Daemon socket to connect to (`docker --host`). */
  host?: string;
  /** Log level of the client programs (`docker --log-level`). */
  logLevel?: "debug" | "info" | "warn" | "error" | "fatal";
  /** Whether TLS is on (`docker --tls`). */
  tls?: boolean;
  /** Path of the CA to trust (`docker --tlscacert`). */
  tlscacert?: string;
  /** Path of the TLS certificate (`docker --tlscert`). */
  tlscert?: string;
  /** Path of the TLS key (`docker --tlskey`). */
  tlskey?: string;
  /** Whether to use TLS and verify the remote (`docker --tlsverify`). */
  tlsverify?: boolean;
}

/** How what a command does is shown. */
export interface DisplayOptions {
  /** When to print control characters (`--ansi`). */
  ansi?: "never" | "always" | "auto";
  /** Type of progress output (`--progress`). */
  progress?: "auto" | "tty" | "plain" | "json" | "quiet";
}

/** Which project, as `docker compose` takes it ahead of its own subcommands. */
export interface ComposeOptions extends DisplayOptions {
  /** Include resources that no service uses (`--all-resources`). */
  allResources?: boolean;
  /** Backward compatibility mode (`--compatibility`). */
  compatibility?: boolean;
  /** Alternate environment files (`--env-file`). */
  envFiles: string[];
  /** Compose files (`--file`); `-` is standard input. */
  files: string[];
  /** Most engine calls at once in Compose, -1 for no limit (`--parallel`). */
  parallel?: number;
  /** Enabled profiles (`--profile`). */
  profiles: string[];
  /** Alternate working directory (`--project-directory`). */
  projectDirectory?: string;
  /** Project name (`--project-name`). */
  projectName?: string;
}

/** What `kerek deploy` is asked to do. */
export interface DeployOptions {
  /** How to reach the engine. */
  engine: EngineOptions;
  /** Which project. */
  compose: ComposeOptions;
  /** Services to consider; empty: all of the project. */
  services: string[];
  /** Build images first (`--build`). */
  build?: boolean;
  /** Also consider what the named services depend on, dependencies first (`--deps`). */
  deps?: boolean;
  /** Show what would be done and stop there (`--dry-run`). */
  dryRun?: boolean;
  /** Replace replicas that are up to date, too (`--force-recreate`). */
  forceRecreate?: boolean;
  /** Hook modules besides those of the Compose files (`--hook`). */
  hooks?: string[];
  /** Replace replicas whose image's name stands for another image by now (`--image-changes`). */
  imageChanges?: boolean;
  /** Most seconds to wait for another deploy of the project (`--lock-timeout`). Default: 0 */
  lockTimeoutS?: number;
  /** Never build (`--no-build`). */
  noBuild?: boolean;
  /** Create what is missing, start and stop nothing (`--no-start`). */
  noStart?: boolean;
  /** Leave new replicas that failed, stopped, for inspection (`--no-rollback`). */
  noRollback?: boolean;
  /** What a failed replacement leads to, whatever the files say (`--on-failure`). */
  onFailure?: "pause" | "continue" | "rollback";
  /** Which comes first in a replacement, whatever the files say (`--order`). */
  order?: "start-first" | "stop-first";
  /** When to pull (`--pull`); absent: each service's own `pull_policy`. */
  pull?: "always" | "missing" | "never";
  /** Pull without progress output (`--quiet-pull`). */
  quietPull?: boolean;
  /** Remove containers of services that the files no longer define (`--remove-orphans`). */
  removeOrphans?: boolean;
  /** Let new replicas start with fresh anonymous volumes (`--renew-anon-volumes`). */
  renewAnonVolumes?: boolean;
  /** Seconds that a container gets to end before it is killed (`--timeout`). */
  timeoutS?: number;
  /** Replicas replaced at a time, 0 for all, whatever the files say (`--update-parallelism`). */
  updateParallelism?: number;
  /** At the end, wait until all considered services are running or healthy (`--wait`). */
  wait?: boolean;
  /** Most seconds that `wait` may take (`--wait-timeout`). */
  waitTimeoutS?: number;
}

/** What `kerek deploy` is asked to do, and to show of it. */
export interface DeployCommandOptions extends DeployOptions {
  /** Address that gets requests all along, those that fail being counted (`--probe`). */
  probe?: string;
  /** HTML file that tells what has happened (`--report`). */
  report?: string;
  /** Draw in the end what containers there were, and when (`--timeline`). */
  timeline?: boolean;
}

/** What `kerek config` is asked to print. */
export interface ConfigOptions
  extends Pick<DeployOptions, "engine" | "compose" | "onFailure" | "order" | "updateParallelism"> {
  /** Services to print; empty: all of the project. */
  services: string[];
  /** Of no effect, as nothing is changed anyway (`--dry-run`). */
  dryRun?: boolean;
  /** Print the JSON Schema of `x-kerek` instead (`--schema`). */
  schema?: boolean;
}

/** What `kerek check` is asked to look at. */
export interface CheckOptions extends
  Pick<
    DeployOptions,
    "engine" | "compose" | "hooks" | "noBuild" | "order" | "pull" | "services"
  > {
  /** Of no effect, as nothing is changed anyway (`--dry-run`). */
  dryRun?: boolean;
}

/** What `kerek doctor` is asked to look at. */
export interface DoctorOptions {
  engine: EngineOptions;
  compose: ComposeOptions;
  /** Without any effect, as nothing is changed anyway (`--dry-run`). */
  dryRun?: boolean;
  /** For people or for programs (`--format`). Default: `table`. */
  format?: "table" | "json";
}

/** What `kerek status` is asked to print. */
export interface StatusOptions
  extends Pick<DeployOptions, "engine" | "compose" | "imageChanges" | "services"> {
  /** Of no effect, as nothing is changed anyway (`--dry-run`). */
  dryRun?: boolean;
  /** For people or for programs (`--format`). Default: `table` */
  format?: "table" | "json";
}

/** What `kerek history` is asked to print. */
export interface HistoryOptions extends Pick<DeployOptions, "engine" | "compose"> {
  /** Of no effect, as nothing is changed anyway (`--dry-run`). */
  dryRun?: boolean;
  /** For people or for programs (`--format`). Default: `table` */
  format?: "table" | "json";
}

/** What `kerek rollback` is asked to do. */
export interface RollbackOptions extends
  Pick<
    DeployOptions,
    | "engine"
    | "compose"
    | "services"
    | "dryRun"
    | "hooks"
    | "lockTimeoutS"
    | "onFailure"
    | "order"
    | "removeOrphans"
    | "timeoutS"
    | "updateParallelism"
    | "wait"
    | "waitTimeoutS"
  > {
  /** Number of the entry to go back to (`--to`); absent: the one before what runs. */
  to?: number;
}

/** What `kerek hooks` is asked to do. */
export interface HooksOptions extends DisplayOptions {
  /** Of no effect, but for `debug`. */
  engine: EngineOptions;
  /** Write a module to start from, or list those that come with kerek. */
  action: "init" | "list";
  /** File to write. */
  file: string;
  /** Say what would be written and stop there (`--dry-run`). */
  dryRun?: boolean;
}

/** What `kerek unlock` is asked to do. */
export interface UnlockOptions extends Pick<DeployOptions, "engine" | "compose"> {
  /** Show what would be done and stop there (`--dry-run`). */
  dryRun?: boolean;
  /** Break the lock of a deploy that seems to be going on, too (`--force`). */
  force?: boolean;
}

/** What `kerek provision` is asked to do. */
export interface ProvisionOptions extends DisplayOptions {
  engine: EngineOptions;
  /** Show what would be done and stop there (`--dry-run`). */
  dryRun?: boolean;
  /** Go ahead without asking (`--force`). */
  force?: boolean;
  /** Machine to set up: `localhost` or `[ssh://][user@]hostname[:port]`. */
  host: string;
  /** Path of an SSH config file (`--ssh-config`). */
  sshConfig?: string;
}

/** What `kerek transfer-images` is asked to do. */
export interface TransferImagesOptions extends DisplayOptions {
  /** How to reach the destination. */
  engine: EngineOptions;
  /** Command that compresses images on their way (`--compress`). */
  compress?: string;
  /** Show what would be done and stop there (`--dry-run`). */
  dryRun?: boolean;
  /** Copy all images, and wholly, whatever the destination has (`--force`). */
  force?: boolean;
  /** Leave out images whose names the destination has, whatever they stand for (`--by-name`). */
  byName?: boolean;
  /** How many images travel at a time (`--jobs`). Default: 3 */
  jobs?: number;
  /** Images to copy; `-` stands for the lines of standard input. */
  images: string[];
}

/** What `kerek tunnel-ssh` is asked to do. */
export interface TunnelSshOptions extends DisplayOptions {
  engine: EngineOptions;
  /** Stay until the tunnel ends, instead of leaving it in the background (`--foreground`). */
  foreground?: boolean;
  /** End a tunnel instead of opening one (`--stop`). */
  stop?: boolean;
  /** Show what would be done and stop there (`--dry-run`). */
  dryRun?: boolean;
  /** Path of the Unix socket here (`--local-socket`). */
  localSocket: string;
  /** Path of the Unix socket of the engine there (`--remote-socket`). */
  remoteSocket?: string;
  /** Path of an SSH config file (`--ssh-config`). */
  sshConfig?: string;
  /** Machine to connect to: `[ssh://][user@]hostname[:port]`. */
  sshHost: string;
}
