import { KerekError } from "../errors.ts";
import { logLine } from "./log_line.ts";
import type { Output } from "./spawn.ts";

/** What a program that failed wanted to say: the reason in one line, what else it said, advice. */
export function explain({ code, stderr }: Pick<Output, "code" | "stderr">): KerekError {
  const lines = stderr.split("\n").map(plain).filter((line) => line && !isNoise(line));
  for (const { says, means, hint, goesOn } of sayings) {
    const index = lines.findIndex((line) => says.test(line));
    if (index < 0) continue;
    const [said] = lines[index].match(says)!;
    lines[index] = lines[index].replace(says, means).replace(/: $/, "");
    const advice = hint && said.replace(says, hint);
    return failure(lines, goesOn ? lines.length - 1 : index, advice);
  }
  if (lines.length === 0) return new KerekError(`exit code ${code}`);
  return failure(lines, lines.length - 1);
}

/**
 * The same for a command in a container. What that said is its own and not the engine's; the engine
 * says on either stream what kept it from running the command.
 */
export function explainExec({ code, stdout, stderr }: Output): KerekError {
  const said = stdout + stderr;
  const isOfEngine = [
    /^(OCI runtime exec failed|Error response from daemon|error during connect): /m,
    /^Cannot connect to /m,
    /^Error: (OCI runtime|crun: |runc: |can only create exec sessions|no container with )/m,
  ];
  if (isOfEngine.some((pattern) => pattern.test(said))) return explain({ code, stderr: said });
  const lines = said.split("\n").map((line) => line.trimEnd()).filter((line) => line);
  const last = lines.pop();
  return new KerekError(`exit code ${code}${last ? ` (${last})` : ""}`, { details: lines });
}

function failure(lines: string[], reason: number, hint?: string): KerekError {
  return new KerekError(lines[reason], { hint, details: lines.toSpliced(reason, 1) });
}

/** Advice where there is no Compose file. */
export const noFileHint = "Run it in the project's folder, or name the file with --file.";

const hints = {
  engine: "See that the engine runs and that --host, --context or DOCKER_HOST name it.",
  permission: "Run as a user who may use the engine's socket, such as one of the group docker.",
  plugin: "Install Docker Compose v2, the plugin behind `docker compose`.",
  version: "Update Docker Compose: this version does not know what is asked.",
  context: "`docker context ls` lists the contexts.",
  variable: "Set it in the environment, or in a file that --env-file names.",
};

interface Saying {
  says: RegExp;
  /** What to say instead, with the groups of `says`. */
  means: string;
  /** Advice, with these groups as well. */
  hint?: string;
  /** Whether the last line tells more than this one. */
  goesOn?: boolean;
}

/** What Docker, Compose and Podman are known to say, most telling first, and what it means. */
const sayings: Saying[] = [
  {
    says: /^Cannot connect to the Docker daemon at (\S+)\. Is the docker daemon running\?$/,
    means: "no daemon answers at $1",
    hint: hints.engine,
  },
  {
    says: /^failed to connect to the docker API at ([^;\s]+);.*$/,
    means: "no daemon answers at $1",
    hint: hints.engine,
  },
  {
    says: /^(?:.*: )?unable to connect to Podman socket: (.*)$/,
    means: "Podman's service does not answer: $1",
    hint: hints.engine,
  },
  {
    says: /^permission denied while trying to connect to the docker.* at (\S+?)(?:: .*)?$/i,
    means: "permission denied at $1",
    hint: hints.permission,
  },
  {
    says: /^error during connect: .*\bstderr=(.*)$/,
    means: "$1",
    hint: hints.engine,
    goesOn: true,
  },
  { says: /^error during connect: (?:\w+ "[^"]*": )?(.*)$/, means: "$1", hint: hints.engine },
  {
    says: /^.*(context ".*"): context not found.*$/,
    means: "$1 is not there",
    hint: hints.context,
  },
  {
    says: /^.*unable to resolve docker endpoint: (.*)$/,
    means: "$1",
    hint: hints.engine,
  },
  {
    // Without the plugin, docker takes the options of Compose for its own and shows its usage.
    says: /^(?:Run|See) 'docker --help'.*$/,
    means: "the docker client has no Compose plugin",
    hint: hints.plugin,
  },
  { says: /^(unknown (?:shorthand )?flag: .*)$/, means: "$1", hint: hints.version },
  {
    says: /^no configuration file provided: not found$/,
    means: "there is none here or in a folder above",
    hint: noFileHint,
  },
  {
    says: /^couldn't find env file: (.+)$/i,
    means: "$1 is not there",
    hint: "Make $1, or name another file by --env-file or COMPOSE_ENV_FILES.",
  },
  {
    says: /^env file (.+) not found: .*$/,
    means: "$1, which an env_file names, is not there",
    hint: "Make $1, or allow in the Compose file that it is missing: required: false.",
  },
  {
    says: /^open (.+\.ya?ml): no such file or directory$/,
    means: "$1 is not there",
    hint: "Make $1, or name another file: --file, COMPOSE_FILE, include and extends may name it.",
  },
  {
    says: /^error while interpolating (\S+): required variable (\S+) is missing a value:? ?(.*)$/,
    means: "$1: variable $2 is needed and not set: $3",
    hint: hints.variable,
  },
  {
    says:
      /^error while interpolating (\S+): failed to cast to expected type: .*parsing (".*"): .*$/,
    means: "$1: $2 is not a value of its type, such as a number",
  },
  {
    // Compose says it in one way until 2.26, and in another in 2.40.
    says: /^(?:error decoding )?'(\S+)':? time: .*?("[^"]*")$/,
    means: "$1: $2 is not a duration; write it like 500ms, 10s or 1m30s",
  },
  {
    says: /^(?:cannot parse )?'(\S+)',? .*?(-\d+) overflows uint$/,
    means: "$1: $2 is not a whole number, 0 or more",
  },
  { says: /^error decoding '(.*)': (.*)$/, means: "$1: $2" },
  { says: /^'(\S+\.\S+)' (.*)$/, means: "$1: $2" },
  // The second path, if there is one, repeats the first.
  { says: /^validating (\S+): (\S+\.\S+) (?:\2 )?(.*)$/, means: "$1: $2: $3" },
  { says: /^validating (\S+): (.*)$/, means: "$1: $2" },
  { says: /^(.*): invalid compose project$/, means: "$1" },
  { says: /^.*unable to start container process: (.*?)(?:: unknown)?$/, means: "$1" },
];

/** A line without what only says where it comes from. */
function plain(line: string): string {
  return (logLine(line)?.message ?? line.trimEnd())
    .replace(/^(Error response from daemon|Error|WARNING): /, "")
    // A path of the Compose files, as in other messages.
    .replace(/(^|')services\[([^\]\s]+)\]/g, "$1services.$2");
}

/** Lines that tell nothing about a failure: headings, echoes, usage, Compose's own progress. */
function isNoise(line: string): boolean {
  return [
    /^\s*$/,
    /^failed to start containers:/,
    /unknown command: docker compose$|'compose' is not a docker command/,
    /^decoding failed due to the following error/,
    /^Usage: |^(Run|See) 'docker .+ --help'/,
    /^Cannot connect to Podman\. Please verify/,
    /^ ?(Container|Network|Volume) \S+ +[A-Z]\w*( |$)/,
  ].some((pattern) => pattern.test(line));
}
