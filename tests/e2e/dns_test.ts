/** `x-kerek.drain.dns`: only a replica that is ready, and stays, has the service's names. */
import assert from "node:assert/strict";
import { addressesOf, attachmentsOf, NameWatch, ownAddresses } from "./harness/names.ts";
import { docker, type Project } from "./harness/project.ts";
import { busybox, scenario } from "./harness/scenario.ts";
import { serve, service } from "./harness/service.ts";

const B = { env: { VERSION: "B" } };

interface Options {
  drain?: Record<string, unknown>;
  gates?: unknown[];
  others?: Record<string, unknown>;
  replicas?: number;
}

/** A service in two networks, in one of which it has more names. */
const define = (
  project: Project,
  { drain = { dns: true, wait: "10s" }, gates = [], others = {}, replicas = 2 }: Options = {},
) =>
  project.define({
    services: {
      web: {
        ...service({ replicas, script: serve }),
        network_mode: undefined,
        networks: { default: { aliases: ["www"] }, back: {} },
        "x-kerek": { drain, gates },
        ...others,
      },
    },
    networks: { back: {} },
  });

/** The engine answers for one network of those that two containers share. */
function assertOnly(answers: string[], own: string[]): void {
  assert.ok(answers.length > 0 && answers.every((address) => own.includes(address)), `${answers}`);
}

scenario(
  "a new replica is found by name once it has passed, an old one until it drains",
  async (project, t) => {
    const front = `${project.name}_default`;
    await define(project, {
      gates: [{ exec: ["test", "-f", "/tmp/go"], timeout: "2m" }],
      replicas: 1,
    });
    const first = project.startKerek(["deploy"]);
    await first.shows(/is healthy/);
    const [old] = await project.containers();
    await project.exec(old, "touch", "/tmp/go");
    assert.equal((await first.result).code, 0);
    const asCompose = await attachmentsOf(old);
    const oldAddresses = await ownAddresses(old.id);
    await using watch = await NameWatch.start(front, "web");

    const running = project.startKerek(["deploy"], B);
    await running.shows(/is healthy/);
    const fresh = (await project.containers()).find(({ version }) => version === "B")!;
    const newAddresses = await ownAddresses(fresh.id);
    await t.step("before that it has an address and no name", async () => {
      assertOnly(await addressesOf(fresh.id, fresh.name), newAddresses);
      assertOnly(await addressesOf(old.id, "web"), oldAddresses);
      assertOnly(await addressesOf(old.id, "www"), oldAddresses);
    });
    await project.exec(fresh, "touch", "/tmp/go");
    await running.shows(/Hid .* before it stops/);
    await t.step("while the old one drains, it keeps its address and has no name", async () => {
      assert.deepEqual(await ownAddresses(old.id), oldAddresses);
      assertOnly(await addressesOf(fresh.id, "web"), newAddresses);
      assertOnly(await addressesOf(fresh.id, "www"), newAddresses);
    });
    const { code, stderr } = await running.result;
    assert.equal(code, 0, stderr);
    assert.doesNotMatch(stderr, /warning/);
    await t.step("in the end the new one is as Compose would have it", async () => {
      assert.deepEqual(await attachmentsOf(fresh), asCompose);
      assert.deepEqual(await ownAddresses(fresh.id), newAddresses);
      await project.compose(["up", "--detach"], B);
      assert.deepEqual((await project.containers()).map(({ id }) => id), [fresh.id]);
      assert.match((await project.deploy([], B)).stderr, /Nothing to do/);
    });
    await t.step("the name stood for one of them at all times", async () => {
      const counts = await watch.counts();
      assert.ok(counts.length > 10 && counts.every((count) => count >= 1), String(counts));
    });
  },
);

scenario(
  "a failed update gives names back, without a restart where none is needed",
  async (project, t) => {
    await define(project, { drain: { dns: true, wait: "1m" } });
    await project.deploy();
    const before = await project.containers();
    const attachments = await Promise.all(before.map(attachmentsOf));
    const startedAt = () =>
      docker(["inspect", "--format", "{{.State.StartedAt}}", ...before.map(({ id }) => id)]);
    const started = await startedAt();

    await t.step("after Ctrl-C in the drain of a stop-first swap", async () => {
      const running = project.startKerek(["deploy", "--order", "stop-first"], B);
      await running.shows(/Hid web-1/);
      running.kill("SIGINT");
      const { code, stderr } = await running.result;
      assert.equal(code, 130, stderr);
      assert.match(stderr, /Revealed web-1 in DNS/);
      assert.equal(await startedAt(), started);
      assert.deepEqual(
        await Promise.all((await project.containers()).map(attachmentsOf)),
        attachments,
      );
    });

    await t.step("after a rollback of what was done", async () => {
      await define(project, {
        drain: { dns: true },
        others: {
          command: [
            "sh",
            "-c",
            `[ "$$HOSTNAME" = broken ]; mkdir /starts/$$VERSION || exit 1; ${serve}`,
          ],
          volumes: ["starts:/starts"],
          deploy: {
            replicas: 2,
            update_config: { order: "start-first", monitor: "300ms", failure_action: "rollback" },
          },
        },
      });
      await project.define({
        ...JSON.parse(await Deno.readTextFile(`${project.folder}/compose.yaml`)),
        volumes: { starts: {} },
      });
      const { code, stderr } = await project.kerek(["deploy"], B);
      assert.equal(code, 4, stderr);
      const after = await project.containers();
      assert.deepEqual(after.map(({ id }) => id), before.map(({ id }) => id));
      assert.deepEqual(await Promise.all(after.map(attachmentsOf)), attachments);
    });
  },
);

scenario(
  "a replica that a killed deploy left without its names gets them from the next",
  async (project, t) => {
    await define(project, { drain: {} });
    await project.deploy();
    const [one, two] = await project.containers();
    const attachments = [await attachmentsOf(one), await attachmentsOf(two)];
    const [back, front] = ["back", "default"].map((key) => `${project.name}_${key}`);
    const states: [string, () => Promise<unknown>][] = [
      ["hidden in both networks", async () => {
        for (const network of [back, front]) {
          await docker(["network", "disconnect", network, one.id]);
          await docker(["network", "connect", network, one.id]);
        }
      }],
      ["out of the first", () => docker(["network", "disconnect", back, one.id])],
      ["hidden in the first, out of the other", async () => {
        await docker(["network", "disconnect", back, one.id]);
        await docker(["network", "connect", back, one.id]);
        await docker(["network", "disconnect", front, one.id]);
      }],
      ["and stopped by then", async () => {
        await docker(["network", "disconnect", back, one.id]);
        await docker(["stop", one.id]);
      }],
    ];
    for (const [state, make] of states) {
      await t.step(state, async () => {
        await make();
        const { stderr } = await project.deploy();
        assert.match(stderr, /1 hidden from DNS/);
        assert.match(stderr, /Revealed web-1 in DNS/);
        const now = await project.containers();
        assert.deepEqual(now.map(({ id }) => id), [one.id, two.id]);
        assert.deepEqual(await Promise.all(now.map(attachmentsOf)), attachments);
        assert.match((await project.deploy()).stderr, /Nothing to do/);
      });
    }
  },
);

scenario(
  "where names cannot be taken away without harm, they stay, and it is said why",
  async (project, t) => {
    await t.step("known from the files", async () => {
      await define(project, { drain: { dns: true } });
      await project.deploy();
      const { stderr } = await project.deploy(["--update-parallelism", "2"], B);
      assert.match(
        stderr,
        /x-kerek\.drain\.dns: replicas keep their names until they end, as parall/,
      );
      assert.doesNotMatch(stderr, /Hid /);
    });
    await t.step("known from the network", async () => {
      // The one before has left gaps, as it replaced two at a time; this one closes them.
      await project.deploy([], { env: { VERSION: "C" } });
      const network = `${project.name}_default`;
      const gaps = [];
      try {
        for (let i = 0; i < 3; i++) {
          const command = ["run", "--detach", "--network", network, busybox, "sleep", "600"];
          gaps.push((await docker(command)).trim());
        }
        const { stderr } = await project.deploy([], { env: { VERSION: "D" } });
        assert.doesNotMatch(stderr, /its names stay/);
      } finally {
        await docker(["rm", "--force", ...gaps]);
      }
      const { stderr } = await project.deploy([], { env: { VERSION: "E" } });
      assert.match(
        stderr,
        /Hid web-\d from DNS before it stops: warning, its names stay, as its address/,
      );
    });
  },
);

scenario("several that go at once keep their addresses while they drain", async (project) => {
  await define(project, { drain: { dns: true, wait: "2s" }, replicas: 6 });
  await project.deploy();
  await define(project, { drain: { dns: true, wait: "2s" }, replicas: 1 });
  const { stderr } = await project.deploy();
  assert.equal(stderr.match(/^Hid web-\d from DNS before it stops \(/gm)?.length, 5, stderr);
  assert.doesNotMatch(stderr, /warning/i);
});
