#!/usr/bin/env -S deno run --allow-all
const { denoIo } = await import("./lib/cli/deno_io.ts");
const io = denoIo();

// Docker asks its plugins for metadata all the time: answer without loading anything else.
if (Deno.args[0] === "docker-cli-plugin-metadata") {
  const { metadata } = await import("./lib/cli/metadata.ts");
  io.stdout(`${JSON.stringify(metadata)}\n`);
  Deno.exit();
}

// Installers and scripts ask for the version, and nothing else has to be read for that either.
if (Deno.args.length === 1 && /^(-V|--version)$/.test(Deno.args[0])) {
  const { version } = await import("./lib/version.ts");
  io.stdout(`kerek ${version}\n`);
  Deno.exit();
}

const { main } = await import("./lib/cli/main.ts");
Deno.exit(await main(Deno.args, io));
