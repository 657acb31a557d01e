import assert from "node:assert/strict";
import {
  decodeImageVolumes,
  decodeNetworks,
  decodeVolumes,
  hasHealthcheck,
} from "./decode_resources.ts";

Deno.test("networks are known by name and id, Docker's with what they are made of", () => {
  const docker = {
    Name: "p_front",
    Id: "1",
    Driver: "bridge",
    Internal: false,
    IPAM: { Driver: "default", Config: [{ Subnet: "10.0.0.0/24", Gateway: "10.0.0.1" }] },
    Labels: { use: "test", "com.docker.compose.project": "p" },
    Options: {},
  };
  const podman = { name: "podman", id: "2", driver: "bridge" };
  assert.deepEqual(decodeNetworks(JSON.stringify([docker, podman])), [
    {
      name: "p_front",
      id: "1",
      make: {
        name: "p_front",
        driver: "bridge",
        options: {},
        labels: { use: "test" },
        isInternal: false,
        subnets: ["10.0.0.0/24"],
      },
    },
    { name: "podman", id: "2" },
  ]);
});

Deno.test("volumes are known without the labels of Compose, and where an image has some", () => {
  const volume = {
    Name: "p_data",
    Driver: "local",
    Options: null,
    Labels: { "com.docker.compose.config-hash": "x" },
  };
  assert.deepEqual(decodeVolumes(JSON.stringify([volume])), [
    { name: "p_data", driver: "local", options: {}, labels: {} },
  ]);
  assert.deepEqual(decodeImageVolumes('[{"Config":{"Volumes":{"/a":{},"/b":{}}}}]'), ["/a", "/b"]);
  assert.deepEqual(decodeImageVolumes('[{"Config":{}}]'), []);
});

Deno.test("an image may have a healthcheck, or turn off that of the one it is made of", () => {
  const image = (Healthcheck?: unknown) => JSON.stringify([{ Config: { Healthcheck } }]);
  assert.equal(hasHealthcheck(image({ Test: ["CMD", "true"] })), true);
  for (const none of [undefined, null, {}, { Test: [] }, { Test: ["NONE"] }]) {
    assert.equal(hasHealthcheck(image(none)), false);
  }
  assert.equal(hasHealthcheck("[{}]"), false);
});
