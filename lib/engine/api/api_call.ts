/** What the engine's HTTP API is asked (Docker Engine API 1.41), as data. */
export type ApiCall =
  | { kind: "list-containers"; filters: Filters }
  | { kind: "inspect-containers"; ids: string[] }
  | { kind: "list-images"; filters: Filters }
  | { kind: "inspect-images"; images: string[] }
  | { kind: "image-ids"; images: string[] }
  | {
    kind: "create";
    name: string;
    labels: Record<string, string>;
    image: string;
    command: string[];
  }
  | { kind: "start"; id: string }
  | { kind: "stop"; id: string; timeoutS?: string }
  | { kind: "remove"; id: string; discard: boolean; volumes: boolean }
  | { kind: "rename"; id: string; name: string }
  | { kind: "tag"; image: string; name: string }
  | { kind: "remove-image"; image: string }
  | { kind: "import-image"; name: string; changes: string[] }
  | { kind: "engine-version" }
  | { kind: "inspect-networks"; names: string[] }
  | { kind: "inspect-volumes"; names: string[] }
  | { kind: "connect"; network: string; id: string; aliases: string[] }
  | { kind: "disconnect"; network: string; id: string }
  | { kind: "set-retries"; id: string; retries: number }
  | {
    kind: "exec";
    id: string;
    command: string[];
    user?: string;
    privileged: boolean;
    folder?: string;
  }
  | { kind: "events"; filters: Filters };

/** Values by the names of filters; all must hold, and any of several values of one. */
export type Filters = Record<string, string[]>;

/**
 * What a command line of `docker` means as a request, where that is known in full.
 *
 * @param words The words behind the client's own options.
 * @returns nothing for any other command line, which only the client itself understands.
 */
export function apiCallOf(words: string[]): ApiCall | undefined {
  const [first, second, ...rest] = words;
  switch (`${first} ${second}`) {
    case "container inspect": {
      const ids = read(rest)?.operands;
      return ids && { kind: "inspect-containers", ids };
    }
    case "network inspect": {
      const names = read(rest)?.operands;
      return names && { kind: "inspect-networks", names };
    }
    case "volume inspect": {
      const names = read(rest)?.operands;
      return names && { kind: "inspect-volumes", names };
    }
    case "network connect":
      return ofNetwork(rest, ["--alias"], (network, id, { "--alias": aliases = [] }) => ({
        ...{ kind: "connect", network, id, aliases },
      }));
    case "network disconnect":
      return ofNetwork(rest, [], (network, id) => ({ kind: "disconnect", network, id }));
    case "image inspect":
      return inspectImages(rest);
    case "image ls":
      return listImages(rest);
    case "image tag":
      return rest.length === 2 && rest.every((word) => !word.startsWith("-"))
        ? { kind: "tag", image: rest[0], name: rest[1] }
        : undefined;
    case "image rm":
      return one(rest, [], [], (image) => ({ kind: "remove-image", image }));
  }
  return plainCall(first, words.slice(1));
}

function plainCall(command: string, rest: string[]): ApiCall | undefined {
  switch (command) {
    case "version":
      return rest.join(" ") === "--format {{.Server.Version}}"
        ? { kind: "engine-version" }
        : undefined;
    case "import":
      return importImage(rest);
    case "ps":
      return listContainers(rest);
    case "create":
      return create(rest);
    case "start":
      return one(rest, [], [], (id) => ({ kind: "start", id }));
    case "stop":
      return one(rest, [], ["-t"], (id, { "-t": [timeoutS] = [] as string[] }) => ({
        kind: "stop",
        id,
        ...(timeoutS === undefined ? {} : { timeoutS }),
      }));
    case "rm":
      return one(
        rest,
        ["--force", "--volumes"],
        [],
        (id, { "--force": force, "--volumes": v }) =>
          !force || v
            ? { kind: "remove", id, discard: force !== undefined, volumes: v !== undefined }
            : undefined,
      );
    case "rename": {
      const [id, name, ...others] = read(rest)?.operands ?? [];
      return name && others.length === 0 ? { kind: "rename", id, name } : undefined;
    }
    case "update":
      return one(rest, [], ["--restart"], (id, { "--restart": [policy] = [""] }) => {
        const retries = /^on-failure:(\d+)$/.exec(policy)?.[1];
        return retries ? { kind: "set-retries", id, retries: Number(retries) } : undefined;
      });
    case "exec":
      return exec(rest);
    case "events":
      return events(rest);
  }
}

function listContainers(rest: string[]): ApiCall | undefined {
  const flags = ["--all", "--quiet", "--no-trunc"];
  const line = read([...rest, "--"], flags, ["--filter"]);
  if (!line || line.operands.length > 0) return undefined;
  if (!flags.every((flag) => flag in line.given)) return undefined;
  return { kind: "list-containers", filters: filtersOf(line.given["--filter"]) };
}

function inspectImages(rest: string[]): ApiCall | undefined {
  const line = read(rest, [], ["--format"]);
  if (!line) return undefined;
  const format = line.given["--format"]?.join();
  if (format === undefined) return { kind: "inspect-images", images: line.operands };
  return format === "{{.Id}}" ? { kind: "image-ids", images: line.operands } : undefined;
}

function listImages(rest: string[]): ApiCall | undefined {
  const flags = ["--quiet", "--no-trunc"];
  const line = read([...rest, "--"], flags, ["--filter"]);
  if (!line || line.operands.length > 0) return undefined;
  if (!flags.every((flag) => flag in line.given)) return undefined;
  return { kind: "list-images", filters: filtersOf(line.given["--filter"]) };
}

/** Of an archive on standard input. */
function importImage(rest: string[]): ApiCall | undefined {
  const at = rest.indexOf("-");
  const line = read([...rest.slice(0, at), "--"], [], ["--change"]);
  const [name, ...others] = rest.slice(at + 1);
  if (at < 0 || !line || name === undefined || others.length > 0) return undefined;
  return { kind: "import-image", name, changes: line.given["--change"] ?? [] };
}

function create(rest: string[]): ApiCall | undefined {
  const line = read(rest, [], ["--name", "--label", "--network"]);
  if (!line || line.given["--network"]?.join() !== "none") return undefined;
  const { "--name": [name] = [""], "--label": labels = [] } = line.given;
  const [image, ...command] = line.operands;
  return { kind: "create", name, labels: Object.fromEntries(labels.map(pair)), image, command };
}

function exec(rest: string[]): ApiCall | undefined {
  const line = read(rest, ["--privileged"], ["--user", "--workdir"]);
  if (!line || line.operands.length < 2) return undefined;
  const { "--user": [user] = [], "--workdir": [folder] = [] } = line.given;
  const [id, ...command] = line.operands;
  return {
    kind: "exec",
    id,
    command,
    privileged: "--privileged" in line.given,
    ...(user === undefined ? {} : { user }),
    ...(folder === undefined ? {} : { folder }),
  };
}

function events(rest: string[]): ApiCall | undefined {
  const line = read([...rest, "--"], [], ["--filter", "--format"]);
  if (line?.given["--format"]?.join() !== "{{json .}}") return undefined;
  return { kind: "events", filters: filtersOf(line.given["--filter"]) };
}

/** A command about exactly one container or image. */
function one(
  rest: string[],
  flags: string[],
  valued: string[],
  make: (id: string, given: Record<string, string[]>) => ApiCall | undefined,
): ApiCall | undefined {
  const line = read(rest, flags, valued);
  return line?.operands.length === 1 ? make(line.operands[0], line.given) : undefined;
}

/** A command about exactly one network and one container. */
function ofNetwork(
  rest: string[],
  valued: string[],
  make: (network: string, id: string, given: Record<string, string[]>) => ApiCall,
): ApiCall | undefined {
  const line = read(rest, [], valued);
  if (line?.operands.length !== 2) return undefined;
  const [network, id] = line.operands;
  return make(network, id, line.given);
}

interface Line {
  /** Values of the options that are given; none of a flag. */
  given: Record<string, string[]>;
  operands: string[];
}

/** Options up to `--`, then operands; nothing if there is any other option, or no `--`. */
function read(words: string[], flags: string[] = [], valued: string[] = []): Line | undefined {
  const given: Record<string, string[]> = {};
  for (let i = 0; i < words.length; i++) {
    const word = words[i];
    if (word === "--") return { given, operands: words.slice(i + 1) };
    if (flags.includes(word)) given[word] = [];
    else if (valued.includes(word)) (given[word] ??= []).push(words[++i]);
    else return undefined;
  }
}

function filtersOf(filters: string[] = []): Filters {
  const by: Filters = {};
  for (const [name, value] of filters.map(pair)) (by[name] ??= []).push(value);
  return by;
}

function pair(text: string): [name: string, value: string] {
  const [name] = text.split("=", 1);
  return [name, text.slice(name.length + 1)];
}
