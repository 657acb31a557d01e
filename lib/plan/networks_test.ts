import assert from "node:assert/strict";
import { isLowestFree } from "./addresses.ts";
import type { Attachment } from "./model.ts";
import { type ContainerNetworks, hiding, moved, type Place, revealing } from "./networks.ts";

Deno.test("the lowest free address is the one below which all are taken", () => {
  const cases: [address: string, subnet: string, taken: string[], isLowest: boolean][] = [
    ["10.0.0.1", "10.0.0.0/24", [], true],
    ["10.0.0.2", "10.0.0.0/24", [], false],
    ["10.0.0.2", "10.0.0.0/24", ["10.0.0.1"], true],
    ["10.0.0.3", "10.0.0.0/24", ["10.0.0.1", "10.0.0.3"], false],
    ["10.0.0.3", "10.0.0.0/24", ["10.0.0.1", "10.0.0.2", "10.0.0.3", "10.0.0.9"], true],
    // One that is taken twice, or is another network's, fills no gap.
    ["10.0.0.3", "10.0.0.0/24", ["10.0.0.1", "10.0.0.1", "10.0.1.2"], false],
    ["172.18.1.0", "172.18.0.0/16", range("172.18.0.", 1, 255), true],
    ["172.18.1.0", "172.18.0.0/16", range("172.18.0.", 2, 255), false],
    ["10.0.0.14", "10.0.0.0/28", range("10.0.0.", 1, 13), true],
    ["10.0.0.15", "10.0.0.0/28", range("10.0.0.", 1, 14), false],
    ["10.1.0.1", "10.0.0.0/24", [], false],
  ];
  for (const [address, subnet, taken, isLowest] of cases) {
    assert.equal(isLowestFree(address, subnet, taken), isLowest, `${address} in ${subnet}`);
  }
});

const range = (start: string, from: number, to: number) =>
  Array.from({ length: to - from + 1 }, (_, i) => `${start}${from + i}`);

/** A place whose address comes back, unless more is given. */
function place(network: string, fields: Partial<Place> = {}): Place {
  return {
    network,
    aliases: ["web"],
    address: "10.0.0.2",
    subnet: "10.0.0.0/24",
    taken: ["10.0.0.1", "10.0.0.2", "10.0.0.3"],
    ...fields,
  };
}

const seen = (...places: Place[]): ContainerNetworks => ({ primary: "back", places });
const attached = (network: string, fields: Partial<Attachment> = {}): Attachment => ({
  network,
  aliases: ["web"],
  ...fields,
});

/** Such as `-back +front:web` where `-` is a connection made anew, `+` one that was not there. */
const text = ({ replugs, warning }: ReturnType<typeof hiding>) =>
  [
    ...replugs.map(({ to, isConnected }) =>
      `${isConnected ? "-" : "+"}${to.network}${to.aliases.map((alias) => `:${alias}`).join("")}`
    ),
    ...(warning ? [`(${warning})`] : []),
  ].join(" ");

Deno.test("a container is hidden in all its networks, the one that tells of it first, or in none", () => {
  const both = [attached("back"), attached("front")];
  const elsewhere = "its names stay, as it is in back otherwise than the Compose files say";
  const cases: [ContainerNetworks, Attachment[], string][] = [
    [seen(place("back")), both, "-back"],
    [seen(place("front"), place("back")), both, "-back -front"],
    // Before its start, it has no address to lose.
    [seen(place("back", { address: "", taken: [] })), both, "-back"],
    [seen(place("front"), place("back", { aliases: [] })), both, "-front"],
    [seen(place("front", { aliases: [] }), place("back", { aliases: [] })), both, ""],
    [
      seen(place("front", { taken: ["10.0.0.2"] }), place("back")),
      both,
      "(its names stay, as its address 10.0.0.2 would change: a lower one of front is free)",
    ],
    [
      seen(place("back", { doubt: "back is no bridge" })),
      both,
      "(its names stay, as back is no bridge)",
    ],
    [
      { ...seen(place("back")), tie: "it has ports of the host" },
      both,
      "(its names stay, as it has ports of the host)",
    ],
    [seen(place("back")), [attached("front")], `(${elsewhere})`],
    [seen(place("back", { aliases: ["web", "old"] })), both, `(${elsewhere})`],
    [
      seen(place("back", { aliases: ["b", "a"] })),
      [attached("back", { aliases: ["a", "b"] })],
      "-back",
    ],
    [seen(place("back", { gwPriority: 1 })), both, `(${elsewhere})`],
    [seen(place("back", { driverOpts: { a: "b" } })), both, `(${elsewhere})`],
    [seen(place("back", { linkLocalIps: ["169.254.0.1"] })), both, `(${elsewhere})`],
  ];
  for (const [state, networks, expected] of cases) {
    assert.equal(text(hiding(state, networks)), expected);
  }
});

Deno.test("a hidden container keeps everything but its names", () => {
  const all = { driverOpts: { a: "b" }, linkLocalIps: ["169.254.0.1"], gwPriority: 7 };
  const { replugs } = hiding(seen(place("back", all)), [attached("back", all)]);
  assert.deepEqual(replugs, [{
    to: { network: "back", aliases: [], ...all },
    isConnected: true,
  }]);
});

Deno.test("names are given where they are lacking, last in the network that tells of it", () => {
  const both = [attached("back"), attached("front", { aliases: ["web", "www"] })];
  const hidden = (network: string, fields: Partial<Place> = {}) =>
    place(network, { aliases: [], ...fields });
  const cases: [ContainerNetworks, string][] = [
    [seen(place("back"), place("front")), ""],
    [seen(hidden("back"), hidden("front")), "-front:web:www -back:web"],
    [seen(hidden("back"), place("front")), "-back:web"],
    // Cut off while it was in no network.
    [seen(place("front")), "+back:web"],
    [seen(hidden("front")), "-front:web:www +back:web"],
    [seen(hidden("back")), "+front:web:www -back:web"],
    // One that the files have elsewhere by now was not hidden by kerek.
    [{ primary: "old", places: [place("old")] }, ""],
    [
      seen(hidden("back", { taken: ["10.0.0.2"] }), place("front")),
      "-back:web (connections that it has made may be lost, as its address 10.0.0.2 would change: " +
      "a lower one of back is free)",
    ],
  ];
  for (const [state, expected] of cases) assert.equal(text(revealing(state, both)), expected);
});

Deno.test("a network in which a container has no names anyway is none to come back to", () => {
  const networks = [attached("back"), attached("extra", { aliases: [] })];
  const state = seen(place("back", { aliases: [] }), place("extra", { aliases: [] }));
  assert.equal(text(revealing(state, networks)), "-back:web");
});

Deno.test("an address that is another one than before is told", () => {
  const before = seen(place("back"), place("front", { address: "" }));
  assert.equal(moved(before, seen(place("back"), place("front"))), undefined);
  assert.equal(
    moved(before, seen(place("back", { address: "10.0.0.4" }))),
    "its address was 10.0.0.2 and is 10.0.0.4 now, so its connections are lost",
  );
  assert.match(moved(before, seen())!, /is none now/);
});
