/** Acceptance: what preflight refuses or warns of, and that nothing was touched until then. */
import assert from "node:assert/strict";
import { ExitCode } from "../../lib/errors.ts";
import { freePorts } from "./harness/ports.ts";
import { docker, type Model, type Project } from "./harness/project.ts";
import { start } from "./harness/run.ts";
import { busybox, composeIsFrom, engineMajor, scenario } from "./harness/scenario.ts";
import { service, type ServiceOptions } from "./harness/service.ts";

interface Fixture {
  finding: string;
  before: Model;
  after: Model;
  args?: string[];
  shows: RegExp;
  /** Warnings let a deploy go on, so that a dry run shows them. */
  isWarning?: boolean;
}

/** What a service of the new version has besides. */
const web = (others: Record<string, unknown> = {}, options = {}): Model => ({
  services: { web: service(options, others) },
});

const onBridge = (ports: string[]) => ({ network_mode: "bridge", ports });

/** In a network in which an address can be chosen. */
function inSubnet(end: Record<string, unknown> | null): Model {
  return {
    ...web({ network_mode: undefined, networks: { front: end } }),
    networks: { front: { ipam: { config: [{ subnet: "10.217.43.0/28" }] } } },
  };
}

/** A network that is labelled so. */
const labelled = (labels: Record<string, string>, VERSION = "A"): Model => ({
  ...web({ network_mode: undefined, networks: ["front"], environment: { VERSION } }),
  networks: { front: { labels } },
});

const two = freePorts(2);

const fixtures: Fixture[] = [
  {
    finding: "start-first with a fixed host port",
    before: web(onBridge([])),
    after: web(onBridge(["127.0.0.1:18471:80"])),
    shows: /services\.web\.ports\[0\]: .*host port 127\.0\.0\.1:18471/,
  },
  {
    finding: "start-first with a container_name",
    before: web(),
    after: web({ container_name: "kerek-e2e-preflight-named" }),
    shows: /services\.web\.container_name: .*kerek-e2e-preflight-named/,
  },
  {
    finding: "start-first with a static address",
    before: inSubnet(null),
    after: inSubnet({ ipv4_address: "10.217.43.9" }),
    shows: /services\.web\.networks\.front: .*both need address 10\.217\.43\.9/,
  },
  {
    finding: "fewer host ports than replicas",
    before: web(onBridge([`127.0.0.1:${two}-${two + 1}:80`])),
    after: web(onBridge([`127.0.0.1:${two}-${two + 1}:80`]), { replicas: 3 }),
    shows: /services\.web\.ports\[0\]: 3 replicas need a host port each, and \d+-\d+ are 2/,
  },
  {
    finding: "a missing image with --pull never",
    before: web(),
    after: web({ image: "kerek-test/absent:1" }),
    args: ["--pull", "never"],
    shows: /services\.web\.image: image kerek-test\/absent:1 is not there/,
  },
  {
    finding: "start-first on the host's network",
    before: web(),
    after: web({ network_mode: "host" }),
    shows: /services\.web\.network_mode: on the host's network/,
    isWarning: true,
  },
  {
    finding: "start-first without a healthcheck",
    before: web({}, { isChecked: false }),
    after: web({ environment: { VERSION: "B" } }, { isChecked: false }),
    shows: /services\.web\.healthcheck: without a healthcheck/,
    isWarning: true,
  },
  {
    finding: "no replica",
    before: web(),
    after: web({}, { replicas: 0 }),
    shows: /services\.web\.deploy\.replicas: the service is to have no replica/,
    isWarning: true,
  },
  {
    finding: "a dependency that does not run and is left alone",
    before: web(),
    after: {
      services: {
        web: service({}, { depends_on: ["db"], environment: { VERSION: "B" } }),
        db: service(),
      },
    },
    args: ["web"],
    shows: /services\.web\.depends_on\.db: no replica of db is running and healthy/,
    isWarning: true,
  },
  {
    finding: "an external network that is not there",
    before: web(),
    after: {
      ...web({ network_mode: undefined, networks: ["front"] }),
      networks: { front: { external: true, name: "kerek-e2e-absent" } },
    },
    shows: /networks\.front: network kerek-e2e-absent is external, and is not there/,
  },
  {
    finding: "an external volume that is not there",
    before: web(),
    after: {
      ...web({ volumes: ["data:/data"] }),
      volumes: { data: { external: true, name: "kerek-e2e-absent" } },
    },
    shows: /volumes\.data: volume kerek-e2e-absent is external, and is not there/,
  },
  {
    finding: "an image that is not there and cannot be pulled",
    before: web(),
    after: web({ image: `sha256:${"0".repeat(64)}` }),
    shows: /services\.web\.image: image sha256:0+ is not there, and it cannot be pulled by its id/,
  },
  {
    finding: "another definition of a volume",
    before: { ...web({ volumes: ["data:/data"] }), volumes: { data: {} } },
    after: {
      ...web({ volumes: ["data:/data"], environment: { VERSION: "B" } }),
      volumes: { data: { labels: { use: "test" }, driver_opts: { type: "tmpfs", device: "x" } } },
    },
    shows: new RegExp(
      "volumes\\.data: volume \\S+_data is there with another driver_opts.device, " +
        "driver_opts.type, labels.use, and stays so.*\\[volume-definition\\]",
    ),
    isWarning: true,
  },
  ...(composeIsFrom("2.31")
    ? [{
      finding: "another definition of a network",
      before: labelled({}),
      after: labelled({ use: "test" }, "B"),
      shows: /services\.web\.networks: Compose would stop \S+-web-1/,
    }]
    : [{
      finding: "another definition of a network",
      before: labelled({}),
      after: labelled({ use: "test" }, "B"),
      shows:
        /networks\.front: network \S+_front is there with another labels\.use, .*-definition\]/,
      isWarning: true,
    }]),
  {
    finding: "a missing image that the files forbid to pull",
    before: web(),
    after: web({ image: "kerek-test/absent:1", pull_policy: "never" }),
    shows: /services\.web\.pull_policy: image kerek-test\/absent:1 is not there/,
  },
  {
    finding: "a missing image that may not be built",
    before: web(),
    after: web({ image: "kerek-test/absent:1", build: "." }),
    args: ["--no-build"],
    shows: /services\.web\.build: image kerek-test\/absent:1 is not there/,
  },
  ...tooOld(),
];

/** Something that takes a later Compose than the one there is; none where that has it all. */
function tooOld(): Fixture[] {
  const keys = { provider: "2.36", pre_start: "5.3" };
  const [key, version] = Object.entries(keys).find(([, from]) => !composeIsFrom(from)) ?? [];
  if (key === undefined) return [];
  const value = { provider: { type: "x" }, pre_start: [{ command: ["true"] }] }[key];
  return [{
    finding: `${key}, which Compose is too old for`,
    before: web(),
    after: web({ [key]: value }),
    shows: new RegExp(`services\\.web\\.${key}: it takes Docker Compose ${version}, this is `),
  }];
}

for (const { finding, before, after, args = [], shows, isWarning } of fixtures) {
  scenario(`preflight finds ${finding}, and nothing is touched`, async (project) => {
    await project.define(before);
    await project.deploy();
    await project.define(after);
    const all = ["deploy", ...args, ...(isWarning ? ["--dry-run"] : [])];
    const { result, events } = await watched(project, () => project.kerek(all));
    const output = result.stdout + result.stderr;
    assert.match(output, shows);
    assert.equal(result.code, isWarning ? ExitCode.done : ExitCode.untouched, output);
    assert.deepEqual(events, []);
  });
}

scenario(
  "a volume that is defined anew stays as it is, and so does what is in it",
  async (project) => {
    const define = (labels: Record<string, string>) =>
      project.define({
        ...web({ volumes: ["data:/data"] }, { order: "stop-first" }),
        volumes: { data: { labels } },
      });
    await define({});
    await project.deploy();
    await project.exec((await project.containers())[0], "touch", "/data/kept");
    await define({ use: "test" });
    const { stderr } = await project.deploy([], { env: { VERSION: "B" } });
    assert.match(stderr, /Warning: volumes\.data: .*labels\.use.* \[volume-definition\]/);
    const [now] = await project.containers();
    assert.equal(now.version, "B");
    await project.exec(now, "test", "-f", "/data/kept");
  },
);

/** Two versions of a service that differ in nothing but a variable. */
const both = (options: ServiceOptions, others: Record<string, unknown> = {}) => (VERSION: string) =>
  service(options, { ...others, environment: { VERSION } });

scenario(
  "errors are found all at once, whatever is ignored, and nothing is touched",
  async (project) => {
    const full = freePorts(4);
    const [taken, single] = [full + 2, full + 3];
    const services = {
      full: both({ replicas: 2 }, onBridge([`127.0.0.1:${full}-${full + 1}:80`])),
      many: (version: string) =>
        service({ replicas: version === "A" ? 1 : 2, order: "stop-first" }, {
          ...onBridge([`127.0.0.1:${single}:80`]),
          environment: { VERSION: version },
        }),
      taken: (version: string) =>
        service(
          { order: "stop-first" },
          onBridge(version === "A" ? [] : [`127.0.0.1:${taken}:80`]),
        ),
      young: (version: string) =>
        service(
          {},
          version === "A" ? {} : {
            healthcheck: { test: ["CMD", "true"], interval: "1s", start_interval: "1s" },
          },
        ),
    };
    const define = (version: string) =>
      project.define({
        services: mapped(services, (make) => make(version)),
        "x-kerek": { "ignore-warnings": ["host-ports"] },
      });
    await define("A");
    await project.deploy();
    await docker([
      ...[
        "run",
        "--detach",
        "--name",
        `${project.name}-holder`,
        "--publish",
        `127.0.0.1:${taken}:80`,
      ],
      ...["--label", `com.docker.compose.project=${project.name}-other`, busybox, "sleep", "1000"],
    ]);
    try {
      await define("B");
      const { result, events } = await watched(project, () => project.kerek(["deploy"]));
      assert.equal(result.code, ExitCode.untouched, result.stderr);
      const found = [
        /services\.full\.ports\[0\]: .* none of the host ports \d+-\d+ is free beside the 2 old/,
        /services\.many\.ports\[0\]: 2 replicas need a host port each, and \d+ is a single one/,
        /services\.taken\.ports\[0\]: 1 replica needs .*, which \S+-holder holds\b/,
        ...(engineMajor < 25
          ? [/services\.young\.healthcheck\.start_interval: it takes .* 25/]
          : []),
      ];
      for (const pattern of found) assert.match(result.stderr, pattern);
      assert.deepEqual(events, []);
      const check = await project.kerek(["check"]);
      assert.equal(check.code, ExitCode.untouched, check.stdout);
      for (const pattern of found) assert.match(check.stdout, pattern);
    } finally {
      await docker(["rm", "--force", `${project.name}-holder`]);
    }
  },
);

scenario("warnings are found all at once, and silenced by their names", async (project) => {
  const port = freePorts(3);
  const define = (version: string, ignored: string[] = []) =>
    project.define({
      services: {
        anonymous: both({}, { volumes: ["/data"] })(version),
        ports: both({ replicas: 2 }, onBridge([`127.0.0.1:${port}-${port + 2}:80`]))(version),
        unchecked: both({ isChecked: false })(version),
        writer: both({}, {
          volumes: ["data:/data"],
          "x-kerek": ignored.length > 0 ? { "ignore-warnings": ["two-writers"] } : {},
        })(version),
      },
      volumes: { data: {} },
      "x-kerek": { "ignore-warnings": ignored },
    });
  await define("A");
  await project.deploy();
  await define("B");
  const found = [
    /services\.anonymous\.volumes: .* \[anonymous-volumes\]/,
    /services\.ports\.ports\[0\]: .* only 1 of the host ports .* \[host-ports\]/,
    /services\.unchecked\.healthcheck: .* \[no-healthcheck\]/,
    /services\.writer\.volumes\[0\]: .* volume data at a time.* \[two-writers\]/,
  ];
  const loud = await watched(project, () => project.kerek(["deploy", "--dry-run"]));
  for (const pattern of found) assert.match(loud.result.stdout, pattern);
  assert.deepEqual(loud.events, []);
  await define("B", ["anonymous-volumes", "host-ports", "no-healthcheck"]);
  const { stdout, code } = await project.kerek(["deploy", "--dry-run"]);
  assert.equal(code, 0);
  assert.doesNotMatch(stdout, /Warning/);
  await define("B", ["no-heathcheck"]);
  const wrong = await project.kerek(["deploy", "--dry-run"]);
  assert.equal(wrong.code, ExitCode.untouched);
  assert.match(wrong.stderr, /x-kerek\.ignore-warnings\[0\]: .* did you mean no-healthcheck\?/);
});

scenario(
  "what the first deploy will meet, a check and a dry run tell before it",
  async (project) => {
    const image = `${project.name}-image`;
    project.images.push(image);
    const container = (await docker(["create", busybox])).trim();
    await docker(["commit", "--change", "VOLUME /of-image", container, image]);
    await docker(["rm", container]);
    await project.define({
      services: {
        web: service({}, { image, volumes: ["/of-file", "data:/data"] }),
        kept: service({ order: "stop-first" }, { image }),
      },
      volumes: { data: { external: true, name: "kerek-e2e-absent" } },
    });
    const missing = /volumes\.data: volume kerek-e2e-absent is external, and is not there/;
    const anonymous =
      /services\.web\.volumes: what \S+ .*at \/of-file, \/of-image .*\[anonymous-volumes\]/;
    const check = await project.kerek(["check"]);
    assert.equal(check.code, ExitCode.untouched, check.stdout);
    assert.match(check.stdout, missing);
    assert.match(check.stdout, anonymous);
    assert.doesNotMatch(check.stdout, /services\.kept/);
    assert.match((await project.kerek(["deploy", "--dry-run"])).stderr, missing);
    const volume = await docker(["volume", "create"]);
    await project.define({
      services: { web: service({}, { image, volumes: ["/of-file", "data:/data"] }) },
      volumes: { data: { external: true, name: volume.trim() } },
    });
    try {
      const dryRun = await project.kerek(["deploy", "--dry-run"]);
      assert.match(dryRun.stdout, anonymous);
      assert.deepEqual(await project.containers(), []);
      await project.deploy();
    } finally {
      await project.compose(["rm", "--stop", "--force", "--volumes"]);
      await docker(["volume", "rm", volume.trim()]);
    }
  },
);

scenario(
  "a check finds another definition of a network where no service has changed",
  async (project) => {
    await project.define(labelled({}));
    await project.deploy();
    await project.define(labelled({ use: "test" }));
    const { result, events } = await watched(project, () => project.kerek(["check"]));
    assert.match(result.stdout, /services\.web\.networks: Compose would stop \S+-web-1/);
    assert.equal(result.code, ExitCode.untouched);
    assert.deepEqual(events, []);
  },
  { compose: "2.31" },
);

scenario("a deploy with nothing to do warns of nothing", async (project) => {
  await project.define(web({ network_mode: "host" }, { isChecked: false }));
  await project.deploy();
  assert.doesNotMatch((await project.deploy()).stderr, /Warning/);
});

function mapped<From, To>(all: Record<string, From>, to: (from: From) => To): Record<string, To> {
  return Object.fromEntries(Object.entries(all).map(([name, from]) => [name, to(from)]));
}

/**
 * What happens to the project's containers meanwhile. It is listened to live, as old engines forget
 * events soon; two containers of the test's own show that the listener heard from begin to end.
 */
async function watched<T>(
  project: Project,
  act: () => Promise<T>,
): Promise<{ result: T; events: string[] }> {
  const label = `com.docker.compose.project=${project.name}`;
  const listener = start([
    ...["docker", "events", "--filter", "type=container", "--filter", `label=${label}`],
    ...["--format", "{{.Action}} {{.Actor.Attributes.name}}"],
  ]);
  const signal = async (name: string) => {
    await docker(["create", "--name", name, "--label", label, busybox]);
    await docker(["rm", name]);
  };
  const [begin, end] = [`${project.name}-begin`, `${project.name}-end`];
  try {
    while (!listener.soFar().includes(`destroy ${begin}`)) await signal(begin);
    const result = await act();
    await signal(end);
    await listener.shows(new RegExp(`destroy ${end}`));
    // Healthchecks go on whatever anybody does.
    const events = listener.soFar().split("\n")
      .filter((line) => line && !/^(exec_|health_status)/.test(line))
      .filter((line) => !line.endsWith(` ${begin}`) && !line.endsWith(` ${end}`));
    return { result, events };
  } finally {
    listener.kill("SIGTERM");
    await listener.result;
  }
}
