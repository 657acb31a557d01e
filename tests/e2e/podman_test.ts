/** The deploy acceptance with Podman as the engine, in a store and with a socket of its own. */
import assert from "node:assert/strict";
import { type AtPodman, podmanScenario } from "./harness/podman_scenario.ts";
import { serve, service } from "./harness/service.ts";

for (const order of ["start-first", "stop-first"] as const) {
  const name = `with Podman, bad versions leave the old replicas serving, ${order}`;
  await podmanScenario(name, (podman) => proves(podman, order));
}

async function proves({ project, env, containers }: AtPodman, order: "start-first" | "stop-first") {
  // One order with a network of the project's own, and one with none.
  const network = order === "start-first" ? { network_mode: undefined } : {};
  const deploy = async (others: Record<string, unknown>, version: string) => {
    const web = service({ order, replicas: 2 }, { ...network, ...others });
    await project.define({ services: { web } });
    const { code, stderr } = await project.kerek(["deploy"], { env: { ...env, VERSION: version } });
    return { code, stderr };
  };
  const up = async (version: string) => {
    await project.compose(["up", "--detach"], { env: { ...env, VERSION: version } });
    return await containers();
  };
  await project.define({ services: { web: service({ order, replicas: 2 }, network) } });
  // Compose 2.40 makes anew what it has made itself, if Podman 4.3 has a network of the project's.
  const isSteady = String(await up("A")) === String(await up("A"));
  await project.compose(["down", "--timeout", "0"], { env });
  /** Neither Compose nor kerek has anything to do after kerek, nor kerek after Compose. */
  const assertSettled = async (version: string) => {
    const settled = await containers();
    const again = async () => {
      const { code, stderr } = await deploy({}, version);
      assert.equal(code, 0);
      assert.match(stderr, /^Nothing to do: .*\n$/);
      assert.deepEqual(await containers(), settled);
    };
    await again();
    if (!isSteady) return;
    assert.deepEqual(await up(version), settled);
    await again();
  };
  const first = await deploy({}, "A");
  assert.equal(first.code, 0, first.stderr);
  const old = await containers();
  assert.equal(old.length, 2);
  await assertSettled("A");

  const script = (text: string) => ({ command: ["sh", "-c", text] });
  const bad: [others: Record<string, unknown>, code: number, reason: RegExp][] = [
    [script("echo out of order; exit 7"), 4, /out of order/],
    [script(`echo not yet; ${serve.replace("touch /tmp/ok;", "")}`), 4, /not yet/],
    [{ image: "kerek-test/absent:1", pull_policy: "never" }, 3, /kerek-test\/absent:1/],
  ];
  for (const [others, code, reason] of bad) {
    const result = await deploy(others, "B");
    assert.equal(result.code, code, result.stderr);
    assert.match(result.stderr, reason);
    assert.deepEqual(await containers(), old, result.stderr);
  }

  const good = await deploy({}, "C");
  assert.equal(good.code, 0, good.stderr);
  const now = await containers();
  assert.equal(now.length, 2);
  assert.ok(now.every((line) => line.endsWith(" running") && !old.includes(line)), String(now));
  await assertSettled("C");
}
