import assert from "node:assert/strict";
import { decodeContainers } from "./decode_containers.ts";
import { networksOf } from "./networks.ts";
import { Programs } from "./programs.ts";
import { FakeSpawner } from "./testing/fake_spawner.ts";

const id = "6f4110539dec4f49166dd113285f8b954be9a53e081a6a462113eda59938252d";

/** An end of a network as Docker 20.10 shows it: with the container's short id among the aliases. */
const end = (fields: Record<string, unknown> = {}) => ({
  IPAMConfig: {},
  Links: null,
  Aliases: ["shop-web-1", "web", "www", "6f4110539dec"],
  DriverOpts: null,
  IPAddress: "172.21.0.3",
  GlobalIPv6Address: "",
  ...fields,
});

interface Given {
  networks?: Record<string, unknown> | null;
  mode?: string;
  host?: Record<string, unknown>;
  config?: Record<string, unknown>;
}

function container({ networks = { shop_back: end() }, mode = "shop_back", host, config }: Given) {
  const labels = {
    "com.docker.compose.project": "shop",
    "com.docker.compose.service": "web",
    "com.docker.compose.container-number": "7",
  };
  const [decoded] = decodeContainers(JSON.stringify([{
    Id: id,
    Name: "/shop-web-1",
    State: { Status: "running" },
    Config: { Labels: labels, ...config },
    HostConfig: { NetworkMode: mode, ...host },
    NetworkSettings: { Networks: networks },
  }]));
  return decoded;
}

Deno.test("a replica's networks are those of the engine, without its own name and id", () => {
  const cases: [Record<string, unknown>, unknown][] = [
    [end(), { aliases: ["web", "www"] }],
    [end({ Aliases: ["web", "shop-web-1"], DriverOpts: {} }), { aliases: ["web"] }],
    // It was renamed since Compose named it.
    [end({ Aliases: ["shop-web-7", "web", "shop-web-8"] }), { aliases: ["web", "shop-web-8"] }],
    // Docker 25 and later no longer add the id.
    [end({ Aliases: null, DNSNames: ["shop-web-1", "6f4110539dec"] }), { aliases: [] }],
    [
      end({
        Aliases: ["web"],
        DriverOpts: { a: "b" },
        GwPriority: 3,
        IPAMConfig: { LinkLocalIPs: ["169.254.7.7"] },
      }),
      { aliases: ["web"], driverOpts: { a: "b" }, gwPriority: 3, linkLocalIps: ["169.254.7.7"] },
    ],
  ];
  for (const [given, expected] of cases) {
    const { replica } = container({ networks: { shop_back: given } });
    assert.deepEqual(replica.networks, [{ network: "shop_back", ...expected as object }]);
  }
});

Deno.test("a replica is hidden if it lacks its name where it was created", () => {
  const nameless = end({ Aliases: ["6f4110539dec"] });
  const cases: [Given, boolean][] = [
    [{}, false],
    [{ networks: { shop_back: end(), shop_front: nameless } }, false],
    [{ networks: { shop_back: nameless } }, true],
    [{ networks: { shop_back: nameless, shop_front: end() } }, true],
    // It was cut off in between, with the network left and not joined again.
    [{ networks: {} }, true],
    [{ networks: { shop_front: end() } }, true],
    [{ networks: null }, true],
    // There are no names where Compose gives none.
    ...["bridge", "default", "host", "none", "container:x", ""]
      .map((mode): [Given, boolean] => [{ mode, networks: { [mode]: nameless } }, false]),
  ];
  for (const [given, isHidden] of cases) {
    assert.equal(container(given).replica.isHidden ?? false, isHidden, JSON.stringify(given));
  }
});

Deno.test("what a container would not get back is why it stays in its networks", () => {
  const cases: [Given, RegExp | undefined][] = [
    [{}, undefined],
    [{ host: { PortBindings: {} }, config: { MacAddress: "" } }, undefined],
    [{ host: { PortBindings: { "80/tcp": [{ HostPort: "" }] } } }, /ports of the host/],
    [{ networks: { shop_back: end({ IPAMConfig: { IPv4Address: "172.21.0.9" } }) } }, /address/],
    [{ networks: { shop_back: end({ IPAMConfig: { IPv6Address: "fd00::9" } }) } }, /address/],
    [{ config: { MacAddress: "02:42:ac:11:00:09" } }, /address/],
    [{ networks: { shop_back: end({ Links: ["shop-db-1:db"] }) } }, /links/],
  ];
  for (const [given, tie] of cases) {
    const { attached } = container(given);
    if (tie) assert.match(attached.tie ?? "", tie);
    else assert.equal(attached.tie, undefined);
  }
});

/** A network as Docker 20.10 shows it, with a router, the container and a proxy in it. */
const network = (fields: Record<string, unknown> = {}, config: Record<string, unknown> = {}) => ({
  Name: "shop_back",
  Driver: "bridge",
  EnableIPv6: false,
  IPAM: {
    Driver: "default",
    Config: [{ Subnet: "172.21.0.0/16", Gateway: "172.21.0.1", ...config }],
  },
  Containers: {
    [id]: { IPv4Address: "172.21.0.3/16" },
    proxy: { IPv4Address: "172.21.0.2/16" },
  },
  ...fields,
});

async function placeIn(given: unknown, ...ends: Parameters<typeof end>) {
  const spawner = new FakeSpawner();
  spawner.answer = ([kind]) => kind === "network" ? JSON.stringify([given]) : undefined;
  const clients = {
    engine: ["docker"],
    compose: ["docker", "compose"],
    composeAlone: ["docker", "compose"],
    isPodman: false,
  };
  const { attached } = container({ networks: { shop_back: end(...ends) } });
  const { primary, places } = await networksOf(new Programs(clients, spawner), attached);
  assert.equal(primary, "shop_back");
  assert.deepEqual(spawner.lines(), ["docker network inspect -- shop_back"]);
  return places[0];
}

Deno.test("who is in a network is known, and what is reserved", async () => {
  const { address, subnet, taken, doubt } = await placeIn(
    network({}, { AuxiliaryAddresses: { printer: "172.21.0.7" } }),
  );
  assert.deepEqual([address, subnet, doubt], ["172.21.0.3", "172.21.0.0/16", undefined]);
  assert.deepEqual(taken.sort(), ["172.21.0.1", "172.21.0.2", "172.21.0.3", "172.21.0.7"]);
});

Deno.test("the router of a network whose files give a subnet alone is known by who is in it", async () => {
  const alone = network({}, { Gateway: undefined });
  const { taken } = await placeIn(alone, { Gateway: "172.21.0.1" });
  assert.deepEqual(taken.sort(), ["172.21.0.1", "172.21.0.2", "172.21.0.3"]);
});

Deno.test("only of a plain network it is known which address comes next", async () => {
  const ranges = { Config: [{ Subnet: "172.21.0.0/16" }, { Subnet: "fd00::/64" }] };
  const cases: [unknown, Record<string, unknown>, RegExp][] = [
    [network({ Driver: "macvlan" }), {}, /shop_back is not a bridge network/],
    [network({ EnableIPv6: true }), {}, /IPv6/],
    [network(), { GlobalIPv6Address: "fd00::3" }, /IPv6/],
    [network({}, { IPRange: "172.21.5.0/24" }), {}, /ranges/],
    [network({ IPAM: ranges }), {}, /ranges/],
    [network({ IPAM: { Config: null } }), {}, /ranges/],
    [network({ IPAM: { Driver: "dhcp", Config: [{ Subnet: "172.21.0.0/16" }] } }), {}, /own way/],
    [{ ...network(), Name: "other" }, {}, /not a bridge/],
  ];
  for (const [given, fields, doubt] of cases) {
    assert.match((await placeIn(given, fields)).doubt ?? "", doubt);
  }
});

Deno.test("a container in no network has none to ask for", async () => {
  const spawner = new FakeSpawner();
  const clients = {
    engine: ["docker"],
    compose: ["docker", "compose"],
    composeAlone: ["docker", "compose"],
    isPodman: false,
  };
  const { attached } = container({ networks: {} });
  const { places } = await networksOf(new Programs(clients, spawner), attached);
  assert.deepEqual([places, spawner.calls], [[], []]);
});
