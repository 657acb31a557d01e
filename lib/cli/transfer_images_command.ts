import { Option } from "../deps/commander.ts";
import type { TransferImagesOptions } from "../options.ts";
import { defined } from "./defined.ts";
import { displayOptions, engineOptions, globalCommand } from "./globals.ts";
import { prose } from "./help.ts";
import type { Parser } from "./invocation.ts";
import { integerFrom } from "./values.ts";

/** Defines `kerek transfer-images`. */
export function transferImagesCommand(parser: Parser) {
  return globalCommand("transfer-images")
    .summary("copy images from the default Docker host to another one")
    .description(description)
    .argument("[images...]", "images to copy; - stands for names on standard input, one a line")
    .addOption(
      new Option(
        "--compress <command>",
        "compress on the way with this command, such as bzip2, gzip, xz, zstd",
      ),
    )
    .option("--force", "copy all images, and wholly, whatever is there")
    .option("--by-name", "leave out images whose names are there, whatever they stand for")
    .addOption(
      new Option("--jobs <n>", "how many images travel at a time (default: 3)")
        .argParser(integerFrom(1)),
    )
    .addHelpText("after", examples)
    .action((images, flags) => {
      const options: TransferImagesOptions = {
        ...displayOptions(flags),
        engine: engineOptions(flags, parser.env),
        compress: flags.compress,
        dryRun: flags.dryRun,
        force: flags.force,
        byName: flags.byName,
        jobs: flags.jobs,
        images,
      };
      parser.accept({ command: "transfer-images", options: defined(options) });
    });
}

const description = prose(
  `Copies images from the default Docker host to the one given by --host or --context

An image is left out if the destination has the very same one by that name; another one, as with
the tag latest after a while, is replaced. Only layers that the destination lacks travel. What was
there by a name stays until the new image is complete.`,
);

const examples = `
Examples:
  kerek --host ssh://192.0.2.1 transfer-images my-img
  DOCKER_HOST=ssh://from kerek --host ssh://to transfer-images my-img
  DOCKER_CONTEXT=from kerek --context to transfer-images my-img
  docker compose config --images | kerek --host ssh://to transfer-images -
  kerek --host ssh://to transfer-images --compress zstd my-img
  kerek --host ssh://to transfer-images --compress 'xz -9' my-img`;
