import type { Output, Spawner, SpawnOptions, Stream } from "../spawn.ts";
import { type ApiCall, apiCallOf } from "./api_call.ts";
import type { EngineApi } from "./engine_api.ts";

/**
 * A {@linkcode Spawner} that does what is asked of `docker` most often by itself, over the engine's
 * socket, in a millisecond where starting the client takes 20 to 50. All other command lines go to
 * the programs, and all of them if the socket does not answer.
 */
export class BuiltinClient implements Spawner {
  private opened?: Promise<EngineApi | undefined>;

  /**
   * @param programs Runs what is not known here.
   * @param start How command lines of the client begin.
   * @param socket The path of the engine's socket, the same that these command lines go to.
   */
  constructor(
    private readonly programs: Spawner,
    private readonly start: string[],
    private readonly socket: string,
  ) {}

  read = (argv: string[], options?: SpawnOptions) => this.run("read", argv, options);
  write = (argv: string[], options?: SpawnOptions) => this.run("write", argv, options);

  stream = (argv: string[], onLine: (line: string) => void): Stream => {
    const call = this.callOf(argv);
    if (call?.kind !== "events") return this.programs.stream(argv, onLine);
    const over = new AbortController();
    let other: Stream | undefined;
    const ended = this.api().then(async (api) => {
      if (api) return await api.follow(call, onLine, over.signal);
      if (!over.signal.aborted) await (other = this.programs.stream(argv, onLine)).ended;
    });
    const end = async () => {
      over.abort();
      await other?.end();
      await ended.catch(() => {});
    };
    return { ended, end };
  };

  get pipe() {
    return this.programs.pipe;
  }

  /** Gives the connection up. */
  async close(): Promise<void> {
    (await this.opened)?.close();
  }

  private async run(
    how: "read" | "write",
    argv: string[],
    options: SpawnOptions = {},
  ): Promise<Output> {
    const { stdin, env } = options;
    const call = Object.keys(env ?? {}).length > 0 ? undefined : this.callOf(argv);
    const isKnown = call && call.kind !== "events" &&
      (stdin !== undefined) === (call.kind === "import-image");
    const api = isKnown ? await this.api() : undefined;
    return api ? await api.run(call!, options) : await this.programs[how](argv, options);
  }

  private callOf(argv: string[]): ApiCall | undefined {
    const isOurs = this.start.every((word, i) => argv[i] === word);
    return isOurs ? apiCallOf(argv.slice(this.start.length)) : undefined;
  }

  private async api(): Promise<EngineApi | undefined> {
    this.opened ??= import("./engine_api.ts").then(({ EngineApi }) => EngineApi.open(this.socket));
    return await this.opened;
  }
}
