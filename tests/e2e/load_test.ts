import assert from "node:assert/strict";
import { freePort } from "./harness/ports.ts";
import { joinChunks } from "./load_connection.ts";
import { type Kind, kinds, type LoadOptions, type LoadReport, startLoad } from "./load.ts";

/** Waits until it is so, for as long as a busy machine may take. */
async function until(isSo: () => boolean): Promise<void> {
  for (const end = performance.now() + 30_000; !isSo() && performance.now() < end;) {
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
}

/** Requests after which a load is ended. */
const enough = 25;

/** Loads a server that answers as told, until it was asked often enough. */
async function loaded(
  handler: Deno.ServeHandler<Deno.NetAddr>,
  options: Partial<LoadOptions>,
): Promise<LoadReport> {
  let received = 0;
  await using server = Deno.serve({ port: 0, onListen() {} }, (request, info) => {
    received++;
    return handler(request, info);
  });
  const load = startLoad({ url: `http://localhost:${server.addr.port}`, ...options });
  await until(() => received >= enough);
  return await load.stop();
}

/** Loads a server of raw connections, which gets each request's number (from 1) and connection. */
async function loadedRaw(
  serve: (request: number, conn: Deno.Conn) => Promise<unknown> | unknown,
  options: Partial<LoadOptions>,
  isEnough = (_counts: { connections: number; received: number }) => true,
): Promise<LoadReport & { connections: number; received: number }> {
  using listener = Deno.listen({ hostname: "127.0.0.1", port: 0 });
  let connections = 0;
  let received = 0;
  const accepted: Promise<void>[] = [];
  const accept = async () => {
    for await (const conn of listener) {
      connections++;
      accepted.push((async () => {
        const buffer = new Uint8Array(4096);
        try {
          while (await conn.read(buffer) !== null) await serve(++received, conn);
          conn.close();
        } catch {
          // Closed by `serve`.
        }
      })());
    }
  };
  const accepting = accept();
  const load = startLoad({ url: `http://127.0.0.1:${listener.addr.port}`, ...options });
  await until(() => received >= enough && isEnough({ connections, received }));
  const report = await load.stop();
  listener.close();
  await accepting;
  await Promise.all(accepted);
  return { ...report, connections, received };
}

const answer = (body: string, ...headers: string[]) => (conn: Deno.Conn) =>
  conn.write(new TextEncoder().encode(
    ["HTTP/1.1 200 OK", `Content-Length: ${body.length}`, ...headers, "", body].join("\r\n"),
  ));
const ok = answer("A\n");

const reasons = ({ failures }: LoadReport) => [...new Set(failures.map(({ reason }) => reason))];

Deno.test("each kind sends what its name says, and all of them succeed", async () => {
  const seen = new Set<string>();
  const report = await loaded(async (request) => {
    const { pathname, search } = new URL(request.url);
    seen.add(`${request.method} ${pathname}${search} ${(await request.text()).length}`);
    return new Response("Hi from A\nand more\n");
  }, { rate: 100, slowMs: 7 });

  assert.deepEqual(
    [...seen].sort(),
    ["GET / 0", "GET /slow?ms=7 0", "POST / 100", "POST /slow?ms=7 100"],
  );
  assert.deepEqual(Object.keys(report.kinds), [...kinds]);
  assert.deepEqual(report.failures, []);
  assert.deepEqual(report.versions, { "Hi from A": report.total.ok });
  // On a busy machine, the end of its time comes late; the seconds are rounded.
  const most = (report.seconds + 0.1) * 100;
  assert(report.total.ok <= most, `${report.total.ok} in ${report.seconds} s at 100/s`);
});

Deno.test("a new connection is opened for each request, or one is kept", async () => {
  const fresh = await loadedRaw((_, conn) => ok(conn), { rate: 50, kinds: ["get-new"] });
  assert.equal(fresh.connections, fresh.total.sent);

  // One more for each request that a busy machine has not answered when the next is due.
  const kept = await loadedRaw(
    (_, conn) => ok(conn),
    { rate: 50, kinds: ["post"] },
    ({ connections, received }) => received > 3 * connections,
  );
  assert(kept.connections < kept.total.sent / 2, `${kept.connections} of ${kept.total.sent}`);
});

Deno.test("a dropped connection is one failure and is not retried", async () => {
  for (const kind of ["get-new", "get-keepalive", "post"] satisfies Kind[]) {
    let dropped = 0;
    const report = await loadedRaw((request, conn) => {
      if (request % 5 > 0) return ok(conn);
      dropped++;
      conn.close();
    }, { rate: 60, kinds: [kind] });

    assert(dropped >= enough / 5);
    assert.equal(report.total.failed, dropped, kind);
    assert.equal(report.received, report.total.sent, kind);
    assert.deepEqual(reasons(report), ["closed without an answer"], kind);
  }
});

Deno.test("a kept connection that is closed while idle is no failure", async () => {
  const report = await loadedRaw(async (_, conn) => {
    await ok(conn);
    conn.close();
  }, { rate: 50, kinds: ["get-keepalive"] });
  assert.deepEqual(report.failures, []);
  assert.equal(report.connections, report.total.sent);
});

Deno.test("an answer that asks to close is obeyed", async () => {
  const close = answer("A\n", "Connection: close");
  const report = await loadedRaw((_, conn) => close(conn), { rate: 50, kinds: ["get-keepalive"] });
  assert.deepEqual(report.failures, []);
  assert.equal(report.connections, report.total.sent);
});

Deno.test("an incomplete answer is a failure", async () => {
  const report = await loadedRaw(async (_, conn) => {
    await conn.write(new TextEncoder().encode("HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\nHi"));
    conn.close();
  }, { rate: 20 });
  assert.deepEqual(reasons(report), ["closed within the body"]);
  assert.equal(report.total.failed, report.total.sent);
});

Deno.test("a status other than 200 is a failure", async () => {
  const report = await loaded(() => new Response("", { status: 502 }), { rate: 20 });
  assert.deepEqual(reasons(report), ["status 502"]);
  assert.equal(report.total.failed, report.total.sent);
});

Deno.test("what nobody answers fails in time, and the rate is kept meanwhile", async () => {
  const report = await loadedRaw(() => {}, { rate: 50, timeoutMs: 100 });
  assert.deepEqual(reasons(report), ["no answer in 100 ms"]);
  assert(report.total.sent >= enough, `${report.total.sent}`);
});

Deno.test("a closed port is a failure", async () => {
  const load = startLoad({ url: `http://localhost:${freePort()}`, rate: 100 });
  await new Promise((resolve) => setTimeout(resolve, 100));
  const report = await load.stop();
  assert.deepEqual(reasons(report), ["ConnectionRefused"]);
});

Deno.test("chunked answers are read", async () => {
  const report = await loaded(() => {
    const body = ReadableStream.from(["Hi from", " B\n", "0\r\n\r\n"]);
    return new Response(body.pipeThrough(new TextEncoderStream()));
  }, { rate: 50 });
  assert.deepEqual(report.failures, []);
  assert.deepEqual(report.versions, { "Hi from B": report.total.ok });

  assert.equal(joinChunks("2\r\nHi\r\n0\r\n"), undefined);
  assert.equal(joinChunks("2\r\nHi\r\n0\r\n\r\n"), "Hi");
});

Deno.test("only this machine and private addresses are loaded", () => {
  const refused = [
    "http://example.com",
    "http://192.0.2.1",
    "http://172.32.0.1",
    "http://10.example.com",
    "https://localhost",
  ];
  for (const url of refused) assert.throws(() => startLoad({ url }), /^Error: Cannot load /, url);
});
