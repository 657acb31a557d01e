import { KerekError } from "../errors.ts";
import type { Clients } from "./clients.ts";
import type { Output, Spawner, SpawnOptions, Stream } from "./spawn.ts";

/** Calls to the engine and to Compose, each ending well or with a {@linkcode KerekError}. */
export class Programs {
  constructor(
    readonly clients: Clients,
    private readonly spawner: Spawner,
    /** Content of standard input, where a Compose file is read from it. */
    private readonly stdin?: string,
  ) {}

  /** The same programs with more profiles active. */
  withProfiles(profiles: string[]): Programs {
    const compose = [...this.clients.compose, ...profiles.flatMap((x) => ["--profile", x])];
    return new Programs({ ...this.clients, compose }, this.spawner, this.stdin);
  }

  /** Output of an engine call that only looks. */
  async readEngine(argv: string[]): Promise<string> {
    return succeed(await this.tryEngine(argv)).stdout;
  }

  /** The same, whatever its exit code. */
  async tryEngine(argv: string[]): Promise<Output> {
    return await this.spawner.read([...this.clients.engine, ...argv]);
  }

  /** Output of a Compose call that only looks. */
  async readCompose(argv: string[]): Promise<string> {
    return succeed(await this.tryCompose(argv)).stdout;
  }

  /** The same, whatever its exit code. */
  async tryCompose(argv: string[]): Promise<Output> {
    return await this.spawner.read([...this.clients.compose, ...argv], { stdin: this.stdin });
  }

  /** Lets the engine change something. */
  async writeEngine(argv: string[], options?: SpawnOptions): Promise<string> {
    return succeed(await this.spawner.write([...this.clients.engine, ...argv], options)).stdout;
  }

  /** Lets Compose change something. */
  async writeCompose(argv: string[], onOutput?: SpawnOptions["onOutput"]): Promise<Output> {
    const options = { stdin: this.stdin, onOutput };
    return succeed(await this.spawner.write([...this.clients.compose, ...argv], options));
  }

  /** Follows an engine call that talks until it is ended. */
  follow(argv: string[], onLine: (line: string) => void): Stream {
    return this.spawner.stream([...this.clients.engine, ...argv], onLine);
  }
}

function succeed(output: Output): Output {
  if (output.code === 0) return output;
  const lines = output.stderr.split("\n").map((line) => line.trimEnd()).filter((line) => line);
  const reason = reasonOf(lines) || `exit code ${output.code}`;
  throw new KerekError(reason, { details: lines.length > 1 ? lines : [], hint: hintFor(reason) });
}

/** The last line says most, save for an echo of what was asked. */
function reasonOf(lines: string[]): string {
  const telling = lines.filter((line) => !/^Error: failed to start containers/.test(line));
  return (telling.at(-1) ?? "").replace(/^(Error response from daemon|Error): /, "");
}

function hintFor(reason: string): string | undefined {
  if (/Cannot connect to the Docker daemon|connection refused|no such host/i.test(reason)) {
    return "See that the engine runs and that --host, --context or DOCKER_HOST name it.";
  }
  if (/permission denied.*docker/i.test(reason)) {
    return "Run as a user who may use the engine's socket, such as one of the group docker.";
  }
  if (
    /is not a docker command|unknown command: docker compose|unknown shorthand flag/.test(reason)
  ) {
    return "Install Docker Compose v2, the plugin behind `docker compose`.";
  }
  if (/no configuration file provided/.test(reason)) {
    return "Run it in the project's folder, or name the file with --file.";
  }
  return undefined;
}
