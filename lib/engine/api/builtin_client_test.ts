import assert from "node:assert/strict";
import * as argv from "../argv.ts";
import type { Spawner } from "../spawn.ts";
import { FakeSpawner } from "../testing/fake_spawner.ts";
import { BuiltinClient } from "./builtin_client.ts";

/** An engine at a socket that answers requests by `answer`, and the client built in for it. */
async function withEngine(
  answer: (request: Request) => Response | Promise<Response>,
  use: (client: BuiltinClient, programs: FakeSpawner, asked: string[]) => Promise<void>,
) {
  const folder = await Deno.makeTempDir();
  const path = `${folder}/engine.sock`;
  const asked: string[] = [];
  const server = Deno.serve({ path, onListen: () => {} }, async (request) => {
    const { pathname, search } = new URL(request.url);
    const body = request.method === "POST" ? await request.clone().text() : "";
    asked.push(`${request.method} ${pathname}${decodeURIComponent(search)} ${body}`.trim());
    if (pathname !== "/_ping") return await answer(request);
    return new Response("OK", { headers: { "Api-Version": "1.41" } });
  });
  const programs = new FakeSpawner({ services: {} });
  const client = new BuiltinClient(programs, ["docker"], path);
  try {
    await use(client, programs, asked);
  } finally {
    await client.close();
    await server.shutdown();
    await Deno.remove(folder, { recursive: true });
  }
}

const refusal = (status: number, message: string) => Response.json({ message }, { status });

Deno.test("known calls are requests, and print what the client would", async () => {
  const answers: Record<string, () => Response> = {
    "GET /v1.41/containers/json": () => Response.json([{ Id: "a" }, { Id: "b" }]),
    "GET /v1.41/containers/a/json": () => Response.json({ Id: "a" }),
    "GET /v1.41/images/host:5000/my/app:1/json": () => Response.json({ Id: "sha256:1" }),
    "POST /v1.41/containers/a/start": () => new Response(null, { status: 204 }),
    "POST /v1.41/containers/a/stop": () => new Response(null, { status: 304 }),
    "DELETE /v1.41/containers/a": () => new Response(null, { status: 204 }),
    "GET /v1.41/networks/n": () => Response.json({ Name: "n" }),
    "POST /v1.41/networks/n/connect": () => new Response(null, { status: 200 }),
    "POST /v1.41/networks/n/disconnect": () => refusal(500, "not connected"),
    "POST /v1.41/containers/bad/start": () => refusal(500, "driver failed"),
  };
  const answer = (request: Request) => {
    const path = decodeURIComponent(new URL(request.url).pathname);
    return answers[`${request.method} ${path}`]?.() ?? refusal(404, "no such thing");
  };
  await withEngine(answer, async (client, programs, asked) => {
    const cases: [words: string[], expected: [number, string, string], asked: string[]][] = [
      [argv.listContainers({ project: "x" }), [0, "a\nb\n", ""], [
        'GET /v1.41/containers/json?all=true&filters={"label":["com.docker.compose.project=x",' +
        '"com.docker.compose.oneoff=False"]}',
      ]],
      [
        argv.inspectContainers(["a", "gone"]),
        [1, '[{"Id":"a"}]\n', "Error: No such container: gone\n"],
        ["GET /v1.41/containers/a/json?", "GET /v1.41/containers/gone/json?"],
      ],
      [argv.inspectImages(["host:5000/my/app:1"]), [0, "sha256:1\n", ""], [
        "GET /v1.41/images/host%3A5000/my/app%3A1/json?",
      ]],
      [argv.start("a"), [0, "a\n", ""], ["POST /v1.41/containers/a/start?"]],
      [argv.stop("a", 3), [0, "a\n", ""], ["POST /v1.41/containers/a/stop?t=3"]],
      [argv.remove("a", { discard: true }), [0, "a\n", ""], [
        "DELETE /v1.41/containers/a?force=true&v=true",
      ]],
      [
        argv.inspectNetworks(["n", "gone"]),
        [1, '[{"Name":"n"}]\n', "Error: No such network: gone\n"],
        ["GET /v1.41/networks/n?", "GET /v1.41/networks/gone?"],
      ],
      [argv.connect("a", "x-a-1", { network: "n", aliases: ["a"] }), [0, "", ""], [
        'POST /v1.41/networks/n/connect {"Container":"a","EndpointConfig":' +
        '{"Aliases":["x-a-1","a"]}}',
      ]],
      [argv.disconnect("a", "n"), [1, "", "Error response from daemon: not connected\n"], [
        'POST /v1.41/networks/n/disconnect {"Container":"a"}',
      ]],
      [argv.start("bad"), [1, "", "Error response from daemon: driver failed\n"], [
        "POST /v1.41/containers/bad/start?",
      ]],
    ];
    for (const [words, [code, stdout, stderr], requests] of cases) {
      asked.length = 0;
      const output = await client.write(["docker", ...words]);
      assert.deepEqual(output, { code, stdout, stderr }, words.join(" "));
      const own = asked.filter((line) => line !== "GET /_ping").map((line) =>
        line.replace(/\?$/, "")
      );
      assert.deepEqual(own.sort(), requests.map((line) => line.replace(/\?$/, "")).sort());
    }
    assert.deepEqual(programs.calls, []);
  });
});

Deno.test("a command in a container is made, run and asked for its exit code", async () => {
  const frame = (
    stream: number,
    text: string,
  ) => [stream, 0, 0, 0, 0, 0, 0, text.length, ...new TextEncoder().encode(text)];
  const answer = (request: Request) => {
    const { pathname } = new URL(request.url);
    if (pathname.endsWith("/containers/a/exec")) return Response.json({ Id: "e" });
    if (pathname.endsWith("/exec/e/start")) {
      return new Response(new Uint8Array([...frame(1, "out"), ...frame(2, "err")]));
    }
    return Response.json({ ExitCode: 3 });
  };
  await withEngine(answer, async (client, _, asked) => {
    const output = await client.write(["docker", ...argv.execIn("a", { command: ["x", "y"] })]);
    assert.deepEqual(output, { code: 3, stdout: "out", stderr: "err" });
    assert.deepEqual(asked, [
      "GET /_ping",
      'POST /v1.41/containers/a/exec {"AttachStdout":true,"AttachStderr":true,"Cmd":["x","y"],' +
      '"Privileged":false}',
      "POST /v1.41/exec/e/start {}",
      "GET /v1.41/exec/e/json",
    ]);
  });
});

Deno.test("events come line by line until they are not wanted any more", async () => {
  const answer = () => {
    const parts = ['{"id":"a"}\n{"i', 'd":"b"}\n'];
    return new Response(
      new ReadableStream({
        pull(controller) {
          const part = parts.shift();
          if (part) controller.enqueue(new TextEncoder().encode(part));
        },
      }),
    );
  };
  await withEngine(answer, async (client) => {
    const lines: string[] = [];
    const both = Promise.withResolvers<void>();
    const stream = client.stream(["docker", ...argv.events("x", "{{json .}}")], (line) => {
      if (lines.push(line) === 2) both.resolve();
    });
    await both.promise;
    await stream.end();
    assert.deepEqual(lines, ['{"id":"a"}', '{"id":"b"}']);
  });
});

Deno.test("one who does not answer in time is not waited for", async () => {
  const answer = () =>
    new Promise<Response>((resolve) => setTimeout(() => resolve(refusal(500, "late")), 50));
  await withEngine(answer, async (client) => {
    const over = AbortSignal.abort();
    const { code } = await client.write(["docker", ...argv.execIn("a", { command: ["x"] })], {
      signal: over,
    });
    assert.equal(code, 143);
  });
});

Deno.test("all else goes to the programs", async () => {
  await withEngine(() => refusal(500, "not for me"), async (client, programs, asked) => {
    programs.answer = () => "";
    await client.read(["docker", "logs", "--tail", "3", "--", "a"]);
    await client.write(["docker", "compose", "up"]);
    await client.write(["docker", "start", "--", "a"], { stdin: "x" });
    await client.write(["docker", "start", "--", "a"], { env: { X: "1" } });
    await client.write(["podman", "start", "--", "a"]);
    assert.equal(programs.calls.length, 5);
    assert.deepEqual(asked, []);
  });
});

Deno.test("without an engine of Docker's at the socket, everything goes to the programs", async () => {
  const use = async (client: Spawner & { close(): Promise<void> }, programs: FakeSpawner) => {
    programs.answer = () => "a\n";
    assert.equal((await client.read(["docker", ...argv.start("a")])).stdout, "a\n");
    const stream = client.stream(["docker", ...argv.events("x", "{{json .}}")], () => {});
    while (programs.calls.length < 2) await new Promise((resolve) => setTimeout(resolve, 1));
    await stream.end();
    assert.deepEqual(programs.calls.map(({ kind }) => kind), ["read", "stream"]);
    await client.close();
  };
  const programs = new FakeSpawner();
  await use(new BuiltinClient(programs, ["docker"], "/nowhere/engine.sock"), programs);
  const folder = await Deno.makeTempDir();
  const path = `${folder}/engine.sock`;
  const headers = { "Api-Version": "1.40", "Libpod-Api-Version": "4.3.1" };
  const server = Deno.serve({ path, onListen: () => {} }, () => new Response("OK", { headers }));
  try {
    const programs = new FakeSpawner();
    await use(new BuiltinClient(programs, ["docker"], path), programs);
  } finally {
    await server.shutdown();
    await Deno.remove(folder, { recursive: true });
  }
});
