/**
 * Values that a shell, ssh or an engine's client would read something else out of. The list grows:
 * a new way in for a value gets a line here.
 */
import assert from "node:assert/strict";
import { fileURLToPath } from "node:url";
import { deploy, plan, provision, rollback, transferImages, tunnel } from "../../mod.ts";
import { KerekError } from "../../lib/errors.ts";
import { printable } from "../../lib/ui/printable.ts";
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

/** Some of them, where all would take long and tell nothing new. */
const few = (values: string[]): string[] => [...values.slice(0, 2), ...values.slice(-2)];

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

/** A command line, what the user knows the value as that is put into it, and values. */
type Case = [line: string, name: string, values: string[]];

/** Where the engine is said to be, and how it is called. */
const ofEngine = (command: string): Case[] => [
  [`--host=@ ${command}`, "--host", addresses],
  [`--context=@ ${command}`, "--context", [...everywhere, "a b", "a/b", "../a", ".a"]],
  [`--container-engine=@ ${command}`, "--container-engine", [...everywhere, "docker x", "ä"]],
  [`DOCKER_HOST=@ ${command}`, "DOCKER_HOST", addresses.filter((value) => value !== "")],
  [`CONTAINER_HOST=@ ${command}`, "CONTAINER_HOST", ["-x", `ssh://h/;touch ${canary}`]],
  [`DOCKER_CONTEXT=@ ${command}`, "DOCKER_CONTEXT", ["-x", "a b", `x;touch ${canary}`]],
  [`CONTAINER_ENGINE=@ ${command}`, "CONTAINER_ENGINE", ["-x", "docker; rm -rf /", "a\nb"]],
];

/** `@` stands for the value; variables come first, and standard input behind `<`, as in a shell. */
const refused: Case[] = [
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
  ["rollback -- @", "service", services],
  ["hooks init -- @", "file", [...options, "", "\u0000"]],
  ...["deploy", "transfer-images a"].flatMap(ofEngine),
  // They share that way in.
  ...[
    "check",
    "config",
    "status",
    "unlock",
    "rollback",
    "history",
    "doctor",
    "hooks list",
    "tunnel-ssh h",
  ].flatMap(ofEngine)
    .map(([line, name, values]): Case => [line, name, few(values)]),
  ["deploy --project-name=@", "--project-name", [...everywhere, "A", "a b", "a/b"]],
  ...["unlock", "rollback", "history", "doctor", "check", "status"].map(
    (command): Case => [
      `${command} -p=@`,
      "--project-name",
      few([...everywhere, "A"]),
    ],
  ),
  ["config --file=@", "--file", [""]],
  ["history --env-file=@", "--env-file", [""]],
  ["deploy --config=@", "--config", [...options, ""]],
  ["deploy --tlscacert=@", "--tlscacert", [...options, ""]],
  ["deploy --tlscert=@", "--tlscert", [...options, ""]],
  ["deploy --tlskey=@", "--tlskey", [...options, ""]],
];

const numbers = [...few(everywhere), "1;x", "1e9", "0x10", "١"];
const words = [...few(everywhere), "start-first;x"];
const urls = [
  ...everywhere,
  ...shell.map((text) => `h${text}`),
  ...["javascript:x", "file:///etc/passwd", "ssh://h/", "http://", "http://u:secret@h/"],
];

/** Options of few possible values are told by the parser, in words of its own. */
const unreadable: Case[] = [
  ...["deploy", "rollback"].flatMap((command): Case[] => [
    [`${command} --probe=@`, "--probe", urls],
    [`${command} --timeout=@`, "--timeout", numbers],
    [`${command} --wait-timeout=@`, "--wait-timeout", numbers],
    [`${command} --lock-timeout=@`, "--lock-timeout", numbers],
    [`${command} --order=@`, "--order", words],
    [`${command} --on-failure=@`, "--on-failure", words],
    [`${command} --update-parallelism=@`, "--update-parallelism", numbers],
    [`${command} --parallel=@`, "--parallel", numbers],
    [`${command} --progress=@`, "--progress", words],
    [`${command} --ansi=@`, "--ansi", words],
    [`${command} --log-level=@`, "--log-level", words],
  ]),
  ["deploy --pull=@", "--pull", words],
  ["rollback --to=@", "--to", numbers],
  ["transfer-images --host=ssh://h --jobs=@ a", "--jobs", numbers],
  ["status --format=@", "--format", words],
  ["history --format=@", "--format", words],
  ["completions -- @", "shell", words],
  ["man -- @", "command", words],
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
    const config = `${folder}/.docker`;
    const plugins = `${config}/cli-plugins`;
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
      env: {
        PATH: `${folder}/bin`,
        HOME: folder,
        DOCKER_CONFIG: config,
        CALLS: `${folder}/calls`,
        NO_COLOR: "1",
      },
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

/** Nothing steers the terminal. */
function assertPlain(text: string, what: string): void {
  // deno-lint-ignore no-control-regex
  assert.doesNotMatch(text, /[\u0000-\u0009\u000b-\u001f\u007f-\u009f]/, what);
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
    const shown = printable(JSON.stringify(value));
    assert.ok(stderr.startsWith(`Cannot use ${shown} as ${name}: `), what);
    assertPlain(stderr, what);
  });
  assert.deepEqual(calls, []);
  assert.deepEqual(made, []);
});

Deno.test("values that are no number or choice are refused, and nothing runs", async () => {
  const cases = unreadable.flatMap(([line, name, values]) =>
    values.map((value) => ({ name, line: toLine(line, value) }))
  );
  const { ran, calls, made } = await run(cases.map(({ line }) => line));
  ran.forEach(({ exitCode, stdout, stderr }, i) => {
    const { name, line } = cases[i];
    const what = JSON.stringify([line, stderr]);
    assert.equal(exitCode, 2, what);
    assert.equal(stdout, "", what);
    assert.match(stderr, /^Cannot /, what);
    assert.ok(stderr.includes(name), what);
    assertPlain(stderr, what);
  });
  assert.deepEqual(calls, []);
  assert.deepEqual(made, []);
});

Deno.test("completion gives hostile values to no program", async () => {
  const lines = [...refused, ...unreadable].flatMap(([line, _, values]) =>
    // Some of each, as there are thousands.
    line.includes("<")
      ? []
      : few(values.filter((x) => x.includes(canary))).slice(-2).map((value) => {
        const { argv, variables } = toLine(line, value);
        return { argv: ["__complete", ...argv, ""], variables };
      })
  );
  const { ran, calls, made } = await run(lines);
  ran.forEach(({ exitCode, stderr }, i) => {
    assert.deepEqual([exitCode, stderr], [0, ""], JSON.stringify(lines[i]));
  });
  assert.deepEqual(calls, []);
  assert.deepEqual(made, []);
});

Deno.test("the module API refuses what the command line does", async () => {
  const refusing: [name: string, values: string[], call: (value: string) => Promise<unknown>][] = [
    ["host", addresses, (host) => tunnel({ host })],
    ["host", machines, (host) => provision({ host, dryRun: true })],
    ["sshConfig", options, (sshConfig) => provision({ host: "h", sshConfig, dryRun: true })],
    ["engine.host", addresses, (host) => plan({ engine: { host } })],
    ["compose.projectName", everywhere, (projectName) => deploy({ compose: { projectName } })],
    ["service", services, (service) => rollback({ services: [service] })],
    ["image", images, (image) => transferImages({ engine: {}, images: [image] })],
  ];
  for (const [name, values, call] of refusing) {
    for (const value of values) {
      await assert.rejects(call(value), (error) => {
        const { message, exitCode } = KerekError.from(error);
        assert.match(message, /^Cannot use /, name);
        return exitCode === 2;
      }, JSON.stringify([name, value]));
    }
  }
  await assert.rejects(tunnel({ host: "tcp://h:2375" }), { exitCode: 2, name: "KerekError" });
});

Deno.test("names of modules and reports are files, whatever else they look like", async () => {
  const values = [`;touch ${canary}`, `$(touch ${canary})`, "-x"];
  const { calls, made } = await run(
    ["deploy --hook=@", "check --hook=@", "rollback --hook=@", "deploy --report=@"].flatMap((
      line,
    ) => values.map((value) => toLine(line, value))),
  );
  assert.ok(!made.includes(canary));
  for (const words of calls) {
    assert.ok(/\/docker(-compose)?$/.test(words[0]), words[0]);
    assert.ok(!words.some((word) => values.includes(word) && word !== ""), JSON.stringify(words));
  }
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
