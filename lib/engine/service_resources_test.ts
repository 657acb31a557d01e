import assert from "node:assert/strict";
import { decodeProject } from "./testing/decode_project.ts";

const decoded = (service: string, others = "") =>
  decodeProject(`{name: p, services: {web: ${service}}${others ? `, ${others}` : ""}}`, "")
    .services[0];

Deno.test("what an older engine does not do is known by its place", () => {
  const { engineNeeds } = decoded(
    "{annotations: {a: b}, healthcheck: {test: x, start_interval: 1s}, " +
      "volumes: [{type: volume, source: v, volume: {subpath: s}}, {type: image, source: i}], " +
      "networks: {n: {gw_priority: 1, interface_name: eth0}}}",
  );
  assert.deepEqual(
    engineNeeds?.map(({ path, version, isLeftOut }) =>
      `${path} ${version}${isLeftOut ? " ignored" : ""}`
    ),
    [
      "services.web.annotations 24 ignored",
      "services.web.healthcheck.start_interval 25",
      "services.web.volumes[0].volume.subpath 26",
      "services.web.volumes[1].type 28",
      "services.web.networks.n.gw_priority 28 ignored",
      "services.web.networks.n.interface_name 28.1",
    ],
  );
  assert.equal(decoded("{annotations: {}, networks: {n: null}}").engineNeeds, undefined);
});

Deno.test("what a service uses of the engine is known by its names there", () => {
  const service = decoded(
    "{networks: {front: null, own: null, plain: null}, tmpfs: '/tmp:size=1m', volumes: [" +
      "{type: volume, source: data, target: /data}, {type: volume, source: named, target: /n}, " +
      "{type: volume, source: ext, target: /e}, {type: volume, target: /anonymous}, " +
      "{type: bind, source: /srv, target: /srv}]}",
    "networks: {front: {external: true, name: out}, own: {internal: true, labels: {a: b}}, " +
      "plain: {name: p_plain, ipam: {}}}, " +
      "volumes: {data: {name: p_data}, named: {name: other, driver: nfs, driver_opts: {o: 1}}, " +
      "ext: {external: true}}",
  );
  assert.deepEqual(service.externals, [
    { kind: "network", path: "networks.front", name: "out" },
    { kind: "volume", path: "volumes.ext", name: "ext" },
  ]);
  assert.deepEqual(service.networkDefinitions, [{
    path: "networks.own",
    name: "p_own",
    driver: "",
    options: {},
    labels: { a: "b" },
    isInternal: true,
    subnets: [],
  }]);
  assert.deepEqual(service.volumes, [
    { path: "volumes.data", name: "p_data", driver: "", options: {}, labels: {} },
    { path: "volumes.named", name: "other", driver: "nfs", options: { o: "1" }, labels: {} },
  ]);
  assert.deepEqual(service.anonymousVolumes, ["/anonymous"]);
  assert.deepEqual(service.mountedAt, ["/data", "/n", "/e", "/anonymous", "/srv", "/tmp"]);
  assert.equal(service.hasPreStart, undefined);
  assert.equal(decoded("{pre_start: [{command: x}]}").hasPreStart, true);
});
