/** Runs kerek for each command line of a JSON list on standard input, and prints what came of it. */
import { FakeIo } from "../../../lib/cli/fake_io.ts";
import { main } from "../../../lib/cli/main.ts";

/** A command line, and variables that are set for it. */
export interface Line {
  argv: string[];
  variables: Record<string, string>;
  stdin?: string;
}

/** What came of a command line. */
export interface Ran {
  exitCode: number;
  stdout: string;
  stderr: string;
}

if (import.meta.main) {
  const lines: Line[] = await new Response(Deno.stdin.readable).json();
  const ran: Ran[] = [];
  for (const { argv, variables, stdin } of lines) {
    const io = new FakeIo(variables, stdin);
    ran.push({ exitCode: await main(argv, io), ...io.written });
  }
  console.log(JSON.stringify(ran));
}
