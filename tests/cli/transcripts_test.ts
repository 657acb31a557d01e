/**
 * Each file in `transcripts` shows what kerek prints for given command lines (`$ kerek …`), with
 * `! ` in front of what goes to standard error. After a change on purpose, rewrite them with
 * `UPDATE_TRANSCRIPTS=1 deno task test:unit`, and read the difference.
 */
import assert from "node:assert/strict";
import { type Commands, realCommands } from "../../lib/cli/commands.ts";
import { FakeIo } from "../../lib/cli/fake_io.ts";
import { main } from "../../lib/cli/main.ts";
import type {
  ConfigOptions,
  DeployOptions,
  HistoryOptions,
  RollbackOptions,
} from "../../lib/options.ts";

const folder = new URL("./transcripts/", import.meta.url);

for (const { name } of [...Deno.readDirSync(folder)].sort((a, b) => a.name < b.name ? -1 : 1)) {
  Deno.test(`kerek prints what the transcript ${name} shows`, async () => {
    const path = new URL(name, folder);
    const expected = await Deno.readTextFile(path);
    const actual = await replay(expected);
    if (Deno.env.get("UPDATE_TRANSCRIPTS")) await Deno.writeTextFile(path, actual);
    else assert.equal(actual, expected);
  });
}

async function replay(transcript: string): Promise<string> {
  const sections: string[] = [];
  for (const line of transcript.split("\n")) {
    if (line.startsWith("# ")) sections.push(`${line}\n`);
    if (line.startsWith("$ ")) sections.push(`${line}\n${await run(line.slice(2))}`);
  }
  return sections.join("\n");
}

async function run(line: string): Promise<string> {
  const words = wordsOf(line);
  const program = words.indexOf("kerek");
  const variables = words.slice(0, program).map((word) => word.split("=", 2));
  const io = new FakeIo(Object.fromEntries(variables));
  const exitCode = await main(words.slice(program + 1), io, commands);
  const stderr = io.written.stderr.replaceAll(/^/gm, "! ").replace(/! $/, "");
  return `${io.written.stdout}${stderr}[exit ${exitCode}]\n`;
}

/** Words as of a shell, of which only single quotes are known here. */
function wordsOf(line: string): string[] {
  return (line.match(/(?:'[^']*'|[^\s'])+/g) ?? []).map((word) => word.replaceAll("'", ""));
}

/** Instead of deploying or reading files, shows what was understood. */
const commands: Commands = {
  ...realCommands,
  config: (options: ConfigOptions, io) => {
    io.stdout(`(shows the configuration ${JSON.stringify(options)})\n`);
    return Promise.resolve(0);
  },
  deploy: (options: DeployOptions, io) => {
    io.stdout(`(deploys ${JSON.stringify(options)})\n`);
    return Promise.resolve(0);
  },
  history: (options: HistoryOptions, io) => {
    io.stdout(`(shows the history ${JSON.stringify(options)})\n`);
    return Promise.resolve(0);
  },
  rollback: (options: RollbackOptions, io) => {
    io.stdout(`(rolls back ${JSON.stringify(options)})\n`);
    return Promise.resolve(0);
  },
};
