import { build$, CommandBuilder } from "../deps/dax.ts";
import type { Shell } from "./sdk.ts";

/**
 * Makes the `$` of a call: what its commands print and nobody takes is logged instead of getting
 * into the midst of kerek's own output, and they end when the call's time is over.
 */
export function makeShell(log: (text: string) => void, signal: AbortSignal): Shell {
  const $ = build$({ commandBuilder: new CommandBuilder().stdin("null").signal(signal) });
  return new Proxy($, {
    apply: (target, self, args) =>
      logged(Reflect.apply(target, self, args), log, { stdout: true, stderr: true }),
  }) as unknown as Shell;
}

/** Streams of a command that nobody has taken yet. */
interface Untaken {
  stdout: boolean;
  stderr: boolean;
}

/** Members that run a command, and whether they take its standard output. */
const runs: Record<string, { takesStdout: boolean }> = {
  then: { takesStdout: false },
  spawn: { takesStdout: false },
  text: { takesStdout: true },
  lines: { takesStdout: true },
  linesIter: { takesStdout: true },
  json: { takesStdout: true },
  bytes: { takesStdout: true },
};

/** dax has no place of its own to send untaken output to, so its builders are watched. */
function logged(
  builder: CommandBuilder,
  log: (text: string) => void,
  untaken: Untaken,
): CommandBuilder {
  return new Proxy(builder, {
    get(target, name) {
      const member = Reflect.get(target, name, target);
      if (typeof member !== "function") return member;
      return (...args: unknown[]) => {
        const run = Object.hasOwn(runs, name) ? runs[String(name)] : undefined;
        const { stdout, stderr } = untaken;
        let own = target;
        if (run && stdout && !run.takesStdout) own = own.stdout(lines(log));
        if (run && stderr) own = own.stderr(lines(log));
        const result = Reflect.apply(member, own, args);
        return result instanceof CommandBuilder
          ? logged(result, log, remaining(untaken, String(name), args[0]))
          : result;
      };
    },
  });
}

function remaining({ stdout, stderr }: Untaken, name: string, kind: unknown): Untaken {
  const isQuiet = name === "quiet" || name === "captureCombined";
  return {
    stdout: stdout && !(name === "stdout" || (isQuiet && kind !== "stderr")),
    stderr: stderr && !(name === "stderr" || (isQuiet && kind !== "stdout")),
  };
}

/** Takes text as it comes and gives whole lines. */
function lines(log: (text: string) => void): WritableStream<Uint8Array> {
  const decoder = new TextDecoder();
  let rest = "";
  return new WritableStream({
    write(bytes) {
      const parts = (rest + decoder.decode(bytes, { stream: true })).split("\n");
      rest = parts.pop()!;
      if (parts.length > 0) log(parts.join("\n"));
    },
    close() {
      if (rest) log(rest);
    },
  });
}
