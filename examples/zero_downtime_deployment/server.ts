// A greeting over HTTP that can be replaced without a failed request. What matters is how it
// leaves: when told to stop, it serves on for a moment, as a proxy does not know yet.

const version = Deno.env.get("GREET_VERSION") ?? "A";

// Longer than the proxy keeps an unused connection (see `keepalive` in Caddyfile), so that at the
// end no connection is left on which a request could still come.
const leaveMs = 1500;

let isLeaving = false;

const server = Deno.serve({ port: 80 }, () => {
  const headers = new Headers();
  if (isLeaving) headers.set("connection", "close"); // Send your next request elsewhere.
  return new Response(`Hi from ${version}\n`, { headers });
});

Deno.addSignalListener("SIGTERM", async () => {
  isLeaving = true;
  await new Promise((resolve) => setTimeout(resolve, leaveMs));
  await server.shutdown(); // Finishes what was begun.
  Deno.exit();
});
