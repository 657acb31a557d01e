#!/usr/bin/env -S deno run --allow-all
const { denoIo } = await import("./lib/cli/deno_io.ts");
const io = denoIo();

// Docker asks its plugins for metadata all the time: answer without loading anything else.
if (Deno.args[0] === "docker-cli-plugin-metadata") {
  const { metadata } = await import("./lib/cli/metadata.ts");
  io.stdout(`${JSON.stringify(metadata)}\n`);
  Deno.exit();
}

const { main } = await import("./lib/cli/main.ts");
Deno.exit(await main(Deno.args, io));
