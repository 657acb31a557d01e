/**
 * Values that a shell, ssh or an engine's client would read something else out of. The list grows:
 * a new way in for a value gets a line here.
 */
import assert from "node:assert/strict";
import { fileURLToPath } from "node:url";
import type { Line, Ran } from "./harness/run_lines.ts";

/** What makes a file of that name in the working directory, if a shell gets to see it. */
const canary = "canary";

const shell = [
  `;touch ${canary}`,
  `;touch$IFS${canary}`,
  `$(touch ${canary})`,
  `\`touch ${canary}\``,
  `|touch ${canary}`,
  `&touch ${canary}`,
  `'; touch ${canary}; '`,
  `x\ntouch ${canary}`,
];
const options = ["-x", "--help", "-oProxyCommand=touch canary", `-o${canary}`];
const everywhere = [...shell.map((text) => `x${text}`), ...options, "", "\u0000", "\u001b[2J"];

const machines = [
  ...everywhere,
  ...["ssh://-oProxyCommand=x", "u@-oProxyCommand=x", "-l@h", "h/x", "h x", "h:22x", "u@v@h"],
  ...shell.flatMap((text) => [`ssh://h${text}`, `u${text}@h`, `ssh://h:22${text}`]),
];
const addresses = [
  ...everywhere,
  ...["ssh://", "ssh://-oProxyCommand=x", "ssh://h?x", "ssh://h#x", "ssh://u:secret@h"],
  ...shell.flatMap((text) => [`ssh://h${text}`, `ssh://h/${text}`, `ssh://h:22/run/x${text}`]),
  ...shell.map((text) => `tcp://h${text}`),
  ...["file:///etc/passwd", "unix://relative", "javascript://h", "unix:///a\nb"],
];
const images = [...everywhere, "a b", "a,b", "<x>", "/x", "x".repeat(513)];
const services = [...everywhere, "a b", "a/b", "a=2"];
const sockets = ["", "${HOME}/x", "a\nb", "\u0000", "\u007f"];

/** `@` stands for the value; variables come first, and standard input behind `<`, as in a shell. */
const refused: [line: string, name: string, values: string[]][] = [
  ["provision -- @", "host", machines],
  ["provision h --ssh-config=@", "--ssh-config", [...options, "", "\u0000"]],
  ["tunnel-ssh -- @", "host", machines],
  ["tunnel-ssh h -F=@", "--ssh-config", [...options, "", "\u0000"]],
  ["tunnel-ssh h --local-socket=@", "--local-socket", [...sockets, "x".repeat(87)]],
  ["tunnel-ssh h --remote-socket=@", "--remote-socket", [...sockets, ...everywhere, "x"]],
  ["transfer-images --host=ssh://h -- @", "image", images],
  ["transfer-images --host=ssh://h - <@", "image", ["-x", "a b", `x;touch ${canary}`, "--help"]],
  ["transfer-images --host=ssh://h --compress=@", "--compress", [...options, "", "\u0000"]],
  ["deploy -- @", "service", services],
  ["check -- @", "service", services],
  ["config -- @", "service", services],
  ["status -- @", "service", services],
  ["hooks init -- @", "file", [...options, "", "\u0000"]],
  ...["deploy", "check", "config", "status", "unlock", "transfer-images a"].flatMap(
    (command): [string, string, string[]][] => [
      [`--host=@ ${command}`, "--host", addresses],
      [`--context=@ ${command}`, "--context", [...everywhere, "a b", "a/b", "../a", ".a"]],
      [`--container-engine=@ ${command}`, "--container-engine", [...everywhere, "docker x", "ä"]],
      [`DOCKER_HOST=@ ${command}`, "DOCKER_HOST", addresses.filter((value) => value !== "")],
      [`CONTAINER_HOST=@ ${command}`, "CONTAINER_HOST", ["-x", `ssh://h/;touch ${canary}`]],
      [`DOCKER_CONTEXT=@ ${command}`, "DOCKER_CONTEXT", ["-x", "a b", `x;touch ${canary}`]],
      [`CONTAINER_ENGINE=@ ${command}`, "CONTAINER_ENGINE", ["-x", "docker; rm -rf /", "a\nb"]],
    ],
  ),
  ["deploy --project-name=@", "--project-name", [...everywhere, "A", "a b", "a/b"]],
  ["config --file=@", "--file", [""]],
  ["history --env-file=@", "--env-file", [""]],
  ["unlock -p=@", "--project-name", [...everywhere, "A"]],
  ["deploy --config=@", "--config", [...options, ""]],
  ["deploy --tlscacert=@", "--tlscacert", [...options, ""]],
  ["deploy --tlscert=@", "--tlscert", [...options, ""]],
  ["deploy --tlskey=@", "--tlskey", [...options, ""]],
];

/** These are files' and profiles' names, and may be all but empty; clients get them as one word. */
const passed: string[] = [
  "config --file=@",
  "config --env-file=@",
  "config --profile=@",
  "config --project-directory=@",
];

const toLine = (line: string, value: string): Line => {
  const isInput = (word: string) => word.startsWith("<");
  const all = line.split(" ");
  const fill = (word: string) => word.replace("@", () => value);
  const words = all.filter((word) => !isInput(word)).map(fill);
  const count = words.findIndex((word) => !/^[A-Z_]+=/.test(word));
  const variables = words.slice(0, count).map((word) => word.split(/=(.*)/s, 2));
  return {
    argv: words.slice(count),
    variables: Object.fromEntries(variables),
    stdin: all.filter(isInput).map((word) => fill(word.slice(1)))[0],
  };
};

const writesDown = `#!/bin/sh
printf '%s\\0' "$0" "$@" >>"$CALLS"
printf '\\n\\0' >>"$CALLS"
exit 1
`;

/** Runs kerek where docker, podman, ssh and sh only write down that they were called, and how. */
async function run(lines: Line[]): Promise<{ ran: Ran[]; calls: string[][]; made: string[] }> {
  const folder = await Deno.makeTempDir({ prefix: "kerek-hostile-" });
  try {
    const plugins = `${folder}/.docker/cli-plugins`;
    for (const path of [`${folder}/bin`, plugins]) await Deno.mkdir(path, { recursive: true });
    const programs = ["docker", "podman", "ssh", "sh", "x"].map((name) => `${folder}/bin/${name}`);
    for (const path of [...programs, `${plugins}/docker-compose`]) {
      await Deno.writeTextFile(path, writesDown, { mode: 0o755 });
    }
    await Deno.mkdir(`${folder}/cwd`);
    const child = new Deno.Command(Deno.execPath(), {
      args: [
        ...["run", "--quiet", "--no-prompt", "--allow-all"],
        fileURLToPath(new URL("./harness/run_lines.ts", import.meta.url)),
      ],
      cwd: `${folder}/cwd`,
      env: { PATH: `${folder}/bin`, HOME: folder, CALLS: `${folder}/calls`, NO_COLOR: "1" },
      stdin: "piped",
      stdout: "piped",
    }).spawn();
    const writer = child.stdin.getWriter();
    await writer.write(new TextEncoder().encode(JSON.stringify(lines)));
    await writer.close();
    const { stdout } = await child.output();
    const calls = await Deno.readTextFile(`${folder}/calls`).catch(() => "");
    return {
      ran: JSON.parse(new TextDecoder().decode(stdout)),
      calls: calls.split("\n\0").filter((x) => x).map((call) => call.split("\0").slice(0, -1)),
      made: [...Deno.readDirSync(`${folder}/cwd`)].map(({ name }) => name),
    };
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
}

Deno.test("hostile values get an error that names their option, and nothing runs", async () => {
  const cases = refused.flatMap(([line, name, values]) =>
    values.map((value) => ({ name, value, line: toLine(line, value) }))
  );
  const { ran, calls, made } = await run(cases.map(({ line }) => line));
  assert.equal(ran.length, cases.length);
  ran.forEach(({ exitCode, stdout, stderr }, i) => {
    const { name, value, line } = cases[i];
    const what = JSON.stringify([line, stderr]);
    assert.equal(exitCode, 2, what);
    assert.equal(stdout, "", what);
    assert.ok(stderr.startsWith(`Cannot use ${JSON.stringify(value)} as ${name}: `), what);
    // deno-lint-ignore no-control-regex
    assert.doesNotMatch(stderr, /[\u0000-\u0009\u000b-\u001f]/, what);
  });
  assert.deepEqual(calls, []);
  assert.deepEqual(made, []);
});

Deno.test("names of files and profiles reach clients as one word", async () => {
  const values = everywhere.filter((value) => !["", "\u0000"].includes(value));
  const cases = passed.flatMap((line) =>
    values.map((value) => ({ value, line: toLine(line, value) }))
  );
  const { calls, made } = await run(cases.map(({ line }) => line));
  assert.deepEqual(made, []);
  for (const { value, line } of cases) {
    const [option] = line.argv[1].split("=");
    assert.ok(
      calls.some((words) => words.some((word, i) => word === value && words[i - 1] === option)),
      JSON.stringify(line),
    );
  }
});
