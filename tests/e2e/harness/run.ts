/** What a finished program left. */
export interface Result {
  code: number;
  stdout: string;
  stderr: string;
}

/** How to run a program. */
export interface RunOptions {
  cwd?: string;
  /** Added to the environment of the tests, of which nothing that steers Compose is passed on. */
  env?: Record<string, string>;
  stdin?: string;
  /** How long it may take, in milliseconds. Default: three minutes */
  longestMs?: number;
}

/** A program that runs. */
export interface Running {
  readonly pid: number;
  /** Both outputs so far. */
  soFar(): string;
  /** Resolves when the output matches, and rejects if the program ends without that. */
  shows(pattern: RegExp): Promise<void>;
  /** Sends a signal to it alone, unless it has ended. */
  kill(signal: Deno.Signal): void;
  /** Presses Ctrl-C: all programs that a terminal would take for its own get a SIGINT. */
  pressCtrlC(): void;
  readonly result: Promise<Result>;
}

/** A program that takes longer hangs; nothing here is about speed. */
const usualLongestMs = 180_000;

/** Runs a program to its end. */
export async function run(argv: string[], options?: RunOptions): Promise<Result> {
  return await start(argv, options).result;
}

/** Starts a program. */
export function start(argv: string[], options: RunOptions = {}): Running {
  const [program, ...args] = argv;
  const child = new Deno.Command(program, {
    args,
    cwd: options.cwd,
    clearEnv: true,
    env: { ...inheritedEnv(), ...options.env },
    stdin: options.stdin === undefined ? "null" : "piped",
    // In a group of its own, as a shell would run it.
    detached: true,
    stdout: "piped",
    stderr: "piped",
  }).spawn();
  const listeners = new Set<() => void>();
  const output = { stdout: "", stderr: "" };
  let hasEnded = false;
  const take = async (name: "stdout" | "stderr") => {
    for await (const text of child[name].pipeThrough(new TextDecoderStream())) {
      output[name] += text;
      listeners.forEach((listener) => listener());
    }
  };
  const soFar = () => output.stdout + output.stderr;
  const result = finish();

  return {
    pid: child.pid,
    soFar,
    shows,
    kill,
    pressCtrlC: () => Deno.kill(-child.pid, "SIGINT"),
    result,
  };

  function kill(signal: Deno.Signal): void {
    try {
      child.kill(signal);
    } catch (error) {
      if (!(error instanceof TypeError)) throw error;
    }
  }

  async function finish(): Promise<Result> {
    const timer = setTimeout(
      () => kill("SIGKILL"),
      options.longestMs ?? usualLongestMs,
    );
    const [{ code, signal }] = await Promise.all([
      child.status,
      take("stdout"),
      take("stderr"),
      options.stdin === undefined ? undefined : feed(child.stdin, options.stdin),
    ]);
    clearTimeout(timer);
    hasEnded = true;
    listeners.forEach((listener) => listener());
    if (signal === "SIGKILL") {
      throw new Error(`${argv.join(" ")} did not end by itself:\n${soFar()}`);
    }
    return { code, ...output };
  }

  async function shows(pattern: RegExp): Promise<void> {
    await new Promise<void>((resolve, reject) => {
      const look = () => {
        if (pattern.test(soFar())) resolve();
        else if (hasEnded) {
          reject(new Error(`${argv.join(" ")} never showed ${pattern}:\n${soFar()}`));
        } else return;
        listeners.delete(look);
      };
      listeners.add(look);
      look();
    });
  }
}

/** Variables such as COMPOSE_FILE of whoever runs the tests would change what is tested. */
function inheritedEnv(): Record<string, string> {
  const steering = /^(CI$|COMPOSE_|KEREK_|CONTAINER_ENGINE$|GREET_|PROXY_|HTTP_PORT$)/;
  return Object.fromEntries(
    Object.entries(Deno.env.toObject()).filter(([name]) => !steering.test(name)),
  );
}

async function feed(sink: WritableStream<Uint8Array>, text: string): Promise<void> {
  const writer = sink.getWriter();
  try {
    await writer.write(new TextEncoder().encode(text));
    await writer.close();
  } catch (error) {
    if (!(error instanceof Deno.errors.BrokenPipe)) throw error;
  }
}
