/**
 * The application of the end-to-end tests. Its environment says how it behaves:
 *
 * - VERSION: the first line of each answer
 * - MODE: `ok` (default), `exit` (ends at once, code 1), `unhealthy` (/health is never 200),
 *   `turns-unhealthy` (/health is 200 until UNHEALTHY_AFTER_MS after the start, default 2000)
 * - READY_AFTER_MS: listens only after this time, default 0
 * - SHUTDOWN, what SIGTERM does: `graceful` (default: finishes what is in flight), `abrupt` (ends
 *   at once), `lame-duck` (keeps serving for LAME_DUCK_MS, default 1500, but asks clients to leave
 *   their connections; then as graceful), `never` (ignores it)
 * - LEAVE_FILE, what a `mark` touches: while it is there, /health is 503, and clients are asked to
 *   leave their connections; default /tmp/leaving
 * - POSTS_FILE: gets a line for each POST that is begun, with its Host; default none
 *
 * GET / answers VERSION; POST / also what it was sent; /slow?ms=500 does either later.
 */
const env = (name: string, otherwise: string) => Deno.env.get(name) || otherwise;
const sleep = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms));
const oneOf = <T extends string>(name: string, ...choices: [T, ...T[]]): T => {
  const value = env(name, choices[0]);
  const choice = choices.find((choice) => choice === value);
  // A typo in a test would otherwise pass as the default.
  if (choice === undefined) throw new Error(`Cannot read ${name}: ${value} is none of ${choices}`);
  return choice;
};

const version = env("VERSION", "A");
const mode = oneOf("MODE", "ok", "exit", "unhealthy", "turns-unhealthy");
const shutdown = oneOf("SHUTDOWN", "graceful", "abrupt", "lame-duck", "never");
const postsFile = env("POSTS_FILE", "");
const started = Date.now();
let leaving = false;
let marked = false;
let finish = () => Promise.resolve();

function healthy(): boolean {
  if (mode === "turns-unhealthy") {
    return Date.now() - started < Number(env("UNHEALTHY_AFTER_MS", "2000"));
  }
  return mode === "ok";
}

async function answer(request: Request): Promise<Response> {
  const url = new URL(request.url);
  const headers = new Headers({ hostname: env("HOSTNAME", "") });
  const received = request.method === "POST" ? await request.text() : "";
  if (request.method === "POST" && postsFile) {
    // At once, as an abrupt end would lose it otherwise.
    Deno.writeTextFileSync(postsFile, `${url.host}\n`, { append: true });
  }
  if (url.pathname === "/slow") await sleep(Number(url.searchParams.get("ms") ?? 500));
  if (leaving || marked) headers.set("connection", "close");
  if (url.pathname === "/health") {
    const status = marked ? 503 : healthy() ? 200 : 500;
    return new Response(status === 200 ? "ok\n" : "no\n", { status, headers });
  }
  return new Response(`${version}\n${received}`, { headers });
}

if (mode === "exit") Deno.exit(1);

// Set before the server starts: as the first process of a container, Deno would otherwise not
// notice the signal at all.
Deno.addSignalListener("SIGTERM", async () => {
  if (shutdown === "never") return;
  if (shutdown === "abrupt") Deno.exit(0);
  leaving = shutdown === "lame-duck";
  if (leaving) await sleep(Number(env("LAME_DUCK_MS", "1500")));
  await finish();
  Deno.exit(0);
});

// One of an earlier life, if an update was taken back.
const leaveFile = env("LEAVE_FILE", "/tmp/leaving");
await Deno.remove(leaveFile).catch(() => {});

await sleep(Number(env("READY_AFTER_MS", "0")));
const server = Deno.serve({ port: Number(env("PORT", "8080")) }, answer);
finish = () => server.shutdown();

setInterval(async () => {
  marked = await Deno.stat(leaveFile).then(() => true, () => false);
}, 50);
