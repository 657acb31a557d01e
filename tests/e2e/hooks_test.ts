/** Acceptance: hook modules are called at their moments, and what they refuse is put back. */
import assert from "node:assert/strict";
import { ExitCode } from "../../lib/errors.ts";
import { compiledKerek, whyNotCompiled } from "./harness/compiled.ts";
import type { Project } from "./harness/project.ts";
import { scenario } from "./harness/scenario.ts";
import { service } from "./harness/service.ts";

/** Defines a scenario twice: with the usual kerek, and with a compiled one. */
function everywhere(name: string, act: (project: Project) => Promise<void>): void {
  scenario(name, act);
  scenario(`compiled: ${name}`, async (project) => {
    project.command = [compiledKerek()];
    await act(project);
  }, { unless: whyNotCompiled });
}

/** Logs every call; refuses the replica that the option `refuse` names. */
const hooks = `import { type Container, defineHooks, type ReplicaContext } from "kerek";
import { say } from "./lib/say.ts";
type Options = { refuse?: number } | undefined;
const tell = (moment: string) => (ctx: ReplicaContext<Options>): void => {
  const short = (container?: Container) => container?.name.slice(ctx.project.length + 1);
  ctx.log(say(moment, ctx.service, ctx.replica, "old", short(ctx.old), "new", short(ctx.new)));
};
export default defineHooks<Options>({
  beforeDeploy: (ctx) => ctx.log("beforeDeploy"),
  preSwap: tell("preSwap"),
  async healthGate(ctx) {
    tell("healthGate")(ctx);
    const { stdout } = await ctx.exec(ctx.new, ["sh", "-c", "echo $VERSION"]);
    if (ctx.replica === ctx.options?.refuse) return \`version \${stdout.trim()} will not do\`;
  },
  beforeStop: tell("beforeStop"),
  postSwap: tell("postSwap"),
  onFailure: (ctx) => ctx.log("onFailure", ctx.outcome, ctx.services[0].kind),
  afterDeploy: (ctx) => ctx.log("afterDeploy", ctx.outcome),
});
`;
const say = "export const say = (...words: unknown[]): string => words.map(String).join(' ');\n";

/** What the hooks logged, in order. */
const callsIn = (stderr: string): string[] =>
  [...stderr.matchAll(/^ {2}\| hooks\.ts: (.*)$/gm)].map((match) => match[1]);

/** Three replicas of version A, whose updates the hooks accompany. */
async function deployed(
  project: Project,
  order: "start-first" | "stop-first",
  failureAction: "pause" | "rollback",
  refuse?: number,
): Promise<void> {
  const web = service({ order, replicas: 3 });
  const { deploy } = web as { deploy: { update_config: Record<string, unknown> } };
  deploy.update_config.failure_action = failureAction;
  await Deno.mkdir(`${project.folder}/lib`);
  await project.write("lib/say.ts", say);
  await project.define({ services: { web } });
  await project.deploy();
  await project.write("hooks.ts", hooks);
  const module = { module: "hooks.ts", options: { refuse } };
  await project.define({ "x-kerek": { hooks: [module] }, services: { web } });
}

/** The moments of a swap, in the order in which they come. */
const moments = {
  "start-first": ["preSwap", "healthGate", "beforeStop", "postSwap"],
  "stop-first": ["preSwap", "beforeStop", "healthGate", "postSwap"],
};

/** The calls for a swap, up to the moment of its gate or to its end. */
function swap(order: keyof typeof moments, from: number, to: number, refused = false): string[] {
  const all = moments[order];
  const own = refused ? all.slice(0, all.indexOf("healthGate") + 1) : all;
  return own.map((moment) => `${moment} web ${to} old web-${from} new web-${to}`);
}

const versionsOf = async (project: Project): Promise<string[]> =>
  (await project.containers()).map(({ version }) => version!);

for (const order of ["start-first", "stop-first"] as const) {
  everywhere(`hooks are called with each replica, ${order}`, async (project) => {
    await deployed(project, order, "pause");
    const env = { VERSION: "B" };
    const { stdout } = await project.deploy(["--dry-run"], { env });
    assert.match(stdout, /^Would run healthGate of hooks\.ts for web-4 /m);
    assert.deepEqual(callsIn(stdout), []);
    // From another folder, as paths go by the project's.
    const { stderr } = await project.deploy(["--file", `${project.folder}/compose.yaml`], {
      env,
      cwd: "/",
    });
    const file = new URL(`golden/hook_calls_${order.replace("-", "_")}.txt`, import.meta.url);
    assert.equal(
      callsIn(stderr).map((call) => `${call}\n`).join(""),
      await Deno.readTextFile(file),
    );
    assert.deepEqual(await versionsOf(project), ["B", "B", "B"]);
  });

  everywhere(`a hook that refuses replica 2 of 3 has it put back, ${order}`, async (project) => {
    await deployed(project, order, "pause", 5);
    const { code, stderr } = await project.kerek(["deploy"], { env: { VERSION: "B" } });
    assert.equal(code, ExitCode.restored, stderr);
    assert.match(stderr, /^web-5 is refused: healthGate of \S+: version B will not do$/m);
    assert.deepEqual(callsIn(stderr), [
      "beforeDeploy",
      ...swap(order, 1, 4),
      ...swap(order, 2, 5, true),
      "onFailure restored partly",
      "afterDeploy restored",
    ]);
    assert.deepEqual(await versionsOf(project), ["A", "A", "B"]);
    assert.ok((await project.containers()).every(({ health }) => health === "healthy"));
  });
}

everywhere(
  "with failure_action rollback, a refusal takes back the whole update",
  async (project) => {
    await deployed(project, "start-first", "rollback", 5);
    const before = await project.containers();
    const { code, stderr } = await project.kerek(["deploy"], { env: { VERSION: "B" } });
    assert.equal(code, ExitCode.restored, stderr);
    assert.deepEqual(await project.containers(), before);
    assert.ok(callsIn(stderr).includes("onFailure restored rolled-back"), stderr);
  },
);

everywhere("hooks that hang, spin or exit fail their swap and nothing else", async (project) => {
  const body = {
    hangs: "await new Promise(() => {});",
    spins: "while (true) {}",
    exits: "Deno.exit(0);",
  };
  const web = service({ order: "start-first" });
  await project.define({ services: { web } });
  await project.deploy();
  const before = await project.containers();
  for (const [what, code] of Object.entries(body)) {
    await project.write(`${what}.ts`, `export default { async healthGate() { ${code} } };`);
    const module = { module: `${what}.ts`, timeout: "500ms" };
    await project.define({ "x-kerek": { hooks: module }, services: { web } });
    const result = await project.kerek(["deploy"], { env: { VERSION: "B" } });
    assert.equal(result.code, ExitCode.restored, result.stderr);
    assert.match(
      result.stderr,
      /^web-\d is refused: healthGate of \S+: it (took more than 0\.5 s|called Deno)/m,
    );
    assert.deepEqual(await project.containers(), before);
  }
});

/** Tries what permissions are about, and logs what came of it. */
const curious = `export default {
  async healthGate(ctx) {
    const tries = {
      read: () => Deno.readTextFile("/etc/hostname"),
      near: () => Deno.readTextFile(ctx.folder + "/near.txt"),
      load: () => import("file://" + ctx.folder + "/data.json", { with: { type: "json" } }),
      env: () => Deno.env.get("HOME"),
      run: () => ctx.$\`true\`,
      engine: () => ctx.engine(["version"]),
      compose: () => ctx.compose(["version"]),
      replica: () => ctx.exec(ctx.new, ["true"]),
      stranger: () => ctx.exec({ id: "kerek" }, ["true"], { noThrow: true }),
    };
    for (const [name, act] of Object.entries(tries)) {
      const said = await Promise.resolve().then(act).then(() => "may", () => "may not");
      ctx.log(name, said);
    }
  },
};
`;

scenario("compiled: a hook may do no more than its permissions say", async (project) => {
  project.command = [compiledKerek()];
  await project.write("curious.ts", curious);
  await project.write("near.txt", "");
  await project.write("data.json", "{}");
  const mayOf = async (permissions: unknown) => {
    const hooks = { module: "curious.ts", permissions };
    await project.define({ services: { web: service({}, { "x-kerek": { hooks } }) } });
    const { stderr } = await project.deploy(["--force-recreate"]);
    return [...stderr.matchAll(/curious\.ts: (\S+) may$/gm)].map(([, name]) => name);
  };
  assert.deepEqual(await mayOf("none"), ["load", "replica"]); // As documented.
  assert.deepEqual(await mayOf({ read: ["near.txt"], env: ["HOME"], engine: true }), [
    ...["near", "load", "env", "engine", "compose", "replica", "stranger"],
  ]);
  assert.deepEqual(await mayOf(undefined), [
    ...["read", "near", "load", "env", "run", "engine", "compose", "replica", "stranger"],
  ]);
}, { unless: whyNotCompiled });

scenario("kerek check names the place of each hook that cannot be used", async (project) => {
  await project.define({
    "x-kerek": { hooks: ["gone.ts"] },
    services: { web: service({}, { "x-kerek": { hooks: "kerek:htp" } }), other: service() },
  });
  const { code, stdout } = await project.kerek(["check"]);
  assert.equal(code, ExitCode.untouched);
  const errors = stdout.split("\n").filter((line) => line.startsWith("Error: "));
  assert.deepEqual(errors.map((line) => line.slice(0, line.indexOf(": Cannot"))), [
    "Error: x-kerek.hooks[0]",
    "Error: services.web.x-kerek.hooks",
  ]);
});

/** What a module may be written with, and what is said where it may not. */
const written: [what: string, text: string, said: RegExp | undefined][] = [
  [
    "a type-only import, one of a .ts file and one of JSON",
    `import type { Nothing } from "./nowhere.ts";
import { say } from "./lib/say.ts";
import data from "./data.json" with { type: "json" };
export default { beforeDeploy(ctx: Nothing): void { ctx.log(say(data.x)); } };`,
    undefined,
  ],
  [
    "an enum",
    "\nenum Color { Red }\nexport default {};",
    /\/hook\.ts:2:1: TypeScript enum is not /,
  ],
  ["a syntax error", "export default {\n  preSwap( {\n};", /\/hook\.ts:3:2: Expected ','/],
  ["a throw", "\n\n  throw new Error('oh');", /: oh \(\/\S+\/hook\.ts:3:9\)$/m],
  [
    "a file that is not there",
    `\n import { x } from "./gone.ts"; export default x;`,
    /\/hook\.ts:2:21 imports \/\S+\/gone\.ts: there is no such file$/m,
  ],
];

everywhere(
  "what a module is written with is loaded, or refused with its place",
  async (project) => {
    await Deno.mkdir(`${project.folder}/lib`);
    await project.write("lib/say.ts", say);
    await project.write("data.json", '{ "x": "from JSON" }');
    await project.define({ services: { web: service() } });
    for (const [what, text, said] of written) {
      await project.write("hook.ts", text);
      const { code, stderr } = await project.kerek(["deploy", "--dry-run", "--hook", "hook.ts"]);
      assert.equal(code, said ? ExitCode.untouched : ExitCode.done, `${what}\n${stderr}`);
      if (said) assert.match(stderr, said, what);
    }
  },
);

everywhere("hooks that cannot be loaded keep a deploy from beginning", async (project) => {
  const web = service();
  await project.write("bad.ts", "export default {\n  preSwap( {\n};\n");
  await project.define({ "x-kerek": { hooks: "bad.ts" }, services: { web } });
  const { code, stderr } = await project.kerek(["deploy"]);
  assert.equal(code, ExitCode.untouched, stderr);
  assert.match(
    stderr,
    /^Cannot load the hooks of bad\.ts: \/.*\/bad\.ts:3:2: Expected ',', got ';'$/m,
  );
  assert.deepEqual(await project.containers(), []);
});
