import { checkInvocation } from "../cli/check_invocation.ts";
import type { Io } from "../cli/io.ts";
import { parse } from "../cli/parse.ts";
import { cobraText } from "../completion/cobra.ts";
import { type Candidate, type Completion, fitting, type Source } from "../completion/complete.ts";
import { openPrograms } from "../engine/open_programs.ts";
import type { Programs } from "../engine/programs.ts";
import { type Spawner, spawner } from "../engine/spawn.ts";
import type { Surroundings } from "../engine/clients.ts";
import { surroundings as surroundingsOf } from "../engine/surroundings.ts";
import { ExitCode } from "../errors.ts";
import { isGood } from "../history/entry.ts";
import type { ComposeOptions, EngineOptions } from "../options.ts";
import { historyOf } from "../project_history.ts";
import { printable } from "../ui/printable.ts";

/** How long programs may take to say what there is, in milliseconds: somebody waits at the prompt. */
const longestMs = 5_000;

interface Ports {
  spawner: Spawner;
  surroundings?: (engine: EngineOptions) => Surroundings;
}

/** `kerek __complete`: what shells ask at every TAB. Whatever goes wrong, there is just less. */
export async function runComplete(
  { completion, described }: { completion: Completion; described: boolean },
  io: Io,
  ports: Ports = { spawner },
): Promise<ExitCode> {
  const { candidates, source } = completion;
  const more = source === undefined ? [] : await askFor(source, completion, io, ports);
  io.stdout(cobraText(
    { ...completion, candidates: [...candidates, ...fitting(more, completion)] },
    { described },
  ));
  return ExitCode.done;
}

async function askFor(
  source: Source,
  { before }: Completion,
  io: Io,
  { spawner, surroundings = surroundingsOf }: Ports,
): Promise<Candidate[]> {
  try {
    const { engine, compose } = await optionsOf(before, io);
    // What the shell's standard input has is not for us.
    if (compose.files.includes("-")) return [];
    const quiet: Spawner = {
      ...spawner,
      read: (argv, options) =>
        spawner.read(argv, { ...options, signal: AbortSignal.timeout(longestMs) }),
    };
    // Images come from where `docker` looks by itself, as transfer-images has it.
    const at = source === "images" ? { containerEngine: engine.containerEngine } : engine;
    await using programs = await openPrograms({ engine: at, compose }, {
      spawner: quiet,
      surroundings: surroundings(at),
      readStdin: () => Promise.resolve(""),
    });
    if (source === "entries") return await entriesOf(programs, compose);
    const { code, stdout } = await queries[source](programs);
    const names = code === 0 ? stdout.split("\n").map((line) => line.trim()) : [];
    return [...new Set(names)].filter(isPlain).map((value) => ({ value, description: "" }));
  } catch {
    return [];
  }
}

/** Entries of the history that a rollback can go to, the latest first. */
async function entriesOf(programs: Programs, compose: ComposeOptions): Promise<Candidate[]> {
  const { entries } = await historyOf(programs, { compose });
  return entries.filter(isGood).toReversed().map(({ number, at, owner, changed }) => ({
    value: String(number),
    description: printable(`${at.slice(0, 19)}Z ${owner}: ${changed.join(", ")}`),
  }));
}

const queries: Record<
  Exclude<Source, "entries">,
  (programs: Programs) => ReturnType<Programs["tryCompose"]>
> = {
  contexts: (programs) => programs.tryEngine(["context", "ls", "--format", "{{.Name}}"]),
  images: (programs) =>
    programs.tryEngine([
      "image",
      "ls",
      "--format",
      "{{.Repository}}:{{.Tag}}",
      "--filter",
      dangling,
    ]),
  profiles: (programs) => programs.tryCompose(["config", "--profiles"]),
  projects: (programs) => programs.tryCompose(["ls", "--all", "--quiet"]),
  services: (programs) => programs.tryCompose(["config", "--services"]),
};

const dangling = "dangling=false";

/** Names that mean nothing to a shell, which none of these ever have anyway. */
const isPlain = (name: string): boolean => /^[\w][\w.:/@+-]*$/.test(name);

/** What the command line says so far of the project and the engine. */
async function optionsOf(
  before: string[],
  io: Io,
): Promise<{ engine: EngineOptions; compose: ComposeOptions }> {
  const invocation = parse(before, io);
  await checkInvocation(invocation, io.env);
  const options = "options" in invocation ? invocation.options : {};
  return {
    engine: { containerEngine: "docker" },
    compose: { envFiles: [], files: [], profiles: [] },
    ...options,
  };
}
