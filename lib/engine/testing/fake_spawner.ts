import { packTar } from "../../deps/tar.ts";
import { KerekError } from "../../errors.ts";
import type { Output, Spawner, SpawnOptions, Stream } from "../spawn.ts";

/** A service as the fake's Compose file has it. */
export interface FakeService {
  /** What `docker compose config` prints of it; an image is there unless given. */
  config?: Record<string, unknown>;
  hash: string;
}

/** A container as the fake engine holds it. */
export interface FakeContainer {
  id: string;
  service: string;
  /** Compose's number. */
  number: number;
  /** Absent: that which Compose gives. */
  name?: string;
  hash: string;
  status: string;
  health?: string;
  /** Id of its image; an engine may not tell. */
  image?: string;
  project: string;
}

/** A lock as the fake engine holds it. */
export interface FakeLock {
  labels: Record<string, string>;
  /** When it was made. */
  created: string;
  /** Its age at the last sign of life. */
  beatS: number;
}

/** An image that is an entry of a history. */
export interface FakeEntry {
  id: string;
  names: string[];
  labels: Record<string, string>;
  /** When it was made. */
  created: string;
  /** When it got its last name. */
  named: string;
  /** The archive that it was made of. */
  archive: Uint8Array<ArrayBuffer>;
}

/** What the fake engine and Compose know. */
export interface FakeState {
  project: string;
  services: Record<string, FakeService>;
  /** Top-level keys of the Compose file besides `name` and `services`. */
  topLevel?: Record<string, unknown>;
  containers: FakeContainer[];
  /** Images that are not there. */
  missingImages: Set<string>;
  /** The project's lock, while somebody has it. */
  lock?: FakeLock;
  /** What names of images stand for, where that is not the image of the same id. */
  imageIds: Record<string, string>;
  /** Entries of histories. */
  entries: FakeEntry[];
  /** Networks and volumes, by name, with what the engine says of them besides. */
  resources: Record<string, Record<string, unknown>>;
  /** Interpolation variables; without them Compose is too old for `config --environment`. */
  variables?: Record<string, string>;
}

/** A program that was run. */
export interface Call {
  kind: "read" | "write" | "stream";
  argv: string[];
  stdin?: string | Uint8Array<ArrayBuffer>;
}

const lockId = "lock";

type Answer = string | Partial<Output>;

/**
 * A {@linkcode Spawner} that runs nothing: it remembers each call in full and answers as Docker and
 * Compose 2.26 would for a small state. An option that it does not know is an error, as with them.
 */
export class FakeSpawner implements Spawner {
  readonly calls: Call[] = [];
  readonly state: FakeState;
  /** Answers some calls instead of the state, by their words behind the clients' options. */
  answer: (words: string[]) => Answer | undefined = () => undefined;
  /** Takes the events that a test lets happen, once somebody listens. */
  onLine?: (line: string) => void;
  endStream: () => void = () => {};
  /** What the engine's clock shows. */
  engineTime = "2026-01-02T03:04:05Z";
  /** Whether the engine tells when an image got its last name. */
  tellsNaming = true;
  private nextId = 1;
  private readonly lockWatchers = new Set<(line: string) => void>();

  constructor(state: Partial<FakeState> = {}) {
    this.state = {
      project: "shop",
      services: {},
      containers: [],
      missingImages: new Set(),
      imageIds: {},
      entries: [],
      resources: {},
      ...state,
    };
  }

  read = (argv: string[], options: SpawnOptions = {}) => this.run("read", argv, options);
  write = (argv: string[], options: SpawnOptions = {}) => this.run("write", argv, options);

  stream = (argv: string[], onLine: (line: string) => void): Stream => {
    this.calls.push({ kind: "stream", argv });
    if (argv.includes(`container=${lockId}`)) return this.watchLock(onLine);
    this.onLine = onLine;
    const { promise: ended, resolve } = Promise.withResolvers<void>();
    this.endStream = resolve;
    return { ended, end: () => Promise.resolve(resolve()) };
  };

  private watchLock(onLine: (line: string) => void): Stream {
    const { promise: ended, resolve } = Promise.withResolvers<void>();
    this.lockWatchers.add(onLine);
    const end = () => Promise.resolve(void (this.lockWatchers.delete(onLine), resolve()));
    return { ended, end };
  }

  pipe = (argvs: string[][]): Promise<Output[]> =>
    Promise.all(argvs.map((argv) => this.run("write", argv, {})));

  /** Command lines of calls, a word that is not plain in quotes. */
  lines(...kinds: Call["kind"][]): string[] {
    return this.calls.filter(({ kind }) => kinds.length === 0 || kinds.includes(kind))
      .map(({ argv }) => argv.map(quoted).join(" "));
  }

  /** A container of the state, outdated unless it is told. */
  add(service: string, given: Partial<FakeContainer> = {}): FakeContainer {
    const number = given.number ??
      Math.max(0, ...this.of(service).map((container) => container.number)) + 1;
    const container = {
      id: `id${this.nextId++}`,
      service,
      number,
      hash: "old",
      status: "running",
      project: this.state.project,
      ...given,
    };
    this.state.containers.push(container);
    return container;
  }

  private async run(
    kind: Call["kind"],
    argv: string[],
    { stdin: coming, onOutput, onBytes }: SpawnOptions,
  ): Promise<Output> {
    const call: Call = { kind, argv };
    this.calls.push(call);
    const stdin = await coming;
    if (stdin !== undefined) call.stdin = stdin;
    const { words, isCompose } = split(argv);
    if (onBytes && words[1] === "save") onBytes(await this.save(words.at(-1)!));
    const answer = this.answer(words) ??
      (isCompose ? this.compose(words, argv, stdin) : this.engine(words, stdin));
    const output = { code: 0, stdout: "", stderr: "" };
    Object.assign(output, typeof answer === "string" ? { stdout: answer } : answer);
    onOutput?.(output.stdout + output.stderr);
    return output;
  }

  private compose(words: string[], argv: string[], stdin: Call["stdin"]): Answer {
    const [command, ...rest] = words;
    switch (command) {
      case "config":
        return this.config(rest, argv, this.services(stdin));
      case "build":
      case "pull":
        for (const name of operands(rest)) this.state.missingImages.delete(this.image(name));
        return `${command} done\n`;
      case "up":
        return this.up(rest, this.services(stdin));
      case "--dry-run":
        return "";
      case "version":
        return "2.26.1\n";
    }
    throw new KerekError(`the fake Compose does not know ${words.join(" ")}`);
  }

  /** Those of the Compose file, or what `config` printed once and now comes by standard input. */
  private services(stdin: Call["stdin"]): FakeState["services"] {
    if (typeof stdin !== "string" || !stdin.startsWith("{")) return this.state.services;
    const services: [string, Record<string, unknown>][] = Object.entries(
      JSON.parse(stdin).services,
    );
    return Object.fromEntries(services.map(([name, config]) => {
      const isPinned = String(config.image).startsWith("sha256:");
      return [name, { config, hash: `${config["x-hash"]}${isPinned ? "-pinned" : ""}` }];
    }));
  }

  private config(rest: string[], argv: string[], services: FakeState["services"]): Answer {
    const allProfiles = argv.includes("*") && argv.includes("--profile");
    const active = new Set(argv.filter((_, i) => argv[i - 1] === "--profile"));
    const names = Object.entries(services).filter(([, { config = {} }]) => {
      const profiles = config.profiles as string[] | undefined;
      return allProfiles || !profiles || profiles.some((x) => active.has(x));
    });
    switch (rest[0]) {
      case "--hash":
        return names.map(([name, { hash }]) => `${name} ${hash}\n`).join("");
      case "--services":
        return names.map(([name]) => `${name}\n`).join("");
      case "--environment": {
        const { variables } = this.state;
        if (!variables) return { code: 16, stderr: "unknown flag: --environment\n" };
        return Object.entries(variables).map(([name, value]) => `${name}=${value}\n`).join("");
      }
    }
    const printed = names.map((
      [name, { config, hash }],
    ) => [name, { image: "app:1", "x-hash": hash, ...config }]);
    // JSON is YAML.
    return JSON.stringify({
      name: this.state.project,
      ...this.state.topLevel,
      services: Object.fromEntries(printed),
    });
  }

  private image(service: string): string {
    return String(this.state.services[service].config?.image ?? "app:1");
  }

  private up(rest: string[], services: FakeState["services"]): Answer {
    const isStarting = rest.includes("--detach");
    const scales = new Map(
      rest.flatMap((word, i) => rest[i - 1] === "--scale" ? [word.split("=")] : [])
        .map(([name, count]) => [name, Number(count)]),
    );
    for (const service of operands(rest)) {
      const { hash, config = {} } = services[service];
      const name = String(config.image ?? "app:1");
      const isKnown = name in this.state.imageIds || name.startsWith("sha256:");
      const image = isKnown ? `sha256:${this.idOf(name)}` : undefined;
      if (isStarting) {
        this.state.containers = this.state.containers.filter((x) => x.service !== service);
      }
      const missing = (scales.get(service) ?? 1) - this.of(service).length;
      for (let i = 0; i < missing; i++) {
        this.add(service, { hash, image, status: isStarting ? "running" : "created" });
      }
    }
    return { stderr: " Container …  Created\n" };
  }

  private engine(words: string[], stdin?: Call["stdin"]): Answer {
    const [command, ...rest] = words;
    switch (command) {
      case "ps":
        return this.ps(rest);
      case "container":
        if (rest.at(-1)?.startsWith("kerek-lock-")) return this.inspectLock();
        return this.inspect(operands(rest));
      case "image":
        return this.imageCommand(rest);
      case "network":
      case "volume":
        return this.inspectResources(command, operands(rest));
      case "import":
        return this.importEntry(words, stdin);
      case "create":
        return this.createLock(words);
      case "info":
        return this.engineTime;
      case "logs":
        return { stdout: "out\n", stderr: "err\n" };
      case "cp":
        return "";
      case "start":
        return this.act(rest, (container) => container.status = "running");
      case "rename":
        return this.act(rest.slice(0, -1), (container) => container.name = rest.at(-1)!);
      case "stop":
        return this.act(rest, (container) => container.status = "exited");
      case "pause":
        return this.act(rest, (container) => container.status = "paused");
      case "unpause":
        return this.act(rest, (container) => container.status = "running");
      case "rm":
        if (rest.at(-1) === lockId) return this.removeLock();
        return this.act(rest, ({ id }) => {
          this.state.containers = this.state.containers.filter((x) => x.id !== id);
        });
    }
    throw new KerekError(`the fake engine does not know ${words.join(" ")}`);
  }

  /** Those that are not said to be there are not. */
  private inspectResources(kind: "network" | "volume", names: string[]): Answer {
    const there = names.filter((name) => name in this.state.resources);
    const found = there.map((name) => ({
      Name: name,
      Id: name,
      Driver: "local",
      ...this.state.resources[name],
    }));
    const stderr = names.filter((name) => !there.includes(name))
      .map((name) => `Error: No such ${kind}: ${name}\n`).join("");
    return { code: stderr ? 1 : 0, stdout: JSON.stringify(found), stderr };
  }

  private createLock(words: string[]): Answer {
    if (this.state.lock) {
      return { code: 1, stderr: 'Conflict. The container name "/kerek-lock" is already in use' };
    }
    const labels = words.filter((_, i) => words[i - 1] === "--label").map((x) => x.split("="));
    this.state.lock = { labels: Object.fromEntries(labels), created: this.engineTime, beatS: 0 };
    return `${lockId}\n`;
  }

  private inspectLock(): Answer {
    const { lock } = this.state;
    if (!lock) return { code: 1, stdout: "[]", stderr: "Error: No such container: kerek-lock" };
    const RestartPolicy = { Name: "on-failure", MaximumRetryCount: lock.beatS };
    return JSON.stringify([{
      Id: lockId,
      Created: lock.created,
      Config: { Labels: lock.labels },
      HostConfig: { RestartPolicy },
    }]);
  }

  private removeLock(): Answer {
    if (!this.state.lock) return { code: 1, stderr: `Error: No such container: ${lockId}` };
    this.state.lock = undefined;
    const line = JSON.stringify({ id: lockId, Action: "destroy" });
    for (const onLine of this.lockWatchers) onLine(line);
    return "";
  }

  private ps(rest: string[]): string {
    const value = (label: string) =>
      rest.find((word) => word.startsWith(`label=${label}=`))?.split("=")[2];
    const project = value("com.docker.compose.project");
    const service = value("com.docker.compose.service");
    const status = rest.find((word) => word.startsWith("status="))?.split("=")[1];
    return this.state.containers
      .filter((x) => project === undefined || x.project === project)
      .filter((x) => service === undefined || x.service === service)
      .filter((x) => status === undefined || x.status === status)
      .map(({ id }) => `${id}\n`).join("");
  }

  private inspect(ids: string[]): Answer {
    const found = this.state.containers.filter(({ id }) => ids.includes(id));
    return {
      code: found.length < ids.length ? 1 : 0,
      stdout: JSON.stringify(found.map(inspected)),
    };
  }

  private imageCommand([command, ...rest]: string[]): Answer {
    switch (command) {
      case "ls":
        if (!rest.includes("--filter")) return "sha256:app\n";
        return this.state.entries.filter(({ labels }) =>
          rest.at(-1) === `label=kerek.history=${labels["kerek.history"]}`
        ).map(({ id }) => `${id}\n`).join("");
      case "inspect":
        return rest[0] === "--format" ? this.imageIds(operands(rest)) : this.images(operands(rest));
      case "rm":
        this.untag(rest.at(-1)!);
        return "";
      case "tag": {
        this.untag(rest[1]);
        const entry = this.state.entries.find(({ id }) => id === rest[0]);
        entry?.names.push(rest[1]);
        if (entry) entry.named = this.engineTime;
        return "";
      }
      case "save":
        return "";
    }
    throw new KerekError(`the fake engine does not know image ${command}`);
  }

  private imageIds(images: string[]): Answer {
    const ids = images.map((image) => this.idOf(image));
    const missing = images.filter((image, i) =>
      this.state.missingImages.has(image) || this.state.missingImages.has(ids[i])
    );
    return {
      code: missing.length > 0 ? 1 : 0,
      stdout: images.flatMap((image, i) => missing.includes(image) ? [] : `sha256:${ids[i]}\n`)
        .join(""),
      stderr: missing.map((x) => `Error response from daemon: No such image: ${x}\n`).join(""),
    };
  }

  private idOf(image: string): string {
    return this.state.imageIds[image] ?? image.replace("sha256:", "");
  }

  private images(ids: string[]): Answer {
    const found = ids.flatMap((id) => {
      const entry = this.state.entries.find((entry) => entry.id === id);
      if (entry) {
        const { names: RepoTags, created: Created, named: LastTagTime, labels: Labels } = entry;
        const Metadata = this.tellsNaming ? { LastTagTime } : {};
        return [{ Id: id, RepoTags, Created, Metadata, Config: { Labels } }];
      }
      const isThere = !this.state.missingImages.has(id.replace("sha256:", ""));
      return isThere ? [{ Id: id, Created: this.engineTime }] : [];
    });
    return { code: found.length < ids.length ? 1 : 0, stdout: JSON.stringify(found) };
  }

  /** An image whose last name goes, goes with it. */
  private untag(name: string): void {
    for (const entry of this.state.entries) {
      entry.names = entry.names.filter((own) => own !== name);
    }
    this.state.entries = this.state.entries.filter(({ names }) => names.length > 0);
  }

  private importEntry(words: string[], stdin: Call["stdin"]): Answer {
    const labels = words.filter((_, i) => words[i - 1] === "--change")
      .map((line) => line.replace("LABEL ", "").split("="));
    const entry = {
      id: `sha256:entry${this.nextId++}`,
      names: [words.at(-1)!],
      labels: Object.fromEntries(labels),
      created: this.engineTime,
      named: this.engineTime,
      archive: stdin as Uint8Array<ArrayBuffer>,
    };
    this.state.entries.push(entry);
    return `${entry.id}\n`;
  }

  /** As Docker 20.10 prints an image. */
  private async save(id: string): Promise<Uint8Array<ArrayBuffer>> {
    const body = this.state.entries.find((entry) => entry.id === id)!.archive;
    const header = { name: "abc/layer.tar", size: body.length };
    return new Uint8Array(await packTar([{ header, body }]));
  }

  private act(rest: string[], act: (container: FakeContainer) => void): Answer {
    const stderr = operands(rest).flatMap((id) => {
      const container = this.state.containers.find((x) => x.id === id);
      if (container) act(container);
      return container ? [] : [`Error response from daemon: No such container: ${id}\n`];
    }).join("");
    return { code: stderr ? 1 : 0, stderr };
  }

  private of(service: string): FakeContainer[] {
    return this.state.containers.filter((container) => container.service === service);
  }
}

function inspected(container: FakeContainer) {
  const { id, name, project, service, number, hash, status, health, image } = container;
  return {
    Id: id,
    ...(image ? { Image: image } : {}),
    Name: `/${name ?? `${project}-${service}-${number}`}`,
    RestartCount: 0,
    State: {
      Status: status,
      ExitCode: 0,
      Error: "",
      StartedAt: "0001-01-01T00:00:00Z",
      ...(health ? { Health: { Status: health, Log: [] } } : {}),
    },
    Config: {
      Labels: {
        "com.docker.compose.project": project,
        "com.docker.compose.service": service,
        "com.docker.compose.container-number": String(number),
        "com.docker.compose.config-hash": hash,
      },
      ...(health ? { Healthcheck: { Test: ["CMD", "true"] } } : {}),
    },
    HostConfig: { RestartPolicy: { Name: "no" } },
  };
}

const operands = (words: string[]): string[] => words.slice(words.indexOf("--") + 1);

const quoted = (word: string): string => /^[\w@%+=:,./{}-]+$/.test(word) ? word : `'${word}'`;

const flags = /^(--debug|--tls|--tlsverify|--all-resources|--compatibility)$/;
const valued = new RegExp(
  "^--(config|context|host|log-level|tlscacert|tlscert|tlskey|url|" +
    "ansi|env-file|file|parallel|profile|progress|project-directory|project-name)$",
);

/** The words behind the options of docker and of `docker compose`, read as these programs do. */
function split([_program, ...words]: string[]): { words: string[]; isCompose: boolean } {
  let isCompose = false;
  for (let i = 0; i < words.length; i++) {
    if (valued.test(words[i])) i++;
    else if (words[i] === "compose" && !isCompose) isCompose = true;
    else if (!flags.test(words[i])) return { words: words.slice(i), isCompose };
  }
  throw new KerekError(`there is no command in ${words.join(" ")}`);
}
