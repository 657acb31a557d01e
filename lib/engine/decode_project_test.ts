import assert from "node:assert/strict";
import type { DesiredService } from "../plan/model.ts";
import { rollbackPolicy, updatePolicy } from "../config/policy.ts";
import type { Project } from "./decode_project.ts";
import { decodeProject } from "./testing/decode_project.ts";

const fixture = (name: string) =>
  Deno.readTextFileSync(new URL(`./testing/fixtures/${name}`, import.meta.url));
const hashes = fixture("project.hashes.txt");
const project = decodeProject(fixture("project.config.txt"), hashes);
const compatible = decodeProject(fixture("project.compatible.txt"), hashes, {
  compatibility: true,
});

function serviceOf({ services }: Project, name: string): DesiredService {
  return services.find((service) => service.name === name)!;
}

/** What a service is where its file says no more than its image. */
const plain = {
  replicas: 1,
  dependsOn: [],
  sharesWith: [],
  image: "app:1",
  buildable: false,
  pullPolicy: undefined,
  containerName: undefined,
  exclusiveClaims: [],
  update: updatePolicy(),
  rollback: rollbackPolicy({}, updatePolicy()),
  gates: [],
  drain: { settleMs: 0, waitMs: 0 },
  postStart: [],
  preStop: [],
  isJob: false,
  hasHealthcheck: false,
  needsInjection: false,
};

const claims = (...pairs: [path: string, what: string][]) =>
  pairs.map(([path, what]) => ({ path: `services.${path}`, what }));

/** How services differ from a plain one. */
const services: Record<string, Partial<DesiredService>> = {
  "123": {},
  after: { dependsOn: ["checked", "migrate"] },
  base: {},
  both: { replicas: 2 },
  built: { image: "shop-built", buildable: true },
  "built-named": { image: "me/built:2", buildable: true, pullPolicy: "build" },
  checked: { hasHealthcheck: true },
  "checked-list": { hasHealthcheck: true },
  disabled: {},
  files: { needsInjection: true },
  first: {
    update: updatePolicy({ order: "start-first", parallelism: 2, monitor: 90_000 }),
    rollback: rollbackPolicy({}, updatePolicy({ order: "start-first", parallelism: 2 })),
  },
  fixed: {
    exclusiveClaims: claims(
      ["fixed.ports[0]", "host port 8080"],
      ["fixed.ports[1]", "host port 127.0.0.1:8443"],
      ["fixed.ports[2]", "host port 53"],
    ),
  },
  links: { dependsOn: ["base", "named"], restartsWith: ["base", "named"] },
  long: {},
  migrate: { isJob: true },
  named: { containerName: "the-one" },
  none: {},
  "none-check": {},
  "none-text": { hasHealthcheck: true },
  "only-times": {},
  range: {
    portRanges: [{
      path: "services.range.ports[0]",
      published: "8000-8010",
      first: 8000,
      size: 11,
    }],
  },
  ranges: {
    exclusiveClaims: claims(
      ["ranges.ports[0]", "host port 9000"],
      ["ranges.ports[1]", "host port 9001"],
    ),
  },
  replicated: { replicas: 2 },
  scale0: { replicas: 0 },
  scaled: { replicas: 3 },
  "shares-net": {
    dependsOn: ["base", "named", "static"],
    sharesWith: ["base", "named", "static"],
  },
  static: {
    exclusiveClaims: claims(
      ["static.networks.front", "address 10.77.0.5"],
      ["static.networks.front", "address fd00::5"],
    ),
  },
  zero: { replicas: 0 },
};

Deno.test("services are what `docker compose config` says of them", () => {
  assert.equal(project.name, "shop");
  assert.deepEqual(
    project.services.map(({ name }) => name).sort(),
    Object.keys(services).sort(),
  );
  for (const [name, differences] of Object.entries(services)) {
    const { name: _, revision, ...rest } = serviceOf(project, name);
    const expected = { ...plain, ...differences };
    assert.deepEqual(pick(rest, expected), expected, name);
    assert.match(revision, /^[0-9a-f]{64}$/);
    assert.ok(hashes.includes(`${name} ${revision}\n`));
  }
});

Deno.test("in Compose's compatible mode, only the names of built images differ", () => {
  for (const name of Object.keys(services)) {
    // It does not tell in so many words what links mean either.
    const { image, restartsWith: _1, ...rest } = serviceOf(compatible, name);
    const { image: _2, restartsWith: _3, ...expected } = serviceOf(project, name);
    const sorted = (x: typeof rest) => ({ ...x, dependsOn: x.dependsOn.toSorted() });
    assert.deepEqual(sorted(rest), sorted(expected), name);
    assert.equal(image, name === "built" ? "shop_built" : serviceOf(project, name).image);
  }
});

Deno.test("configs and secrets that only Compose's own start would bring are listed", () => {
  const secret = { kind: "environment", variable: "PASSWORD" };
  assert.deepEqual(project.injections.get("files"), [
    {
      target: "/greeting",
      source: { kind: "content", content: "price: 5$ for ${name}\n" },
      uid: 0,
      gid: 0,
      mode: 0o444,
    },
    {
      target: "/etc/token.conf",
      source: { kind: "environment", variable: "TOKEN" },
      uid: 103,
      gid: 104,
      mode: 0o440,
    },
    { target: "/run/secrets/password", source: secret, uid: 0, gid: 0, mode: 0o444 },
    { target: "/run/secrets/db", source: secret, uid: 0, gid: 0, mode: 0o400 },
    { target: "/etc/a$b", source: secret, uid: 0, gid: 0, mode: 0o444 },
  ]);
  assert.deepEqual(project.injections.get("base"), []);
});

Deno.test("a mode is read in all forms that Compose prints", () => {
  for (const [mode, expected] of [["288", 0o440], ['"0440"', 0o440], ['"440"', 0o440]] as const) {
    const { injections } = decodeProject(
      `name: x
services: {web: {configs: [{source: c, mode: ${mode}}]}}
configs: {c: {content: text}}`,
      "",
    );
    assert.equal(injections.get("web")![0].mode, expected, mode);
  }
});

Deno.test("a project may have no services", () => {
  for (const yaml of ["name: x", "name: x\nservices: {}", "name: x\nservices:"]) {
    assert.deepEqual(decodeProject(yaml, ""), {
      name: "x",
      services: [],
      injections: new Map(),
      mountedFiles: new Map(),
    });
  }
});

Deno.test("what cannot be understood is an error that names its path", () => {
  const web = (text: string) => `name: x\nservices: {web: ${text}}`;
  const cases: [yaml: string, message: RegExp][] = [
    ["[]", /^Cannot read the Compose files: .*object/],
    ["services: {}", /^Cannot read the Compose files: name: /],
    [web("{scale: 1.5}"), /^Cannot read .*services\.web\.scale: 1\.5 is not a whole number/],
    [
      web("{scale: -3}"),
      /^Cannot read .*services\.web\.scale: -3 is not a whole number, 0 or more$/,
    ],
    [
      web("{deploy: {replicas: -2}}"),
      /^Cannot read .*services\.web\.deploy\.replicas: -2 is not a whole number, 0 or more$/,
    ],
    [web("{ports: [80]}"), /^Cannot read the Compose files: services\.web\.ports\[0\]: .*object/],
    [
      web("{deploy: {update_config: {order: first}}}"),
      /^Cannot read the Compose files: services\.web\.deploy\.update_config\.order: .*"start-first"/,
    ],
    [
      web("{deploy: {update_config: {monitor: soon}}}"),
      /^Cannot read .*services\.web\.deploy\.update_config\.monitor: "soon" is not a duration/,
    ],
    [
      web("{deploy: {update_config: {monitor: -3s}}}"),
      /^Cannot read .*services\.web\.deploy\.update_config\.monitor: "-3s" is not a duration/,
    ],
  ];
  for (const [yaml, message] of cases) {
    assert.throws(() => decodeProject(yaml, ""), { name: "KerekError", message }, yaml);
  }
});

function pick(from: object, like: object): object {
  return Object.fromEntries(
    Object.entries(from).filter(([key]) => key in like),
  );
}
