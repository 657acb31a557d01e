/** Acceptance: what preflight refuses or warns of, and that nothing was touched until then. */
import assert from "node:assert/strict";
import { ExitCode } from "../../lib/errors.ts";
import { docker, type Model, type Project } from "./harness/project.ts";
import { start } from "./harness/run.ts";
import { busybox, scenario } from "./harness/scenario.ts";
import { service } from "./harness/service.ts";

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
    finding: "fewer host ports than replicas",
    before: web(onBridge(["127.0.0.1:18473-18474:80"])),
    after: web(onBridge(["127.0.0.1:18473-18474:80"]), { replicas: 3 }),
    shows: /services\.web\.ports\[0\]: 3 replicas need a host port each, and 18473-18474 are 2/,
  },
  {
    finding: "a range of host ports that the old containers may fill",
    before: web(onBridge(["127.0.0.1:18475-18476:80"]), { replicas: 2 }),
    after: web(
      { ...onBridge(["127.0.0.1:18475-18476:80"]), environment: { VERSION: "B" } },
      { replicas: 2 },
    ),
    shows: /services\.web\.ports\[0\]: with order start-first, 2 old containers may hold all/,
    isWarning: true,
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
];

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

scenario("a deploy with nothing to do warns of nothing", async (project) => {
  await project.define(web({ network_mode: "host" }, { isChecked: false }));
  await project.deploy();
  assert.doesNotMatch((await project.deploy()).stderr, /Warning/);
});

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
