import assert from "node:assert/strict";
import { FakeSpawner } from "../engine/testing/fake_spawner.ts";
import { Programs } from "../engine/programs.ts";
import { KerekError } from "../errors.ts";
import { type Hook, type Moment, moments } from "../plan/hooks.ts";
import type { Plan } from "../plan/model.ts";
import { HookHost, type HostOptions } from "./hook_host.ts";
import { hookStarter } from "./starter.ts";

/** A folder with these files, and a host for the hooks in it. */
async function withHost(
  files: Record<string, string>,
  act: (t: Trial) => Promise<void>,
  limits: Pick<HostOptions, "loadMs" | "graceMs"> = {},
): Promise<void> {
  const folder = await Deno.realPath(await Deno.makeTempDir({ prefix: "kerek-test-" }));
  const logs: string[] = [];
  const spawner = new FakeSpawner();
  const clients = {
    engine: ["docker"],
    compose: ["docker", "compose"],
    composeAlone: [],
    isPodman: false,
  };
  const interruption = new AbortController();
  const host = new HookHost({
    project: "shop",
    programs: new Programs(clients, spawner),
    folders: { project: folder, cwd: folder },
    log: (module, text) => logs.push(`${module}: ${text}`),
    signal: interruption.signal,
    ...limits,
  });
  try {
    for (const [path, text] of Object.entries(files)) {
      await Deno.mkdir(`${folder}/${path}`.replace(/\/[^/]*$/, ""), { recursive: true });
      await Deno.writeTextFile(`${folder}/${path}`, text);
    }
    const load = async (module = "hooks.ts", timeoutMs = 60_000, options?: unknown) =>
      (await host.load([{ module, base: "project", options, timeoutMs, place: "x-kerek.hooks" }]))[
        0
      ];
    const call = (hook: Hook, moment: Moment = "beforeDeploy") =>
      host.call(hook, { moment, cause: "because", step }, interruption.signal);
    await act({ folder, host, logs, spawner, load, call, interrupt: () => interruption.abort() });
  } finally {
    await host.close();
    await Deno.remove(folder, { recursive: true });
  }
}

interface Trial {
  folder: string;
  host: HookHost;
  logs: string[];
  spawner: FakeSpawner;
  load(module?: string, timeoutMs?: number, options?: unknown): Promise<Hook>;
  call(hook: Hook, moment?: Moment): Promise<unknown>;
  interrupt(): void;
}

const step = { id: "beforeDeploy-1", text: "run it" };

/** A module with a function for one moment. */
const hooksOf = (moment: Moment, body: string, head = "") =>
  `import { defineHooks } from "kerek";\n${head}export default defineHooks({ async ${moment}(ctx) {\n${body}\n} });`;

/** What loading says is wrong, with `DIR` for the folder. */
async function refusal(files: Record<string, string>, module = "hooks.ts"): Promise<KerekError> {
  let found: KerekError | undefined;
  await withHost(files, async ({ load, folder }) => {
    await assert.rejects(load(module), (error: KerekError) => {
      const { message, hint } = error;
      found = new KerekError(message.replaceAll(folder, "DIR"), { hint });
      return error instanceof KerekError;
    });
  });
  return found!;
}

Deno.test("types, relative imports, JSON and kerek can be used", async () => {
  await withHost({
    "hooks.ts": `import { defineHooks, type DeployContext } from "kerek";
import type { Nothing } from "./nowhere.ts";
import { greet } from "./lib/greet.ts";
import data from "./lib/data.json" with { type: "json" };
export default defineHooks<{ name: string }>({
  beforeDeploy(ctx: DeployContext<{ name: string }>): void {
    ctx.log(greet(ctx.options.name), data.x, ctx.project, ctx.folder);
    console.log("and", { so: "on" });
  },
});`,
    "lib/greet.ts": `export const greet = (name: string): string => "hello " + name;`,
    "lib/data.json": `{"x": 5}`,
  }, async ({ load, call, logs, folder }) => {
    const hook = await load("hooks.ts", 60_000, { name: "Ada" });
    assert.deepEqual(hook, {
      module: "hooks.ts",
      index: 0,
      timeoutMs: 60_000,
      moments: ["beforeDeploy"],
    });
    await call(hook);
    assert.deepEqual(logs, [
      `hooks.ts: hello Ada 5 shop ${folder}`,
      'hooks.ts: and { so: "on" }',
    ]);
  });
});

Deno.test("the same module is loaded once, and again for other options", async () => {
  const hooks = hooksOf("beforeDeploy", "");
  await withHost({ "hooks.ts": hooks }, async ({ load }) => {
    const indexes = [await load(), await load("./hooks.ts"), await load("hooks.ts", 60_000, 1)]
      .map(({ index }) => index);
    assert.deepEqual(indexes, [0, 0, 1]);
  });
});

Deno.test("what is no hook module is an error that says why", async () => {
  const cases: [text: string | undefined, message: RegExp][] = [
    [undefined, /: DIR\/hooks\.ts: there is no such file$/],
    ["const x = ;", /: DIR\/hooks\.ts:1:11: Expression expected$/],
    ["let a;\nenum A { B }", /: DIR\/hooks\.ts:2:1: TypeScript enum is not supported/],
    ["export const x = 1;", /: it has no default export$/],
    ["export default {};", /: its default export is empty$/],
    ["export default { preswap() {} };", /: unknown hook preswap; did you mean preSwap\?$/],
    ["export default { preSwap: 1 };", /: preSwap is no function \(number\)$/],
    ["throw new Error('oh');", /: oh \(DIR\/hooks\.ts:1:7\)$/],
    ["\n  await Promise.reject(Error('oh'));", /: oh \(DIR\/hooks\.ts:2:24\)$/],
    [
      "\n import './gone.ts';",
      /: DIR\/hooks\.ts:2:10 imports DIR\/gone\.ts: there is no such file$/,
    ],
    ["import 'lodash';", /: DIR\/hooks\.ts:1:9 imports "lodash", which is nothing that hooks can$/],
    ["Deno.exit(0);", /: it called Deno\.exit\(\) or close\(\)$/],
  ];
  for (const [text, message] of cases) {
    const error = await refusal(text === undefined ? {} : { "hooks.ts": text });
    assert.match(error.message, message);
    assert.match(error.message, /^Cannot load the hooks of hooks\.ts: /);
  }
});

Deno.test("a module that never ends loading is given up", async () => {
  for (const text of ["while (true) {}", "await new Promise(() => {});"]) {
    await withHost({ "hooks.ts": text }, async ({ load }) => {
      await assert.rejects(load(), /it took more than 0\.2 s$/);
    }, { loadMs: 200 });
  }
});

/** What a hook does, and what comes of it. */
const failing: [what: string, body: string, reason: RegExp, head?: string][] = [
  ["throws", "throw new Error('no good');", /^no good \(DIR\/hooks\.ts:3:7\)$/],
  ["throws text", "throw 'no good';", /^no good$/],
  ["spins", "while (true) {}", /^it took more than 0\.5 s$/],
  ["never ends", "await new Promise(() => {});", /^it took more than 0\.5 s$/],
  ["exits", "Deno.exit(3);", /^it called Deno\.exit\(\) or close\(\)$/],
  ["exits behind a try", "try { Deno.exit(3); } catch {}", /^it called Deno\.exit/],
  ["closes", "self.close(); await new Promise(() => {});", /^it called Deno\.exit\(\)/],
  [
    "leaves a rejection",
    "Promise.reject(new Error('astray')); await new Promise(() => {});",
    /^astray \(DIR\/hooks\.ts:3:16\)$/,
  ],
  [
    "throws in a timer",
    "setTimeout(() => { throw new Error('late'); }, 1); await new Promise(() => {});",
    /^late \(DIR\/hooks\.ts:3:26\)$/,
  ],
];

for (const [what, body, reason] of failing) {
  Deno.test(`a hook that ${what} fails, and the next call has a worker again`, async () => {
    const files = {
      "hooks.ts": hooksOf("beforeDeploy", body),
      "other.ts": hooksOf("afterDeploy", "ctx.log('still there');"),
    };
    await withHost(files, async ({ load, call, logs, folder }) => {
      // Only what never ends is to meet its limit, however busy the machine.
      const limitMs = reason.source.includes("took more") ? 500 : undefined;
      const [hook, other] = [await load("hooks.ts", limitMs), await load("other.ts")];
      for (let i = 0; i < 2; i++) {
        await assert.rejects(call(hook), (error: KerekError) => {
          assert.match(error.message.replaceAll(folder, "DIR"), reason);
          return error instanceof KerekError;
        });
      }
      await call(other, "afterDeploy");
      assert.deepEqual(logs, ["other.ts: still there"]);
    });
  });
}

Deno.test("what a hook logs beyond measure is cut off", async () => {
  const body = "for (let i = 0; i < 100_000; i++) ctx.log('x'.repeat(1000));";
  await withHost({ "hooks.ts": hooksOf("beforeDeploy", body) }, async ({ load, call, logs }) => {
    await call(await load());
    assert.ok(logs.join("").length < 70_000, `${logs.join("").length} characters`);
    assert.match(logs.at(-1)!, /what it logs further is left out/);
  });
});

Deno.test("what is not awaited fails the call", async () => {
  const cases: [body: string, reason: RegExp][] = [
    ["ctx.plan();", /^it returned before what it asked of ctx was there: an await is missing/],
    ["ctx.engine(['absent']);", /the fake engine does not know absent/],
    ["Promise.reject(new Error('late'));", /^late /],
    ["(async () => { throw new Error('late'); })();", /^late /],
  ];
  for (const [body, reason] of cases) {
    await withHost({ "hooks.ts": hooksOf("healthGate", body) }, async ({ load, call }) => {
      const hook = await load();
      await assert.rejects(call(hook, "healthGate"), { message: reason });
    });
  }
});

Deno.test("one huge text is cut off", async () => {
  const body = "ctx.log('x'.repeat(100_000_000));";
  await withHost({ "hooks.ts": hooksOf("beforeDeploy", body) }, async ({ load, call, logs }) => {
    await call(await load());
    assert.ok(logs.join("").length < 70_000);
  });
});

Deno.test("a hook that heeds the signal can clean up", async () => {
  const body = `await new Promise((resolve) => ctx.signal.addEventListener("abort", resolve));
ctx.log("cleaning up:", ctx.signal.reason.message);`;
  await withHost({ "hooks.ts": hooksOf("beforeDeploy", body) }, async ({ load, call, logs }) => {
    const hook = await load("hooks.ts", 100);
    await assert.rejects(call(hook), /it took more than 0\.1 s/);
    assert.deepEqual(logs, ["hooks.ts: cleaning up: it took more than 0.1 s"]);
  }, { graceMs: 30_000 });
});

Deno.test("an interruption ends a call with the signal's reason", async () => {
  const body = "ctx.log('in'); while (true) {}";
  await withHost(
    { "hooks.ts": hooksOf("beforeDeploy", body) },
    async ({ load, call, interrupt }) => {
      const called = call(await load());
      interrupt();
      await assert.rejects(called, { name: "AbortError" });
    },
  );
});

Deno.test("calls of a module follow one another", async () => {
  const body =
    "ctx.log(running); running++; await new Promise((x) => setTimeout(x, 20)); running--;";
  const files = { "hooks.ts": hooksOf("beforeDeploy", body, "let running = 0;\n") };
  await withHost(files, async ({ load, call, logs }) => {
    const hook = await load();
    await Promise.all([call(hook), call(hook), call(hook)]);
    assert.deepEqual(logs, Array(3).fill("hooks.ts: 0"));
  });
});

Deno.test("a gate answers by nothing, a reason, refuse or retryAfterMs, and nothing else", async () => {
  const cases: [body: string, answer: unknown][] = [
    ["", undefined],
    ["return 'too cold';", { refuse: "too cold" }],
    ["return { refuse: 'too cold' };", { refuse: "too cold" }],
    ["return { retryAfterMs: 100 };", { retryAfterMs: 100 }],
  ];
  for (const [body, answer] of cases) {
    await withHost({ "hooks.ts": hooksOf("healthGate", body) }, async ({ load, call }) => {
      assert.deepEqual(await call(await load(), "healthGate"), answer);
    });
  }
  for (const body of ["return false;", "return true;", "return null;", "return { ok: true };"]) {
    await withHost({ "hooks.ts": hooksOf("healthGate", body) }, async ({ load, call }) => {
      await assert.rejects(call(await load(), "healthGate"), /which is neither nothing, a reason/);
    });
  }
});

Deno.test("commands are lists of words, and fail with the last line that they said", async () => {
  const body = `const { stdout } = await ctx.engine(["version"]);
ctx.log(stdout);
const quiet = await ctx.exec({ id: "c1" }, ["test", "-f", "/x y"], { noThrow: true });
ctx.log(quiet.code);
await ctx.exec({ id: "c1" }, "rm -rf /").catch((error) => ctx.log(error.message));
await ctx.exec({ id: "c1" }, ["false"]);`;
  await withHost({ "hooks.ts": hooksOf("beforeDeploy", body) }, async (t) => {
    t.spawner.answer = (words) => words[0] === "version" ? "20" : { code: 1, stderr: "a\nb\n" };
    await assert.rejects(t.call(await t.load()), /^KerekError: false ended with exit code 1: b/);
    assert.deepEqual(t.logs, [
      "hooks.ts: 20",
      "hooks.ts: 1",
      "hooks.ts: a command must be a list of words, such as ['nginx', '-t']",
    ]);
    assert.deepEqual(t.spawner.calls.map(({ argv }) => argv), [
      ["docker", "version"],
      ["docker", "exec", "--", "c1", "test", "-f", "/x y"],
      ["docker", "exec", "--", "c1", "false"],
    ]);
  });
});

Deno.test("Compose is asked as the deploy asks it", async () => {
  const body = `await ctx.compose(["run", "--rm", "migrate"]);`;
  await withHost({ "hooks.ts": hooksOf("beforeDeploy", body) }, async ({ load, call, spawner }) => {
    spawner.answer = () => "";
    await call(await load());
    const [{ argv }] = spawner.calls;
    assert.deepEqual(argv, ["docker", "compose", "run", "--rm", "migrate"]);
  });
});

Deno.test("a hook knows the plan, and its own step of it", async () => {
  const body = "ctx.log(ctx.step.text); ctx.log((await ctx.plan()).map((step) => step.text));";
  await withHost({ "hooks.ts": hooksOf("beforeDeploy", body) }, async (t) => {
    const hook = await t.load();
    const action = { kind: "hook", moment: "beforeDeploy", hook } as const;
    const own = { id: "beforeDeploy-1", action, cause: "", after: [] };
    await t.host.prepare({ steps: [own], afterwards: [{ ...own, id: "x" }] } as unknown as Plan);
    await t.call(hook);
    assert.deepEqual(t.logs, [
      "hooks.ts: run it",
      'hooks.ts: [ "run beforeDeploy of hooks.ts", "run beforeDeploy of hooks.ts" ]',
    ]);
  });
});

Deno.test("ctx.$ runs programs, whose output is logged unless it is taken", async () => {
  const body = `const name = "a  b; echo $(id)";
await ctx.$\`printf '%s\\n' \${name} second\`;
ctx.log("taken:", await ctx.$\`printf \${["x%sy", "-"]}\`.text());
ctx.log("code:", (await ctx.$\`sh -c ${"'echo oh >&2; exit 3'"}\`.noThrow()).code);
await ctx.$\`sh -c 'exit 4'\`;`;
  await withHost({ "hooks.ts": hooksOf("beforeDeploy", body) }, async ({ load, call, logs }) => {
    await assert.rejects(call(await load()), /^KerekError: Exited with code: 4/);
    assert.deepEqual(logs, [
      "hooks.ts: a  b; echo $(id)\nsecond",
      "hooks.ts: taken: x-y",
      "hooks.ts: oh",
      "hooks.ts: code: 3",
    ]);
  });
});

Deno.test("ctx.$ ends its program when the time is over", async () => {
  const name = `61.${Deno.pid}`;
  const body = `await ctx.$\`sleep ${name}\`;`;
  await withHost({ "hooks.ts": hooksOf("beforeDeploy", body) }, async ({ load, call }) => {
    await assert.rejects(call(await load("hooks.ts", 200)), /it took more than 0\.2 s/);
    const { stdout } = await new Deno.Command("ps", { args: ["-eo", "args"] }).output();
    assert.ok(!new TextDecoder().decode(stdout).split("\n").includes(`sleep ${name}`));
  }, { graceMs: 30_000 });
});

Deno.test("permissions cannot be narrowed by a kerek that Deno runs", async () => {
  await withHost({ "hooks.ts": hooksOf("beforeDeploy", "") }, async ({ host }) => {
    const spec = { base: "project", options: undefined, timeoutMs: 1, place: "" } as const;
    await assert.rejects(
      host.load([{ ...spec, module: "hooks.ts", permissions: { net: true } }]),
      /hooks of hooks\.ts: its permissions can only be narrowed in a compiled kerek$/,
    );
  });
});

Deno.test("a module can make its hooks of its options, and refuse these before anything begins", async () => {
  const text = `import { defineHooks } from "kerek";
export default defineHooks((options: { name?: string }) => {
  if (!options.name) throw new Error("option name is missing");
  return { beforeDeploy: (ctx) => ctx.log(options.name) };
});`;
  await withHost({ "hooks.ts": text }, async ({ load, call, logs }) => {
    await assert.rejects(load("hooks.ts", 60_000, {}), /hooks\.ts: option name is missing \(/);
    await call(await load("hooks.ts", 60_000, { name: "Ada" }));
    assert.deepEqual(logs, ["hooks.ts: Ada"]);
  });
});

/** Moments of the modules that tell a proxy where replicas are. */
const pinned: Moment[] = ["preSwap", "healthGate", "beforeStop", "postSwap", "afterDeploy"];

Deno.test("modules that come with kerek are known by name, and check their options", async () => {
  const cases: [name: string, options: unknown, outcome: RegExp | Moment[]][] = [
    ["htp", undefined, / the hooks of kerek:htp: kerek has no such module$/],
    ["http", undefined, ["healthGate"]],
    ["http", { path: "/x", status: [200, 204] }, ["healthGate"]],
    ["tcp", undefined, /: option port is missing/],
    ["tcp", { port: 70_000 }, /: option port is no whole number from 1 to 65535/],
    ["tcp", { port: 80, intervalMS: 5 }, /: unknown option intervalMS; known are port, intervalMs/],
    ["http", { prot: 1 }, /: unknown option prot; known are headers, status, path/],
    ["http", { port: "8080x" }, /: option port is no whole number/],
    ["http", { status: [200, "ok"] }, /: option status is no whole number from 100 to 599/],
    ["tcp", { port: 80 }, ["healthGate"]],
    ["command", undefined, /: no option names a command; there are beforeDeploy, /],
    ["command", { postswap: ["x"] }, /: unknown option postswap; known are beforeDeploy, /],
    ["command", { postSwap: "x y" }, /: option postSwap is not a list of words/],
    ["command", { postSwap: ["x"], preSwap: ["y"] }, ["preSwap", "postSwap"]],
    ["webhook", {}, /: option url is missing, or no http: or https: address/],
    ["webhook", { url: "http://x", on: ["preSwap"] }, /: option on: preSwap is none of /],
    ["webhook", { url: "http://x" }, ["afterDeploy"]],
    ["nginx", { prot: 80 }, /: unknown option prot; known are proxy, container, port, /],
    ["nginx", { port: "80" }, /: option port is no whole number from 1 to 65535/],
    ["nginx", { port: 8080 }, pinned],
    ["caddy", { admin: 2019 }, /: option admin is no text/],
    ["caddy", undefined, pinned],
    ["haproxy", { drainMs: -1 }, /: option drainMs is no whole number from 0 to /],
    ["haproxy", undefined, ["healthGate", "beforeStop", "postSwap", "afterDeploy"]],
    ["traefik", { mark: "touch x" }, /: option mark is not a list of words/],
    ["traefik", undefined, ["healthGate", "beforeStop"]],
    ["migrate", undefined, /: option service is missing/],
    ["migrate", { service: "migrate" }, ["preSwap"]],
  ];
  await withHost({}, async ({ load }) => {
    for (const [name, options, outcome] of cases) {
      const loading = load(`kerek:${name}`, 60_000, options);
      if (outcome instanceof RegExp) await assert.rejects(loading, outcome);
      else assert.deepEqual((await loading).moments, outcome);
    }
    await assert.rejects(load("kerek:htp"), { hint: "did you mean kerek:http?" });
  });
});

Deno.test("commands of this machine know what they are about, and fail by their exit code", async () => {
  const options = {
    beforeDeploy: ["sh", "-c", 'echo "$KEREK_MOMENT of $KEREK_PROJECT"'],
    afterDeploy: ["sh", "-c", "echo oh; exit 3"],
  };
  await withHost({}, async ({ load, call, logs }) => {
    const hook = await load("kerek:command", 60_000, options);
    await call(hook);
    await assert.rejects(call(hook, "afterDeploy"), /sh ended with exit code 3/);
    assert.deepEqual(logs, [
      "kerek:command: beforeDeploy of shop",
      "kerek:command: oh",
    ]);
  });
});

Deno.test("the module that `kerek hooks init` writes can be loaded and has every moment", async () => {
  await withHost({ "hooks.ts": hookStarter }, async ({ load }) => {
    assert.deepEqual((await load()).moments, moments);
  });
});
