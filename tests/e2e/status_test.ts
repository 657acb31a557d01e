/** `kerek status` and `kerek check` on a real engine: both look, and touch nothing. */
import assert from "node:assert/strict";
import { scenario } from "./harness/scenario.ts";
import { service } from "./harness/service.ts";

scenario("status tells what runs and what a deploy would change", async (project) => {
  await project.define({
    services: { db: service({ order: "stop-first" }), web: service({ replicas: 2 }) },
  });
  const empty = await project.kerek(["status"]);
  assert.equal(empty.code, 0, empty.stderr);
  assert.match(
    empty.stdout,
    /^db: 0 of 1 serving, a deploy would change it \(not there yet\)\nweb: /,
  );

  await project.deploy();
  const before = await project.containers();
  const { stdout } = await project.kerek(["status"]);
  assert.match(stdout, /^db: 1 of 1 serving, up to date\n {2}\S+-db-1 {2}running \(healthy\) /);
  assert.match(stdout, /^web: 2 of 2 serving, up to date\n( {2}\S+-web-\d .*\n){2}$/m);

  await project.define({
    services: { web: service({ replicas: 3 }, { environment: { VERSION: "B" } }) },
  });
  const json = await project.kerek(["status", "--format", "json"]);
  const { services: [web], orphans, lock } = JSON.parse(json.stdout);
  assert.match(web.drift, /^config hash \w{7} → \w{7}$/);
  assert.deepEqual([web.wanted, web.serving, lock], [3, 2, null]);
  assert.deepEqual(
    [...web.replicas, ...orphans].map(({ id }: { id: string }) => id).sort(),
    before.map(({ id }) => id).sort(),
  );
  const unknown = await project.kerek(["status", "wep"]);
  assert.equal(unknown.code, 3, unknown.stdout);
  assert.match(unknown.stderr, /wep.*\n.*web/);
});

scenario("check finds what stands against updates before there is one", async (project) => {
  await project.write("good.ts", "export default { preSwap() {} };\n");
  await project.define({
    services: {
      fixed: service({}, { network_mode: "bridge", ports: ["127.0.0.1:0:80"] }),
      good: service(),
      plain: service({ isChecked: false }),
      port: service({}, { network_mode: "bridge", ports: ["18999:80"] }),
    },
    "x-kerek": { hooks: ["./good.ts"] },
  });
  const { code, stdout, stderr } = await project.kerek(["check"]);
  assert.equal(code, 3, stderr);
  assert.match(stdout, /^Error: services\.port\.ports\[0\]: .* host port 18999.*\n/);
  assert.match(stdout, /^Warning: services\.plain\.healthcheck: /m);
  assert.doesNotMatch(stdout, /services\.good|hooks/);
  assert.match(stderr, /^1 error and 1 warning: a deploy of all would be refused\.\n$/);

  const good = await project.kerek(["check", "good"]);
  assert.deepEqual([good.code, good.stdout], [0, ""]);
  assert.equal(good.stderr, "Nothing stands against updates of 1 service.\n");

  await project.write("bad.ts", "export default { preSwop() {} };\n");
  const hooks = await project.kerek(["check", "good", "--hook", "bad.ts"]);
  assert.equal(hooks.code, 3, hooks.stderr);
  assert.match(hooks.stdout, /^Error: --hook: .*preSwop/);
  assert.deepEqual(await project.containers(), []);
});
