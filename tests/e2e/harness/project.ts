import assert from "node:assert/strict";
import { isAbsolute, resolve } from "node:path";
import { fileURLToPath } from "node:url";
import { checkReport } from "./event_lines.ts";
import { type Result, run, type Running, type RunOptions, start } from "./run.ts";

/** A container of a project, as the engine describes it. */
export interface Container {
  id: string;
  name: string;
  service: string;
  /** Compose's config hash. */
  hash: string;
  /** Made by `compose run`. */
  isOneOff: boolean;
  status: string;
  /** Absent without a healthcheck. */
  health?: string;
  /** Value of the environment variable VERSION, by which tests tell versions apart. */
  version?: string;
}

/** A Compose file, as an object; JSON is YAML too. */
export interface Model {
  services: Record<string, unknown>;
  [section: string]: unknown;
}

/** A Compose project of its own name in a temporary folder. */
export class Project {
  /** Images to remove with it. */
  readonly images: string[] = [];
  /** How kerek is started. */
  command: string[] = kerekCommand();

  private constructor(
    readonly name: string,
    readonly folder: string,
  ) {}

  static async make(prefix = "kerek-e2e"): Promise<Project> {
    const name = `${prefix}-${crypto.randomUUID().slice(0, 8)}`;
    return new Project(name, await Deno.makeTempDir({ prefix: `${name}-` }));
  }

  /** Writes a file of the project's folder. */
  async write(path: string, content: string): Promise<void> {
    await Deno.writeTextFile(`${this.folder}/${path}`, content);
  }

  /** Writes the Compose file, or another one. */
  async define(model: Model, path = "compose.yaml"): Promise<void> {
    await this.write(path, JSON.stringify(model, null, 2));
  }

  /** Runs kerek to its end, however that is. */
  async kerek(args: string[], options?: RunOptions): Promise<Result> {
    return await this.startKerek(args, options).result;
  }

  /** Starts kerek. */
  startKerek(args: string[], options?: RunOptions): Running {
    const report = isReported(args, options) ? `${this.folder}/${crypto.randomUUID()}.html` : "";
    const own = report ? ["--report", report] : [];
    const running = start([...this.command, ...args, ...own], this.own(options));
    if (!report) return running;
    const result = running.result.finally(() => checkReport(report));
    return { ...running, result };
  }

  /** Runs `kerek deploy`, which must do well. */
  async deploy(args: string[] = [], options?: RunOptions): Promise<Result> {
    return succeeded(await this.kerek(["deploy", ...args], options), `kerek deploy ${args}`);
  }

  /** Runs `docker compose`, which must do well. */
  async compose(args: string[], options?: RunOptions): Promise<Result> {
    return succeeded(
      await run(["docker", "compose", ...args], this.own(options)),
      `docker compose ${args}`,
    );
  }

  /** Containers in the order of their names, those of `compose run` included. */
  async containers(service?: string): Promise<Container[]> {
    const ids = await this.idsOf(["ps", "--all"]);
    if (ids.length === 0) return [];
    const all = JSON.parse(await docker(["container", "inspect", ...ids])).map(decode);
    return (all as Container[])
      .filter((container) => service === undefined || container.service === service)
      // The lock of another test's project may be made of an image with this one's labels.
      .filter(({ name }) => !name.startsWith("kerek-lock-"))
      .sort((a, b) => a.name.localeCompare(b.name, "en", { numeric: true }));
  }

  /** Names of the services whose containers are there, one for each container. */
  async services(): Promise<string[]> {
    return (await this.containers()).map((container) => container.service);
  }

  /** Runs a command in a container, which must do well; the result is what it printed. */
  async exec(container: Container, ...command: string[]): Promise<string> {
    return await docker(["exec", container.id, ...command]);
  }

  /** What happens to the project's containers while `act` runs, as `action name`. */
  async eventsOf(act: () => Promise<unknown>): Promise<string[]> {
    const since = Date.now() / 1000;
    await act();
    const text = await docker([
      "events",
      ...["--since", String(since), "--until", String(Date.now() / 1000)],
      ...["--filter", "type=container", "--filter", `label=${label}=${this.name}`],
      ...["--format", "{{.Action}} {{.Actor.Attributes.name}}"],
    ]);
    // Healthchecks go on whatever anybody does.
    return text.split("\n").filter((line) => line && !/^(exec_|health_status)/.test(line));
  }

  /** Removes all that belongs to the project. */
  async remove(): Promise<void> {
    const containers = await this.idsOf(["ps", "--all"]);
    if (containers.length > 0) await docker(["rm", "--force", "--volumes", ...containers]);
    for (const kind of ["network", "volume"]) {
      const ids = await this.idsOf([kind, "ls"]);
      if (ids.length > 0) await docker([kind, "rm", ...ids]);
    }
    const images = [...this.images, ...await this.historyImages()];
    if (images.length > 0) await run(["docker", "image", "rm", "--force", ...images]);
    await Deno.remove(this.folder, { recursive: true });
  }

  /** Names of the images that are the project's history, and of those that it keeps. */
  async historyImages(): Promise<string[]> {
    const format = ["--format", "{{.Repository}}:{{.Tag}}"];
    const names = await docker(["image", "ls", ...format, `kerek-*:${this.name}.*`]);
    return names.split("\n").filter((line) => line);
  }

  private async idsOf(listing: string[]): Promise<string[]> {
    const noTrunc = listing[0] === "volume" ? [] : ["--no-trunc"];
    const filter = ["--filter", `label=${label}=${this.name}`];
    const output = await docker([...listing, "--quiet", ...noTrunc, ...filter]);
    return output.split("\n").filter((line) => line);
  }

  private own({ cwd = this.folder, env, ...others }: RunOptions = {}): RunOptions {
    return { ...others, cwd, env: { COMPOSE_PROJECT_NAME: this.name, ...env } };
  }
}

/** With KEREK_EVENTS=FILE, each deploy writes a report, whose events must be as the schema says. */
const isReported = (args: string[], { cwd }: RunOptions = {}): boolean =>
  Deno.env.has("KEREK_EVENTS") && cwd === undefined && args.includes("deploy") &&
  !args.some((word) => ["--", "--dry-run", "--help", "--report"].includes(word));

/** Runs `docker`, which must do well; the result is what it printed. */
export async function docker(args: string[], options?: RunOptions): Promise<string> {
  return succeeded(await run(["docker", ...args], options), `docker ${args.join(" ")}`).stdout;
}

const label = "com.docker.compose.project";

/** The checkout's kerek, or the program of KEREK_COMMAND, such as a compiled one. */
export function kerekCommand(): string[] {
  const command = Deno.env.get("KEREK_COMMAND")?.split(/\s+/).filter((word) => word) ?? [];
  if (command.length > 0) {
    const [program, ...args] = command;
    // Tests run it in other folders.
    const isPath = program.includes("/") && !isAbsolute(program);
    return [isPath ? resolve(program) : program, ...args];
  }
  const cli = fileURLToPath(new URL("../../../cli.ts", import.meta.url));
  return [Deno.execPath(), "run", "--quiet", "--no-prompt", "--allow-all", cli];
}

function succeeded(result: Result, what: string): Result {
  assert.equal(result.code, 0, `${what}\n${result.stdout}${result.stderr}`);
  return result;
}

// deno-lint-ignore no-explicit-any
function decode({ Id, Name, State, Config }: any): Container {
  const labels = Config.Labels;
  const version = (Config.Env ?? []).find((entry: string) => entry.startsWith("VERSION="));
  return {
    id: Id,
    name: Name.slice(1),
    service: labels["com.docker.compose.service"],
    hash: labels["com.docker.compose.config-hash"],
    isOneOff: labels["com.docker.compose.oneoff"] === "True",
    status: State.Status,
    ...(State.Health ? { health: State.Health.Status } : {}),
    ...(version ? { version: version.slice("VERSION=".length) } : {}),
  };
}
