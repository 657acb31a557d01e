import { readLines } from "../read_lines.ts";
import type { Input, Output, SpawnOptions } from "../spawn.ts";
import type { ApiCall } from "./api_call.ts";
import { readRawStream } from "./raw_stream.ts";

/** The newest version of the API that is asked for; what engines have had since 2020 is enough. */
const newestVersion = 1.44;

/** Output like that of a program that was ended by SIGTERM. */
const ended: Output = { code: 143, stdout: "", stderr: "" };

/**
 * A Docker Engine's HTTP API at a Unix socket. It answers calls as the `docker` client prints them,
 * with the exit codes that the client has, so that either can be asked.
 */
export class EngineApi {
  private constructor(
    private readonly socket: string,
    private readonly client: Deno.HttpClient,
    private readonly base: string,
  ) {}

  /**
   * Asks who is there.
   *
   * @returns nothing if no Docker Engine answers, or this process may not use the socket: then the
   * client is to say why.
   */
  static async open(socket: string): Promise<EngineApi | undefined> {
    let client: Deno.HttpClient | undefined;
    try {
      client = Deno.createHttpClient({ proxy: { transport: "unix", path: socket } });
      const response = await fetch("http://localhost/_ping", { client });
      await response.body?.cancel();
      const version = Number(response.headers.get("api-version"));
      const isDocker = response.ok && version > 0 && !response.headers.has("libpod-api-version");
      if (!isDocker) throw new Error("some other engine");
      const base = `http://localhost/v${Math.min(version, newestVersion)}`;
      return new EngineApi(socket, client, base);
    } catch {
      client?.close();
      return undefined;
    }
  }

  close(): void {
    this.client.close();
  }

  /** Does what a call says; `signal` gives up waiting for it. */
  async run(call: ApiCall, options: RunOptions = {}): Promise<Output> {
    try {
      return await this.answer(call, options);
    } catch (error) {
      if (options.signal?.aborted) return ended;
      if (error instanceof Refusal) return failure(`Error response from daemon: ${error.message}`);
      return failure(
        `Cannot connect to the Docker daemon at unix://${this.socket}. Is the docker daemon running?`,
      );
    }
  }

  /** Hands on one event after the other, as JSON, until `signal` aborts or the engine ends. */
  async follow(
    { filters }: Extract<ApiCall, { kind: "events" }>,
    onLine: (line: string) => void,
    signal: AbortSignal,
  ): Promise<void> {
    const { body } = await this.ask("GET", "/events", { filters: JSON.stringify(filters) }, {
      signal,
    });
    await readLines(body!, onLine, signal);
  }

  private async answer(
    call: ApiCall,
    { signal, stdin = "", onOutput }: RunOptions,
  ): Promise<Output> {
    switch (call.kind) {
      case "list-containers": {
        const query = { all: "true", filters: JSON.stringify(call.filters) };
        return printed((await this.list("/containers/json", query)).map(({ Id }) => Id));
      }
      case "inspect-containers": {
        const { found, lost } = await this.each(call.ids, (id) => this.text(containerPath(id)));
        const [code, stderr] = [lost.length > 0 ? 1 : 0, noContainers(lost)];
        return { code, stdout: `[${found.join(",")}]\n`, stderr };
      }
      case "list-images": {
        const query = { filters: JSON.stringify(call.filters) };
        const images = await this.list("/images/json", query);
        // The client has a line for each of its names.
        return printed(images.flatMap(({ Id, RepoTags }) => RepoTags?.map(() => Id) ?? [Id]));
      }
      case "inspect-images": {
        const { found, lost } = await this.each(call.images, (name) => this.image(name));
        const [code, stderr] = [lost.length > 0 ? 1 : 0, noImages(lost)];
        return { code, stdout: `[${found.join(",")}]\n`, stderr };
      }
      case "image-ids": {
        const { found, lost } = await this.each(call.images, (name) => this.image(name));
        const ids = found.map((json) => JSON.parse(json).Id as string);
        return { code: lost.length > 0 ? 1 : 0, stdout: lined(ids), stderr: noImages(lost) };
      }
      case "create":
        return printed([await this.create(call)]);
      case "start":
        return await this.act("POST", call.id, "/start");
      case "stop":
        return await this.act("POST", call.id, "/stop", timeOf(call.timeoutS));
      case "remove":
        return call.discard
          ? await this.discard(call.id)
          : await this.act("DELETE", call.id, "", call.volumes ? { v: "true" } : {});
      case "rename":
        await this.text(containerPath(call.id, "/rename"), "POST", { name: call.name });
        return printed([]);
      case "inspect-networks": {
        const { found, lost } = await this.each(call.names, (name) => this.text(networkPath(name)));
        const stderr = lost.map((name) => `Error: No such network: ${name}\n`).join("");
        return { code: lost.length > 0 ? 1 : 0, stdout: `[${found.join(",")}]\n`, stderr };
      }
      case "inspect-volumes": {
        const { found, lost } = await this.each(call.names, (name) => this.text(volumePath(name)));
        const stderr = lined(lost.map((name) => `Error: No such volume: ${name}`));
        return { code: lost.length > 0 ? 1 : 0, stdout: `[${found.join(",")}]\n`, stderr };
      }
      case "connect": {
        const body = { Container: call.id, EndpointConfig: { Aliases: call.aliases } };
        await this.text(networkPath(call.network, "/connect"), "POST", {}, { body });
        return printed([]);
      }
      case "disconnect": {
        const body = { Container: call.id };
        await this.text(networkPath(call.network, "/disconnect"), "POST", {}, { body });
        return printed([]);
      }
      case "tag": {
        const [repo, tag] = splitName(call.name);
        await this.text(imagePath(call.image, "/tag"), "POST", { repo, tag });
        return printed([]);
      }
      case "remove-image": {
        const done = JSON.parse(await this.text(imagePath(call.image), "DELETE"));
        return printed(
          (done as Record<string, string>[]).flatMap((one) =>
            Object.entries(one).map(([what, name]) => `${what}: ${name}`)
          ),
        );
      }
      case "import-image":
        return printed([await this.importImage(call, await stdin)]);
      case "engine-version":
        return printed([JSON.parse(await this.text("/version")).Version]);
      case "set-retries": {
        const policy = { Name: "on-failure", MaximumRetryCount: call.retries };
        const path = containerPath(call.id, "/update");
        await this.text(path, "POST", {}, { body: { RestartPolicy: policy } });
        return printed([call.id]);
      }
      case "exec":
        return await this.exec(call, { signal, onOutput });
      case "events":
        throw new Error("events have no end; follow them");
    }
    return call satisfies never;
  }

  private async exec(
    { id, command, user, privileged, folder }: Extract<ApiCall, { kind: "exec" }>,
    { signal, onOutput }: RunOptions,
  ): Promise<Output> {
    const streams = { AttachStdout: true, AttachStderr: true };
    const body = {
      ...streams,
      Cmd: command,
      User: user,
      Privileged: privileged,
      WorkingDir: folder,
    };
    const path = containerPath(id, "/exec");
    const { Id } = JSON.parse(await this.text(path, "POST", {}, { body, signal }));
    const response = await this.ask("POST", `/exec/${Id}/start`, {}, { body: {}, signal });
    const output = await readRawStream(response.body!, onOutput);
    const { ExitCode } = JSON.parse(await this.text(`/exec/${Id}/json`, "GET", {}, { signal }));
    return { code: ExitCode ?? 1, ...output };
  }

  /** The engine says how it went in a line after the other; the last one has the id. */
  private async importImage(
    { name, changes }: Extract<ApiCall, { kind: "import-image" }>,
    archive: Input,
  ): Promise<string> {
    const [repo, tag] = splitName(name);
    const query = [["fromSrc", "-"], ["repo", repo], ["tag", tag]];
    const all = [...query, ...changes.map((change) => ["changes", change])];
    const text = await this.text("/images/create", "POST", all, { body: archive });
    const last = JSON.parse(text.split("\n").at(-1)!);
    if (last.error) throw new Refusal(500, last.error);
    return last.status;
  }

  private async create({ name, labels, image, command }: Extract<ApiCall, { kind: "create" }>) {
    const body = {
      Image: image,
      Cmd: command,
      Labels: labels,
      HostConfig: { NetworkMode: "none" },
    };
    const { Id } = JSON.parse(await this.text("/containers/create", "POST", { name }, { body }));
    return Id as string;
  }

  /** With `--force`, the client takes it for a success if there is none. */
  private async discard(id: string): Promise<Output> {
    const { lost } = await this.each([id], async () => {
      await this.act("DELETE", id, "", { force: "true", v: "true" });
      return id;
    });
    return lost.length > 0 ? { ...printed([]), stderr: noContainers(lost) } : printed([id]);
  }

  private async act(
    method: string,
    id: string,
    action = "",
    query: Record<string, string> = {},
  ): Promise<Output> {
    await this.text(containerPath(id, action), method, query);
    return printed([id]);
  }

  private async list(
    path: string,
    query: Record<string, string>,
  ): Promise<{ Id: string; RepoTags?: string[] | null }[]> {
    return JSON.parse(await this.text(path, "GET", query));
  }

  private async image(name: string): Promise<string> {
    return await this.text(imagePath(name, "/json"));
  }

  /** Asks about several things at once; which of them are not there is told apart. */
  private async each(names: string[], look: (name: string) => Promise<string>) {
    const texts = await Promise.all(names.map((name) =>
      look(name).catch((error) => {
        if (error instanceof Refusal && error.status === 404) return undefined;
        throw error;
      })
    ));
    return {
      found: texts.filter((text) => text !== undefined),
      lost: names.filter((_, i) => texts[i] === undefined),
    };
  }

  private async text(
    path: string,
    method = "GET",
    query: Record<string, string> | string[][] = {},
    options: AskOptions = {},
  ): Promise<string> {
    return (await (await this.ask(method, path, query, options)).text()).trim();
  }

  /** @throws {Refusal} if the engine does not do it. */
  private async ask(
    method: string,
    path: string,
    query: Record<string, string> | string[][],
    { body, signal }: AskOptions,
  ): Promise<Response> {
    const url = `${this.base}${path}?${new URLSearchParams(query)}`;
    const isBare = typeof body === "string" || body instanceof Uint8Array;
    const type = isBare ? "application/x-tar" : "application/json";
    const response = await fetch(url, {
      client: this.client,
      method,
      signal,
      ...(body === undefined
        ? {}
        : { body: isBare ? body : JSON.stringify(body), headers: { "content-type": type } }),
    });
    // Nothing to change, as it is that way already, is no error.
    if (response.status < 400) return response;
    const text = await response.text();
    throw new Refusal(response.status, messageIn(text));
  }
}

type RunOptions = Pick<SpawnOptions, "signal" | "stdin" | "onOutput">;

interface AskOptions {
  /** An archive, or anything else, which is sent as JSON. */
  body?: Input | Record<string, unknown>;
  signal?: AbortSignal;
}

/** The engine's own words for why it does not do something. */
class Refusal extends Error {
  constructor(readonly status: number, message: string) {
    super(message);
  }
}

function messageIn(text: string): string {
  try {
    return JSON.parse(text).message.trim();
  } catch {
    return text.trim();
  }
}

const networkPath = (name: string, action = "") => `/networks/${encodeURIComponent(name)}${action}`;

const volumePath = (name: string) => `/volumes/${encodeURIComponent(name)}`;

const containerPath = (id: string, action = "/json"): string =>
  `/containers/${encodeURIComponent(id)}${action}`;

const imagePath = (name: string, action = ""): string =>
  `/images/${name.split("/").map(encodeURIComponent).join("/")}${action}`;

/** A name with a tag; a colon before a slash is that of a port. */
function splitName(name: string): [repository: string, tag: string] {
  const at = name.indexOf(":", name.lastIndexOf("/") + 1);
  return at < 0 ? [name, "latest"] : [name.slice(0, at), name.slice(at + 1)];
}

const timeOf = (timeoutS?: string): Record<string, string> =>
  timeoutS === undefined ? {} : { t: timeoutS };

const noImages = (names: string[]): string =>
  lined(names.map((name) => `Error: No such image: ${name}`));

const noContainers = (ids: string[]): string =>
  lined(ids.map((id) => `Error: No such container: ${id}`));

const lined = (lines: string[]): string => lines.map((line) => `${line}\n`).join("");

const printed = (lines: string[]): Output => ({ code: 0, stdout: lined(lines), stderr: "" });

const failure = (message: string): Output => ({ code: 1, stdout: "", stderr: `${message}\n` });
