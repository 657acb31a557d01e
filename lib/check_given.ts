import * as z from "./deps/zod.ts";
import { ExitCode, KerekError } from "./errors.ts";
import type { Given, Kind } from "./given.ts";
import { isMachine, sshAddress } from "./ssh/address.ts";
import { longestLocalSocket } from "./ssh/tunnel_argv.ts";

const empty = "it is empty";

// deno-lint-ignore no-control-regex
const printable = z.string().min(1, empty).regex(/^[^\u0000-\u001f\u007f-\u009f]*$/, {
  error: "it has control characters",
});

/** Other programs would take it for an option. */
const word = printable.regex(/^[^-]/, 'it starts with "-"');

const sshPath = printable.regex(/^(?!.*\$\{)/s, "ssh would read a variable out of ${");

const schemas: Record<Kind, z.ZodType<string>> = {
  address: word.refine(isAddress, {
    error: "it is not like unix:///run/docker.sock, tcp://host:2376 or ssh://user@host:22",
  }),
  command: word,
  context: word.regex(/^[a-zA-Z0-9][\w.+-]*$/, "no context can have such a name"),
  file: word,
  image: word.max(512, "it is too long").regex(/^[\w[][\w./:@[\]-]*$/, {
    error: "no image can have such a name",
  }),
  "local socket": sshPath.refine((path) => bytesOf(path) <= longestLocalSocket, {
    error: `it has more than ${longestLocalSocket} bytes; change to its folder, and give a ` +
      "relative path",
  }),
  machine: word.refine(isMachine, "it is not of the form [ssh://][user@]hostname[:port]"),
  program: word.regex(/^[\w./+][\w./+-]*$/, {
    error: "it must be a program's name, such as docker or podman",
  }),
  project: word.regex(/^[a-z0-9][a-z0-9_-]*$/, {
    error: "it must be of lowercase letters, digits, - and _, with a letter or digit first",
  }),
  "remote socket": sshPath.startsWith("/", "it does not start with /"),
  service: word.regex(/^[\w.-]+$/, "no service can have such a name"),
};

/**
 * Checks values before any of them reaches another program.
 *
 * @throws {KerekError} if one is not of its kind.
 */
export function checkGiven(values: Given[]): void {
  for (const { kind, name, value } of values) {
    const result = schemas[kind].safeParse(value);
    if (result.success) continue;
    const reason = result.error.issues[0].message;
    throw new KerekError(`Cannot use ${JSON.stringify(value)} as ${name}: ${reason}`, {
      hint: reason === empty ? "is a variable unset?" : undefined,
      exitCode: ExitCode.usage,
    });
  }
}

/** In the forms of docker's own --host, of which only that of SSH gets to a shell. */
function isAddress(text: string): boolean {
  const [, scheme = "", rest] = text.match(/^(?:([a-z]+):\/\/)?(.*)$/s)!;
  switch (scheme) {
    case "ssh":
      return sshAddress(text) !== undefined;
    case "unix":
      return rest.startsWith("/");
    case "npipe":
      return /^\/\/[\w./\\-]+$/.test(rest);
    case "":
    case "tcp":
    case "http":
    case "https":
      return /^[\w.:[\]-]*(\/[\w./-]*)?$/.test(rest) && rest !== "";
    default:
      return false;
  }
}

const bytesOf = (text: string): number => new TextEncoder().encode(text).length;
