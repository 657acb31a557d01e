/**
 * What an application behind a proxy needs so that it can be replaced without a lost request:
 *
 * - /health, which says no as soon as the replica is marked (see `x-kerek.drain.mark`),
 * - `Connection: close` in all answers from then on, so that proxies leave their connections,
 * - after SIGTERM, finishing what was begun.
 */

const version = Deno.env.get("VERSION") ?? "A";
const mark = "/tmp/leaving";
let isMarked = false;

// A container that is started again, as an update was taken back, still has its files.
await Deno.remove(mark).catch(() => {});
setInterval(async () => {
  isMarked = await Deno.stat(mark).then(() => true, () => false);
}, 50);

const server = Deno.serve({ port: 8080 }, (request) => {
  const headers = new Headers();
  if (isMarked) headers.set("connection", "close");
  if (new URL(request.url).pathname === "/health") {
    return new Response(null, { status: isMarked ? 503 : 200, headers });
  }
  return new Response(`Hi from ${version}\n`, { headers });
});

Deno.addSignalListener("SIGTERM", async () => {
  await server.shutdown();
  Deno.exit();
});
