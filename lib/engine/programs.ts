import { KerekError } from "../errors.ts";
import type { Clients } from "./clients.ts";
import { explain, explainExec } from "./explain.ts";
import { blamed } from "./pipe.ts";
import type { Output, Spawner, SpawnOptions, Stream } from "./spawn.ts";

/** Exit codes from here on are those of programs that a signal has ended. */
const endedBySignal = 128;

/** Calls to the engine and to Compose, each ending well or with a {@linkcode KerekError}. */
export class Programs {
  constructor(
    readonly clients: Clients,
    private readonly spawner: Spawner,
    /** Content of standard input, where a Compose file is read from it. */
    private readonly stdin?: string,
    private readonly others: {
      close?: () => Promise<void>;
      files?: () => Promise<string[]>;
    } = {},
  ) {}

  /** Paths of the Compose files as people write them, for advice; none where they are not known. */
  async files(): Promise<string[]> {
    return await this.others.files?.() ?? [];
  }

  /** Closes the way to the engine, if one was opened for them. */
  async [Symbol.asyncDispose](): Promise<void> {
    await this.others.close?.();
  }

  /** The same programs with more profiles active. */
  withProfiles(profiles: string[]): Programs {
    const compose = [...this.clients.compose, ...profiles.flatMap((x) => ["--profile", x])];
    const { files } = this.others;
    return new Programs({ ...this.clients, compose }, this.spawner, this.stdin, { files });
  }

  /** Output of an engine call that only looks. */
  async readEngine(argv: string[]): Promise<string> {
    return succeed(await this.tryEngine(argv)).stdout;
  }

  /** The same, where that is no text. */
  async readEngineBytes(argv: string[]): Promise<Uint8Array<ArrayBuffer>> {
    const pieces: Uint8Array<ArrayBuffer>[] = [];
    succeed(await this.tryEngine(argv, { onBytes: (bytes) => void pieces.push(bytes) }));
    return new Uint8Array(await new Blob(pieces).arrayBuffer());
  }

  /** The same, whatever its exit code. */
  async tryEngine(argv: string[], options?: SpawnOptions): Promise<Output> {
    return await this.spawner.read([...this.clients.engine, ...argv], options);
  }

  /** Output of a Compose call that only looks. */
  async readCompose(argv: string[]): Promise<Output> {
    return succeed(await this.tryCompose(argv));
  }

  /**
   * Output of a Compose call that only looks at a project which `config` prints, with an exit code of
   * Compose's own: it may refuse what it has printed.
   */
  async tryResolved(yaml: Promise<string>, argv: string[]): Promise<Output> {
    // Variables that its own files leave unset are not to be found in others.
    const without = ["--env-file", Deno.build.os === "windows" ? "NUL" : "/dev/null"];
    const resolved = [...this.clients.composeAlone, ...without, "--profile", "*", "--file", "-"];
    const output = await this.spawner.read([...resolved, ...argv], { stdin: yaml });
    return output.code < endedBySignal ? output : succeed(output);
  }

  /** The same, whatever its exit code. */
  async tryCompose(argv: string[], options?: SpawnOptions): Promise<Output> {
    const own = { stdin: this.stdin, ...options };
    return await this.spawner.read([...this.clients.compose, ...argv], own);
  }

  /** Lets the engine change something. */
  async writeEngine(argv: string[], options?: SpawnOptions): Promise<string> {
    return succeed(await this.spawner.write([...this.clients.engine, ...argv], options)).stdout;
  }

  /** Lets the engine change something by what another call of it prints. */
  async pipeEngine(from: string[], to: string[]): Promise<void> {
    const { engine } = this.clients;
    const outputs = await this.spawner.pipe([[...engine, ...from], [...engine, ...to]]);
    const failed = blamed(outputs);
    if (failed !== undefined) succeed(outputs[failed]);
  }

  /** Lets the engine run a command in a container. */
  async execEngine(argv: string[], options?: SpawnOptions): Promise<void> {
    const output = await this.spawner.write([...this.clients.engine, ...argv], options);
    if (output.code !== 0) throw explainExec(output);
  }

  /** Lets Compose change something. */
  async writeCompose(argv: string[], onOutput?: SpawnOptions["onOutput"]): Promise<Output> {
    const options = { stdin: this.stdin, onOutput };
    const output = await this.spawner.write([...this.clients.compose, ...argv], options);
    return succeed(output, { isShown: onOutput !== undefined });
  }

  /** Follows an engine call that talks until it is ended. */
  follow(argv: string[], onLine: (line: string) => void): Stream {
    return this.spawner.stream([...this.clients.engine, ...argv], onLine);
  }
}

/** @param isShown Whether the reader has had the output already. */
function succeed(output: Output, { isShown = false } = {}): Output {
  if (output.code === 0) return output;
  const { message, hint, details } = explain(output);
  throw new KerekError(message, { hint, details: isShown ? [] : details });
}
