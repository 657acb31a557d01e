import { engineValues, type Given, given, serviceValues } from "../given.ts";
import type { ComposeOptions } from "../options.ts";
import type { Invocation } from "./invocation.ts";

/** What of a command line and the environment ends up in the command lines of other programs. */
export function givenValues(
  invocation: Invocation,
  env: (name: string) => string | undefined,
): Given[] {
  if (!("options" in invocation)) return [];
  return [...engineValues(invocation.options.engine, env), ...ownValues(invocation)];
}

function ownValues(invocation: Extract<Invocation, { options: unknown }>): Given[] {
  switch (invocation.command) {
    case "check":
    case "config":
    case "deploy":
    case "rollback":
    case "status": {
      const { compose, services } = invocation.options;
      return [
        ...projectValues(compose),
        ...serviceValues(services),
      ];
    }
    case "doctor":
    case "history":
    case "unlock":
      return projectValues(invocation.options.compose);
    case "hooks":
      return given("file", "file", invocation.options.file);
    case "provision": {
      const { host, sshConfig } = invocation.options;
      return [...given("machine", "host", host), ...given("file", "--ssh-config", sshConfig)];
    }
    case "transfer-images": {
      const { images, compress } = invocation.options;
      return [
        ...images.filter((image) => image !== "-").flatMap((x) => given("image", "image", x)),
        ...given("command", "--compress", compress),
      ];
    }
    case "tunnel-ssh": {
      const { localSocket, remoteSocket, sshConfig, sshHost } = invocation.options;
      return [
        ...given("machine", "host", sshHost),
        ...localSocket === "kerek.sock" ? [] : given("local socket", "--local-socket", localSocket),
        ...given("remote socket", "--remote-socket", remoteSocket),
        ...given("file", "--ssh-config", sshConfig),
      ];
    }
  }
}

/** Of files, only that they are named: those of Compose may have any name. */
const projectValues = ({ envFiles, files, projectName }: ComposeOptions): Given[] => [
  ...given("project", "--project-name", projectName),
  ...files.filter((path) => path === "").flatMap((path) => given("file", "--file", path)),
  ...envFiles.filter((path) => path === "").flatMap((path) => given("file", "--env-file", path)),
];
