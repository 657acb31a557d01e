import type { Io } from "./io.ts";

/** The {@linkcode Io} of this process. */
export function denoIo(): Io {
  return {
    stdout: writer(Deno.stdout),
    stderr: writer(Deno.stderr),
    readStdin: () => new Response(Deno.stdin.readable).text(),
    env: (name) => Deno.env.get(name),
    isTerminal: {
      stdin: Deno.stdin.isTerminal(),
      stdout: Deno.stdout.isTerminal(),
      stderr: Deno.stderr.isTerminal(),
    },
    columns: () => size()?.columns || undefined,
    rows: () => size()?.rows || undefined,
  };
}

/** Once a pipe is closed, as `head` does, the rest is dropped: a deployment goes on regardless. */
function writer(stream: { writeSync(bytes: Uint8Array): number }): (text: string) => void {
  const encoder = new TextEncoder();
  let isOpen = true;
  return (text) => {
    let bytes = encoder.encode(text);
    try {
      while (isOpen && bytes.length > 0) bytes = bytes.subarray(stream.writeSync(bytes));
    } catch {
      isOpen = false;
    }
  };
}

function size(): { columns: number; rows: number } | undefined {
  try {
    return Deno.consoleSize();
  } catch {
    return undefined;
  }
}
