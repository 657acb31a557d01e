/** One application behind several proxies at once, as a Compose project that is put under load. */
import assert from "node:assert/strict";
import { fileURLToPath } from "node:url";
import { docker, type Model, Project } from "../harness/project.ts";

/** A proxy whose example is tested. */
export type Proxy = keyof typeof proxies;

const path = (relative: string) => fileURLToPath(new URL(relative, import.meta.url));
const example = (file: string) => path(`../../../examples/${file}`);
const appServer = path("../app/server.ts");

/** Proxies: image, configuration (the one of the example) and where that belongs. */
export const proxies = {
  caddy: {
    image: "kerek-demo/caddy:1",
    config: example("caddy/Caddyfile"),
    target: "/etc/caddy/Caddyfile",
  },
  nginx: {
    image: "kerek-test/nginx:1",
    config: example("nginx/nginx.conf"),
    target: "/etc/nginx/nginx.conf",
  },
  haproxy: {
    image: "kerek-test/haproxy:1",
    config: example("haproxy/haproxy.cfg"),
    target: "/usr/local/etc/haproxy/haproxy.cfg",
  },
};

/** The image of the application. */
export const appImage = "kerek-demo/deno:1";

/** Images that a stage needs. */
export const images = [appImage, ...Object.values(proxies).map(({ image }) => image)];

/** `x-kerek.drain`. */
export interface Drain {
  settle?: string;
  mark?: string[];
  dns?: boolean;
  wait?: string;
}

/** What the documentation recommends, and the examples have. */
export const recommended: Drain = {
  settle: "1s",
  mark: ["touch", "/tmp/leaving"],
  dns: true,
  wait: "2s",
};

/** How the stage is set. */
export interface StageOptions {
  /** The example of this proxy as it is, with stand-ins for its images; nothing else applies. */
  example?: Proxy;
  /** Default: all. */
  proxies?: Proxy[];
  /** Configurations in place of the examples'. */
  configs?: Partial<Record<Proxy, string>>;
  /** Replicas of the application. Default: 3. */
  replicas?: number;
  /** What SIGTERM does to the application, see ../app/server.ts. Default: `graceful`. */
  shutdown?: "graceful" | "abrupt" | "lame-duck" | "never";
  /** Default: 0. */
  readyAfterMs?: number;
  /** Default: {@linkcode recommended}, or none with `hooks`; undefined is no drain. */
  drain?: Drain;
  /** Whether the hook of each proxy is used. */
  hooks?: boolean;
  /** Whether the application notes each POST that it begins, see {@linkcode Stage.posts}. */
  notesPosts?: boolean;
}

/** The project: service `app`, of the version that APP_VERSION says, and its proxies. */
export function model(options: StageOptions): Model {
  const { replicas = 3, shutdown = "graceful", readyAfterMs = 0, configs } = options;
  const app = {
    image: appImage,
    command: [
      ...["deno", "run", "--quiet", "--allow-env", "--allow-net"],
      ...["--allow-read", "--allow-write", "/srv/server.ts"],
    ],
    environment: {
      VERSION: "${APP_VERSION:-A}",
      SHUTDOWN: shutdown,
      READY_AFTER_MS: String(readyAfterMs),
      POSTS_FILE: options.notesPosts ? "/posts/posts" : "",
    },
    volumes: [
      `${appServer}:/srv/server.ts:ro`,
      ...(options.notesPosts ? ["./posts:/posts"] : []),
    ],
    healthcheck: {
      test: ["CMD", "wget", "-q", "-O", "/dev/null", "http://127.0.0.1:8080/health"],
      interval: "1s",
      timeout: "3s",
      retries: 3,
    },
    deploy: { replicas, update_config: { order: "start-first" } },
    "x-kerek": { drain: drainOf(options), hooks: options.hooks ? hooksOf(options) : [] },
  };
  const others = proxiesOf(options).map((name) => {
    const { image, config, target } = proxies[name];
    return [name, { image, volumes: [`${configs?.[name] ?? config}:${target}:ro`] }];
  });
  return { services: { app, ...Object.fromEntries(others) } };
}

/** A project that runs. */
export class Stage implements AsyncDisposable {
  private constructor(
    readonly project: Project,
    readonly proxies: Proxy[],
    private readonly example: Proxy | undefined,
    private readonly urls = new Map<Proxy, string>(),
  ) {}

  /** Deploys version `A` and waits until it is seen through all proxies. */
  static async set(options: StageOptions = {}): Promise<Stage> {
    const project = await Project.make("kerek-traffic");
    const stage = new Stage(project, proxiesOf(options), options.example);
    try {
      if (options.example === undefined) await project.define(model(options));
      await stage.deploy("A");
      await stage.locate();
      await Promise.all([...stage.urls.values()].map(answers));
      return stage;
    } catch (error) {
      await project.remove();
      throw error;
    }
  }

  urlOf(proxy: Proxy): string {
    return this.urls.get(proxy)!;
  }

  /** Deploys a version, which must do well. */
  async deploy(version: string): Promise<void> {
    const files = this.example ? ["--file", example(`${this.example}/compose.yaml`)] : [];
    const env = {
      APP_VERSION: version,
      APP_IMAGE: appImage,
      APP_SERVER: appServer,
      PROXY_IMAGE: this.example ? proxies[this.example].image : "",
      HTTP_PORT: "0", // Any that is free.
    };
    const { code, stderr } = await this.project.kerek(["deploy", ...files], { env });
    assert.equal(code, 0, stderr);
  }

  /** How many POSTs from a proxy the application has begun, those included that it began twice. */
  async posts(proxy: Proxy): Promise<number> {
    const lines = (await Deno.readTextFile(`${this.project.folder}/posts/posts`)).split("\n");
    return lines.filter((line) => line === new URL(this.urlOf(proxy)).host).length;
  }

  /** By address: ports of this machine would go through yet another proxy, the engine's. */
  private async locate(): Promise<void> {
    const format = "{{range .NetworkSettings.Networks}}{{.IPAddress}}{{end}}";
    const containers = await this.project.containers();
    for (const proxy of this.proxies) {
      const container = containers.find(({ service }) => service === proxy);
      assert(container, `${proxy} is not there`);
      const address = await docker(["inspect", "--format", format, container.id]);
      this.urls.set(proxy, `http://${address.trim()}`);
    }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.project.remove();
  }
}

const proxiesOf = (options: StageOptions): Proxy[] =>
  options.example ? [options.example] : options.proxies ?? Object.keys(proxies) as Proxy[];

const drainOf = (options: StageOptions): Drain | undefined =>
  "drain" in options ? options.drain : options.hooks ? undefined : recommended;

/** The hook of each proxy that there is. */
const hooksOf = (options: StageOptions) =>
  proxiesOf(options).map((proxy) => ({
    module: `kerek:${proxy}`,
    options: proxy === "nginx" ? { port: 8080 } : {},
  }));

async function answers(url: string): Promise<void> {
  const deadline = Date.now() + 15_000;
  while (Date.now() < deadline) {
    try {
      const response = await fetch(url, { signal: AbortSignal.timeout(2_000) });
      await response.body?.cancel();
      if (response.ok) return;
    } catch {
      // Not yet.
    }
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
  throw new Error(`${url} does not answer`);
}
