import assert from "node:assert/strict";
import { decodeModel, projectOf } from "./decode_project.ts";

/** How service `web` of a file is attached. */
function web(text: string, top = "") {
  const { services } = projectOf(
    decodeModel(`name: shop\n${top}\nservices: {web: ${text}}`),
    "",
    {},
  );
  const { networks = [], networkTies = [] } = services[0];
  return { networks, ties: networkTies.map(({ path }) => path) };
}

Deno.test("a service is in the networks that its file names, under its own name and its aliases", () => {
  const plain = { network: "shop_default", aliases: ["web"] };
  const cases: [text: string, top: string, networks: unknown[]][] = [
    ["{}", "", [plain]],
    ["{networks: {default: }}", "", [plain]],
    ["{networks: {default: }}", "networks: {default: {name: shop_default}}", [plain]],
    ["{networks: {}}", "", [plain]],
    ["{network_mode: host}", "", []],
    ["{network_mode: 'service:db'}", "", []],
    [
      "{networks: {front: {aliases: [www, web]}, back: }}",
      "networks: {front: {name: edge, external: true}, back: {name: shop_back}}",
      [{ network: "edge", aliases: ["web", "www"] }, { network: "shop_back", aliases: ["web"] }],
    ],
    // As in Compose's compatible mode.
    ["{networks: {edge: }}", "networks: {edge: {external: true}}", [{ ...plain, network: "edge" }]],
    [
      "{networks: {a: {driver_opts: {k: 1}, link_local_ips: [169.254.7.7], gw_priority: 5}}}",
      "",
      [{
        ...{ network: "shop_a", aliases: ["web"], driverOpts: { k: "1" } },
        ...{ linkLocalIps: ["169.254.7.7"], gwPriority: 5 },
      }],
    ],
  ];
  for (const [text, top, networks] of cases) assert.deepEqual(web(text, top).networks, networks);
});

Deno.test("what a service would not get back in its networks is told with its place", () => {
  const cases: [text: string, ties: string[]][] = [
    ["{ports: []}", []],
    ["{ports: [{target: 80, published: 8000-8010}]}", ["services.web.ports"]],
    ["{networks: {a: {ipv4_address: 10.0.0.9}}}", ["services.web.networks.a"]],
    ["{networks: {a: {ipv6_address: 'fd00::9'}}}", ["services.web.networks.a"]],
    ["{networks: {a: {mac_address: '02:42:ac:11:00:09'}}}", ["services.web.networks.a"]],
    ["{mac_address: '02:42:ac:11:00:09'}", ["services.web.mac_address"]],
    ["{links: [db], external_links: [x]}", ["services.web.links", "services.web.external_links"]],
  ];
  for (const [text, ties] of cases) assert.deepEqual(web(text).ties, ties);
});
