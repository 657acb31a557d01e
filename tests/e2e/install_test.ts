/** `scripts/install` against a server of releases on this machine; no engine is needed. */
import assert from "node:assert/strict";
import { fileURLToPath } from "node:url";
import { type Result, run } from "./harness/run.ts";

const script = fileURLToPath(new URL("../../scripts/install", import.meta.url));
const fake = "#!/bin/sh\necho kerek 1.2.3\n";

/** A folder to install to, and a server of releases. */
class Scene {
  readonly files = new Map<string, string | ((request: Request) => Response)>();
  readonly asked: string[] = [];

  private constructor(
    readonly folder: string,
    private readonly server: Deno.HttpServer<Deno.NetAddr>,
  ) {}

  static async make(): Promise<Scene> {
    const options = { hostname: "127.0.0.1", port: 0, onListen: () => {} };
    const server: Deno.HttpServer<Deno.NetAddr> = Deno.serve(options, (it) => scene.answer(it));
    const scene: Scene = new Scene(await Deno.makeTempDir({ prefix: "kerek-install-" }), server);
    await Deno.mkdir(`${scene.folder}/tools`);
    await scene.release({ "kerek-1.2.3-linux-x64": fake });
    return scene;
  }

  get url(): string {
    return `http://127.0.0.1:${this.server.addr.port}`;
  }

  get program(): string {
    return `${this.folder}/prefix/bin/kerek`;
  }

  async release(programs: Record<string, string>): Promise<void> {
    let sums = "";
    for (const [name, text] of Object.entries(programs)) {
      this.files.set(name, text);
      const bytes = new TextEncoder().encode(text);
      const hash = new Uint8Array(await crypto.subtle.digest("SHA-256", bytes)).toHex();
      sums += `${hash}  ${name}\n`;
    }
    this.files.set("SHA256SUMS", sums);
  }

  /** Installs on a machine that has these tools alone, besides a few that all have. */
  async install(
    args: string[] = [],
    { tools = ["curl", "sha256sum"], system = "Linux", cpu = "x86_64", env = {}, text = "" } = {},
  ): Promise<Result> {
    const bin = `${this.folder}/tools/${crypto.randomUUID()}`;
    await Deno.mkdir(bin);
    for (const tool of ["sh", "awk", "cat", "chmod", "id", "ln", "mkdir", "mktemp", "mv", "pwd"]) {
      await link(tool, bin);
    }
    for (const tool of ["perl", "rm", "wc", ...tools]) await link(tool, bin);
    const uname = `#!/bin/sh\n[ "$1" = -s ] && echo ${system} || echo ${cpu}\n`;
    await Deno.writeTextFile(`${bin}/uname`, uname, { mode: 0o755 });
    const stdin = text || await Deno.readTextFile(script);
    return await run(["sh", "-s", "--", "--prefix", `${this.folder}/prefix`, ...args], {
      stdin,
      env: { PATH: bin, HOME: this.folder, DOCKER_CONFIG: "", KEREK_BASE_URL: this.url, ...env },
    });
  }

  /** Nothing is there that was not there before. */
  async assertEmpty(message: string): Promise<void> {
    const names = await Array.fromAsync(Deno.readDir(`${this.folder}/prefix/bin`), (x) => x.name)
      .catch(() => []);
    assert.deepEqual(names, [], message);
  }

  async close(): Promise<void> {
    await this.server.shutdown();
    await Deno.remove(this.folder, { recursive: true });
  }

  private answer(request: Request): Response {
    const path = new URL(request.url).pathname.slice(1);
    this.asked.push(path);
    const file = this.files.get(path.split("/").at(-1)!);
    if (file === undefined) return new Response("no such file\n", { status: 404 });
    return typeof file === "string" ? new Response(file) : file(request);
  }
}

async function link(tool: string, bin: string): Promise<void> {
  const { stdout } = await run(["sh", "-c", `command -v ${tool}`]);
  if (stdout.startsWith("/")) await Deno.symlink(stdout.trim(), `${bin}/${tool}`);
}

function installs(name: string, act: (scene: Scene) => Promise<void>, missing?: string): void {
  Deno.test({
    name: missing ? `${name} (left out: no ${missing})` : name,
    ignore: missing !== undefined,
    fn: async () => {
      const scene = await Scene.make();
      try {
        await act(scene);
      } finally {
        await scene.close();
      }
    },
  });
}

async function firstMissing(tools: string[]): Promise<string | undefined> {
  const { stdout } = await run([
    "sh",
    "-c",
    `for tool in ${tools.join(" ")}; do
    command -v "$tool" >/dev/null || { echo "$tool"; exit; }
  done`,
  ]);
  return stdout.trim() || undefined;
}

for (const tools of [["curl", "sha256sum"], ["wget", "sha256sum"], ["curl", "shasum"]]) {
  installs(`the program is installed with ${tools.join(" and ")}`, async (scene) => {
    const { code, stderr } = await scene.install([], { tools });
    assert.equal(code, 0, stderr);
    assert.match(stderr, /kerek 1\.2\.3 is installed as .*\/prefix\/bin\/kerek$/m);
    assert.match(stderr, /is not on PATH/);
    assert.equal(await Deno.readTextFile(scene.program), fake);
    assert.equal((await Deno.stat(scene.program)).mode! & 0o777, 0o755);
    assert.deepEqual(scene.asked, ["SHA256SUMS", "kerek-1.2.3-linux-x64"]);
  }, await firstMissing(tools));
}

installs("a release's own copy takes the latest one, or that of KEREK_VERSION", async (scene) => {
  const own = (await Deno.readTextFile(script)).replace(/^releases=$/m, `releases=${scene.url}`);
  for (const [version, folder] of [["", "latest/download"], ["1.2.3", "download/v1.2.3"]]) {
    scene.asked.length = 0;
    const env = { KEREK_BASE_URL: "", KEREK_VERSION: version };
    const { code, stderr } = await scene.install([], { env, text: own });
    assert.equal(code, 0, stderr);
    assert.deepEqual(scene.asked, [`${folder}/SHA256SUMS`, `${folder}/kerek-1.2.3-linux-x64`]);
  }
});

installs("each platform gets its own program", async (scene) => {
  const platforms = ["linux-x64", "linux-arm64", "macos-x64", "macos-arm64", "windows-x64.exe"];
  await scene.release(Object.fromEntries(
    platforms.map((platform) => [`kerek-1.2.3-${platform}`, `#!/bin/sh\necho ${platform}\n`]),
  ));
  const cases = [
    ["Linux", "x86_64", "linux-x64"],
    ["Linux", "aarch64", "linux-arm64"],
    ["Darwin", "x86_64", "macos-x64"],
    ["Darwin", "arm64", "macos-arm64"],
  ];
  for (const [system, cpu, platform] of cases) {
    const { code, stderr } = await scene.install([], { system, cpu });
    assert.equal(code, 0, stderr);
    assert.match(await Deno.readTextFile(scene.program), new RegExp(`echo ${platform}$`, "m"));
  }
});

installs("what cannot be installed changes nothing", async (scene) => {
  const cut = () => {
    const body = new ReadableStream<Uint8Array>({
      start: (controller) => controller.enqueue(new TextEncoder().encode(fake.slice(0, 9))),
      pull: (controller) => controller.error(new Error("cut off")),
    });
    return new Response(body, { headers: { "content-length": String(fake.length) } });
  };
  const broken = "#!/bin/sh\nexit 127\n";
  const cases: [prepare: () => void | Promise<void>, message: RegExp, machine?: object][] = [
    [() => void scene.files.set("kerek-1.2.3-linux-x64", "#!/bin/sh\nexit 0\n"), /the checksum/],
    [() => void scene.files.set("kerek-1.2.3-linux-x64", cut), /x64 cannot be downloaded/],
    [() => void scene.files.delete("kerek-1.2.3-linux-x64"), /x64 cannot be downloaded/],
    [() => scene.release({ "kerek-1.2.3-linux-x64": broken }), /does not run on this machine/],
    [() => {}, /has no program for linux-arm64/, { cpu: "aarch64" }],
    [() => {}, /there is no program for riscv64/, { cpu: "riscv64" }],
    [() => {}, /there is no program for FreeBSD/, { system: "FreeBSD" }],
    [() => {}, /neither curl nor wget/, { tools: ["sha256sum"] }],
    [() => {}, /neither sha256sum nor shasum/, { tools: ["curl"] }],
    [() => {}, /set KEREK_BASE_URL/, { env: { KEREK_BASE_URL: "" } }],
    [() => void scene.files.delete("SHA256SUMS"), /SHA256SUMS cannot be downloaded/],
    [
      () => void scene.files.set("SHA256SUMS", `${"0".repeat(64)}  kerek-/../x-linux-x64\n`),
      /no prog/,
    ],
    [() => void scene.files.set("SHA256SUMS", "<html>Sign in</html>\n"), /has no program/],
  ];
  for (const [prepare, message, machine] of cases) {
    await scene.release({ "kerek-1.2.3-linux-x64": fake });
    await prepare();
    const { code, stderr } = await scene.install([], machine);
    assert.equal(code, 1, `${message}: ${stderr}`);
    assert.match(stderr, /^install: Cannot install kerek: /m);
    assert.match(stderr, message);
    await scene.assertEmpty(String(message));
  }
});

installs("a failed update leaves what was installed", async (scene) => {
  await scene.install();
  await scene.release({ "kerek-1.2.4-linux-x64": "#!/bin/sh\necho kerek 1.2.4\n" });
  scene.files.set("kerek-1.2.4-linux-x64", "#!/bin/sh\necho evil\n");
  assert.equal((await scene.install()).code, 1);
  assert.equal(await Deno.readTextFile(scene.program), fake);
});

installs("a script that is cut off on its way does nothing", async (scene) => {
  const text = await Deno.readTextFile(script);
  for (const share of [0.3, 0.6, 0.9, 0.99]) {
    const part = text.slice(0, Math.floor(text.length * share));
    await run(["sh", "-s", "--", "--prefix", `${scene.folder}/prefix`], {
      stdin: part,
      env: { KEREK_BASE_URL: scene.url, HOME: scene.folder },
    });
  }
  assert.deepEqual(scene.asked, []);
  await scene.assertEmpty("cut off");
});

installs("with --plugin, docker finds it as a plugin", async (scene) => {
  const { code, stderr } = await scene.install(["--plugin"]);
  assert.equal(code, 0, stderr);
  const link = `${scene.folder}/.docker/cli-plugins/docker-deploy`;
  assert.equal(await Deno.readLink(link), scene.program);
  assert.equal((await scene.install(["--plugin"])).code, 0, "twice");
  await Deno.remove(link);
  await Deno.writeTextFile(link, "somebody else's");
  await Deno.remove(scene.program);
  const refused = await scene.install(["--plugin"]);
  assert.equal(refused.code, 1);
  assert.match(refused.stderr, /docker-deploy is there already and no link/);
  assert.equal(await Deno.readTextFile(link), "somebody else's");
  await scene.assertEmpty("refused");
});

installs("usage", async (scene) => {
  assert.match((await scene.install(["--help"])).stdout, /--plugin/);
  const wrong = await scene.install(["--plugins"]);
  assert.equal(wrong.code, 2);
  assert.match(wrong.stderr, /unknown argument: --plugins/);
  assert.deepEqual(scene.asked, []);
});

installs("--extras brings manual pages and completions that the program prints", async (scene) => {
  const cli = fileURLToPath(new URL("../../cli.ts", import.meta.url));
  const program = `#!/bin/sh\nexec '${Deno.execPath()}' run --quiet -A '${cli}' "$@"\n`;
  await scene.release({ "kerek-1.2.3-linux-x64": program });
  const { code, stderr } = await scene.install(["--extras"]);
  assert.equal(code, 0, stderr);
  const share = `${scene.folder}/prefix/share`;
  const files: [path: string, start: RegExp][] = [
    ["bash-completion/completions/kerek", /^# Completion of kerek for bash/],
    ["zsh/site-functions/_kerek", /^#compdef kerek\n/],
    ["fish/vendor_completions.d/kerek.fish", /^# Completion of kerek for fish/],
    ["man/man1/kerek.1", /^\.TH KEREK 1 /],
    ["man/man1/kerek-deploy.1", /^\.TH KEREK-DEPLOY 1 /],
    ["man/man1/kerek-transfer-images.1", /^\.TH KEREK-TRANSFER-IMAGES 1 /],
  ];
  for (const [path, start] of files) {
    assert.match(await Deno.readTextFile(`${share}/${path}`), start);
  }
});
