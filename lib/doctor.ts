import { type Clients, clientsOf, dockerGlobals, type Surroundings } from "./engine/clients.ts";
import { endpointOf, isPodmanProgram } from "./engine/endpoint.ts";
import { explain } from "./engine/explain.ts";
import type { Output, Spawner } from "./engine/spawn.ts";
import { ExitCode, KerekError } from "./errors.ts";
import type { ComposeOptions, EngineOptions } from "./options.ts";
import { isOlder } from "./plan/is_older.ts";
import { sshAddress } from "./ssh/address.ts";
import { sshArgv } from "./ssh/argv.ts";

/** What was found of one thing that a deploy needs. */
export interface Finding {
  /** What it is about. */
  about: "kerek" | "client" | "ssh" | "engine" | "compose" | "plugin" | "project";
  status: "ok" | "warning" | "failed";
  text: string;
  /** What to do about it; absent if all is well. */
  remedy?: string;
}

/** What is looked at, and through what. */
export interface DoctorPorts {
  spawner: Pick<Spawner, "read">;
  surroundings: Surroundings;
  /** What kerek is and runs on. */
  self: { version: string; deno: string; isStandalone: boolean; denied: string[] };
}

type Options = { engine: EngineOptions; compose: ComposeOptions };

/** Looks at all that a deploy needs of the machine, the engine and the project. Changes nothing. */
export async function diagnose(options: Options, ports: DoctorPorts): Promise<Finding[]> {
  const clients = await reach(options, ports);
  if ("status" in clients) return [self(ports.self), clients];
  const { engine, compose } = clients;
  const isPodman = isPodmanProgram(options.engine.containerEngine);
  const ask = (argv: string[]) => attempt(() => ports.spawner.read(argv));
  const found = await Promise.all([
    self(ports.self),
    ask([engine[0], "--version"]).then((output) => client(engine[0], output)),
    overSsh(options, ports, ask),
    ask([...engine, "version", "--format", serverVersions])
      .then((output) => engineFinding(output, isPodman)),
    ask([...compose, "version", "--short"]).then(composeFinding),
    isPodman ? [] : ask(["docker", ...dockerGlobals(configOf(options)), "deploy", "--version"])
      .then((output) => plugin(output, ports.self.version)),
    // What is on standard input cannot be read twice.
    options.compose.files.includes("-")
      ? []
      : ask([...compose, "config", "--services"]).then(project),
  ]);
  return found.flat();
}

const serverVersions = "{{.Server.Version}} {{.Server.APIVersion}}";

const configOf = ({ engine: { containerEngine, config } }: Options): EngineOptions => ({
  containerEngine,
  config,
});

/** How to call the programs, or why that cannot be found out. */
async function reach({ engine, compose }: Options, ports: DoctorPorts): Promise<Clients | Finding> {
  try {
    return await clientsOf(engine, compose, ports.surroundings);
  } catch (error) {
    const { message, hint, exitCode } = KerekError.from(error);
    if (exitCode !== ExitCode.untouched) throw error;
    return { about: "engine", status: "failed", text: message, remedy: hint };
  }
}

/** A program's output; what keeps it from running looks as if it had said so. */
async function attempt(run: () => Promise<Output>): Promise<Output> {
  try {
    return await run();
  } catch (error) {
    return { code: 127, stdout: "", stderr: KerekError.from(error).message };
  }
}

function self({ version, deno, isStandalone, denied }: DoctorPorts["self"]): Finding {
  const text = isStandalone ? `kerek ${version}` : `kerek ${version} on Deno ${deno}`;
  if (isOlder(deno, "2.4")) {
    return {
      about: "kerek",
      status: "warning",
      text,
      remedy: "Update Deno to 2.4 or later.",
    };
  }
  if (denied.length > 0) {
    return {
      about: "kerek",
      status: "warning",
      text: `${text}, not permitted to ${denied.join(", ")}`,
      remedy: `Hooks need it: run with ${denied.map((name) => `--allow-${name}`).join(" ")}.`,
    };
  }
  return { about: "kerek", status: "ok", text };
}

function client(program: string, { code, stdout }: Output): Finding {
  if (code === 0) return { about: "client", status: "ok", text: stdout.trim() };
  return {
    about: "client",
    status: "failed",
    text: `${program} cannot be run`,
    remedy: program.endsWith("docker")
      ? "Install it (on Debian and Ubuntu: apt install docker.io), or add its folder to PATH."
      : `Install ${program}, or name another program with --container-engine.`,
  };
}

async function overSsh(
  { engine }: Options,
  { surroundings }: DoctorPorts,
  ask: (argv: string[]) => Promise<Output>,
): Promise<Finding[]> {
  let address: string | undefined;
  try {
    address = await endpointOf(engine, surroundings);
  } catch {
    return []; // The engine's own finding tells why.
  }
  const target = address === undefined ? undefined : sshAddress(address)?.target;
  if (!target) return [];
  const { code, stderr } = await ask(sshArgv(target, ["-o", "ConnectTimeout=10"], ["true"]));
  if (code === 0) return [{ about: "ssh", status: "ok", text: `${target.host} can be reached` }];
  return [{
    about: "ssh",
    status: "failed",
    text: `${target.host} cannot be reached: ${lastLine(stderr) || `exit code ${code}`}`,
    remedy: "See that this works without being asked anything: " +
      sshArgv(target, [], ["true"]).join(" "),
  }];
}

function engineFinding(output: Output, isPodman: boolean): Finding {
  const [, version, api] = /^(\d[\w.+~-]*) ([\d.]+)\s*$/m.exec(output.stdout) ?? [];
  if (output.code !== 0 || version === undefined) {
    return failed("engine", output, "See that the engine runs (systemctl start docker).");
  }
  const text = `${isPodman ? "Podman" : "Docker Engine"} ${version} (API ${api})`;
  const oldest = isPodman ? "4.3" : "20.10";
  if (!isOlder(version, oldest)) return { about: "engine", status: "ok", text };
  return {
    about: "engine",
    status: "warning",
    text,
    remedy: `Update it: versions before ${oldest} are not tested.`,
  };
}

function composeFinding(output: Output): Finding {
  const version = /^v?(\d+\.\d+\.\d+\S*)/m.exec(output.stdout)?.[1];
  if (output.code !== 0 || version === undefined) {
    return failed(
      "compose",
      output,
      "Install the plugin: apt install docker-compose-plugin (Docker's packages), " +
        "docker-compose-v2 (Ubuntu's) or docker-compose (Debian 13's).",
    );
  }
  const text = `Docker Compose ${version}`;
  if (isOlder(version, "2")) {
    return { about: "compose", status: "failed", text, remedy: "Update it to version 2." };
  }
  if (!isOlder(version, "2.26")) return { about: "compose", status: "ok", text };
  return {
    about: "compose",
    status: "warning",
    text,
    remedy: "Update it: versions before 2.26 are not tested.",
  };
}

function plugin({ code, stdout }: Output, version: string): Finding {
  const other = /^kerek (\S+)$/m.exec(stdout)?.[1];
  if (code !== 0 || other === undefined) {
    return {
      about: "plugin",
      status: "ok",
      text: "`docker deploy` is not linked, which is optional: " +
        'ln -s "$(command -v kerek)" ~/.docker/cli-plugins/docker-deploy',
    };
  }
  if (other === version) {
    return { about: "plugin", status: "ok", text: "`docker deploy` is linked" };
  }
  return {
    about: "plugin",
    status: "warning",
    text: `\`docker deploy\` is kerek ${other}`,
    remedy: 'Link this one: ln -sf "$(command -v kerek)" ~/.docker/cli-plugins/docker-deploy',
  };
}

function project(output: Output): Finding {
  const services = output.stdout.split("\n").filter((line) => line !== "");
  if (output.code === 0) {
    const count = services.length === 1 ? "1 service" : `${services.length} services`;
    return { about: "project", status: "ok", text: count };
  }
  if (/no configuration file provided/.test(output.stderr)) {
    return { about: "project", status: "ok", text: "there is none in this folder" };
  }
  return failed(
    "project",
    output,
    "Mend the Compose files; `docker compose config` reads them, too.",
  );
}

/** A finding of what a program said when it failed. */
function failed(about: Finding["about"], output: Output, remedy: string): Finding {
  const { message, hint } = explain(output);
  return { about, status: "failed", text: message, remedy: hint ?? remedy };
}

const lastLine = (text: string): string => text.trim().split("\n").at(-1)!.trim();
