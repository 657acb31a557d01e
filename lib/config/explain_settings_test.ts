import assert from "node:assert/strict";
import { decodeModel, projectOf } from "../engine/decode_project.ts";
import type { Overrides } from "../plan/override.ts";
import { annotatedYaml } from "./annotated_yaml.ts";
import { explainSettings } from "./explain_settings.ts";

/** Lines of the only service `web`, without the two levels around them. */
function explained(
  web: string,
  { top = "", flags = {} }: { top?: string; flags?: Overrides } = {},
) {
  const model = decodeModel(`name: x\n${top}\nservices: {web: ${web}}`);
  const tree = explainSettings(projectOf(model, "", {}).services, model, flags);
  const [services, name, ...lines] = annotatedYaml(tree);
  assert.deepEqual([services, name], ["services:", "  web:"]);
  return lines.map((line) => line.slice(4));
}

/** Those lines among them that hold one setting. */
function line(key: string, ...given: Parameters<typeof explained>): string {
  const lines = explained(...given).filter((line) => line.trimStart().startsWith(`${key}: `));
  return lines.map((line) => line.trim()).join("\n");
}

const inUpdate = (text: string) => `{deploy: {update_config: {${text}}}}`;

Deno.test("where the files are silent, all is default", () => {
  assert.deepEqual(explained("{}"), [
    "update_config:",
    "  order: stop-first  # default",
    "  parallelism: 1  # default",
    "  delay: 0s  # default",
    "  monitor: 1s  # default; 0s if the image has a healthcheck",
    "  failure_action: pause  # default",
    "  max_failure_ratio: 0  # default",
    "rollback_config:",
    "  order: stop-first  # default",
    "  parallelism: 1  # default",
    "  delay: 0s  # default",
    "  monitor: 1s  # default; 0s if the image has a healthcheck",
    "gates: []  # default",
    "hooks: []  # default",
    "drain:",
    "  settle: 0s  # default",
    "  mark: []  # default",
    "  dns: false  # default",
    "  wait: 0s  # default",
    "file-changes: false  # default",
    "image-changes: false  # default",
    "ignore-warnings: []  # default",
    "post_start: []  # default",
    "pre_stop: []  # default",
  ]);
});

Deno.test("what the files say is shown with its place in them", () => {
  const web = `{deploy: {
    update_config: {order: start-first, parallelism: 0, delay: 90s, monitor: 2s,
      failure_action: rollback, max_failure_ratio: 0.25},
    rollback_config: {order: stop-first, parallelism: 2, delay: 1s, monitor: 3s}},
    x-kerek: {
      gates: [{healthcheck: active}, {http: {port: 80, status: 204}, timeout: 5s}],
      hooks: [hooks.ts, {module: "kerek:http", options: {key: secret}, timeout: 5s}],
      drain: {settle: 1s, mark: [touch, /x], dns: true}, image-changes: true,
      ignore-warnings: [orphans]},
    post_start: [{command: [a, b c], user: root}],
    pre_stop: [{command: [c], environment: {A: b}}, {command: [d], privileged: true, working_dir: /}]}`;
  const update = "services.web.deploy.update_config";
  const rollback = "services.web.deploy.rollback_config";
  const own = "services.web.x-kerek";
  assert.deepEqual(explained(web), [
    "update_config:",
    `  order: start-first  # ${update}.order`,
    `  parallelism: 0  # ${update}.parallelism`,
    `  delay: 1m30s  # ${update}.delay`,
    `  monitor: 2s  # ${update}.monitor`,
    `  failure_action: rollback  # ${update}.failure_action`,
    `  max_failure_ratio: 0.25  # ${update}.max_failure_ratio`,
    "rollback_config:",
    `  order: stop-first  # ${rollback}.order`,
    `  parallelism: 2  # ${rollback}.parallelism`,
    `  delay: 1s  # ${rollback}.delay`,
    `  monitor: 3s  # ${rollback}.monitor`,
    "gates:",
    `  - healthcheck: active  # ${own}.gates[0].healthcheck`,
    "    timeout: 1m  # default",
    "    interval: 20ms  # default; up to 200ms if it takes longer",
    "    successes: 1  # default",
    "  - http:",
    `      port: 80  # ${own}.gates[1].http.port`,
    "      path: /  # default",
    `      status: [204]  # ${own}.gates[1].http.status`,
    `    timeout: 5s  # ${own}.gates[1].timeout`,
    "    interval: 20ms  # default; up to 200ms if it takes longer",
    "    successes: 1  # default",
    "hooks:",
    `  - module: hooks.ts  # ${own}.hooks[0]`,
    "    timeout: 1m  # default",
    `  - module: "kerek:http"  # ${own}.hooks[1]`,
    `    timeout: 5s  # ${own}.hooks[1].timeout`,
    "drain:",
    `  settle: 1s  # ${own}.drain.settle`,
    `  mark: [touch, /x]  # ${own}.drain.mark`,
    `  dns: true  # ${own}.drain.dns`,
    "  wait: 0s  # default",
    "file-changes: false  # default",
    `image-changes: true  # ${own}.image-changes`,
    `ignore-warnings: [orphans]  # ${own}.ignore-warnings`,
    "post_start:",
    '  - command: [a, "b c"]  # services.web.post_start[0].command',
    "    user: root  # services.web.post_start[0].user",
    "pre_stop:",
    "  - command: [c]  # services.web.pre_stop[0].command",
    "    environment: {A: b}  # services.web.pre_stop[0].environment",
    "  - command: [d]  # services.web.pre_stop[1].command",
    "    privileged: true  # services.web.pre_stop[1].privileged",
    "    working_dir: /  # services.web.pre_stop[1].working_dir",
  ]);
});

Deno.test("what the top level says counts where the service has no such key", () => {
  const top = "x-kerek: {gates: [{tcp: 80}, {exec: [x]}], drain: {settle: 1s, wait: 2s}}";
  assert.equal(line("- tcp", "{}", { top }), "- tcp: 80  # x-kerek.gates[0].tcp");
  assert.equal(line("- exec", "{}", { top }), "- exec: [x]  # x-kerek.gates[1].exec");
  assert.equal(line("settle", "{}", { top }), "settle: 1s  # x-kerek.drain.settle");
  const hooks = { top: "x-kerek: {hooks: a.ts}" };
  assert.equal(line("- module", "{}", hooks), "- module: a.ts  # x-kerek.hooks");
  const narrow = { top: "x-kerek: {hooks: {module: a.ts, permissions: {net: [b.example]}}}" };
  assert.equal(line("net", "{}", narrow), "net: [b.example]  # x-kerek.hooks.permissions");
  const none = "{x-kerek: {hooks: []}}";
  assert.equal(line("hooks", none, hooks), "hooks: []  # services.web.x-kerek.hooks");
  const own = "{x-kerek: {gates: [], drain: {wait: 3s}}}";
  assert.equal(line("gates", own, { top }), "gates: []  # services.web.x-kerek.gates");
  assert.equal(line("settle", own, { top }), "settle: 0s  # default");
  assert.equal(line("wait", own, { top }), "wait: 3s  # services.web.x-kerek.drain.wait");
});

Deno.test("options go before the files", () => {
  const web = inUpdate("order: stop-first, parallelism: 2, failure_action: pause");
  const flags = { order: "start-first", updateParallelism: 0, onFailure: "rollback" } as const;
  assert.equal(
    line("order", web, { flags }),
    "order: start-first  # --order\norder: start-first  # --order",
  );
  // The way back is as the files have it.
  assert.equal(
    line("parallelism", web, { flags }),
    "parallelism: 0  # --update-parallelism\n" +
      "parallelism: 2  # services.web.deploy.update_config.parallelism",
  );
  assert.equal(line("failure_action", web, { flags }), "failure_action: rollback  # --on-failure");
});

Deno.test("the ratio comes from whatever decides it", () => {
  const ratio = (web: string, onFailure?: Overrides["onFailure"]) =>
    line("max_failure_ratio", web, { flags: { onFailure } });
  const given = "services.web.deploy.update_config.max_failure_ratio";
  assert.equal(ratio(inUpdate("failure_action: continue")), "max_failure_ratio: 1  # default");
  assert.equal(ratio("{}", "continue"), "max_failure_ratio: 1  # --on-failure");
  assert.equal(
    ratio(inUpdate("failure_action: continue"), "pause"),
    "max_failure_ratio: 0  # --on-failure",
  );
  assert.equal(
    ratio(inUpdate("max_failure_ratio: 0.5"), "continue"),
    `max_failure_ratio: 0.5  # ${given}`,
  );
});

Deno.test("the default of monitor depends on what tells that a replica is ready", () => {
  const monitor = (web: string) => line("monitor", web).split("\n");
  const healthcheck = "healthcheck: {test: [CMD, x]}";
  const none = "monitor: 0s  # default";
  assert.deepEqual(monitor(`{${healthcheck}}`), [none, none]);
  const active = "x-kerek: {gates: [{healthcheck: active}]}";
  assert.equal(monitor(`{${active}}`)[0], none);
  const given = "deploy: {update_config: {monitor: 5s}}";
  const place = "services.web.deploy.update_config.monitor";
  for (const web of [`{${given}}`, `{${given}, ${healthcheck}}`, `{${given}, ${active}}`]) {
    assert.equal(monitor(web)[0], `monitor: 5s  # ${place}`);
  }
});
