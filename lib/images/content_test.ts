import assert from "node:assert/strict";
import { contentOf } from "./content.ts";

const base = { Architecture: "amd64", Os: "linux", Created: "2026-11-25T23:38:30.810059948Z" };

Deno.test("an image is the same however an engine puts it", () => {
  const classic = contentOf({
    ...base,
    Config: { Hostname: "", Env: ["A=1"], Cmd: ["sh"], Entrypoint: null, Labels: { x: "y" } },
  }, ["l"]);
  const containerd = contentOf({
    ...base,
    Config: { Cmd: ["sh"], Env: ["A=1"], Labels: { x: "y" }, User: "", Volumes: {} },
  }, ["l"]);
  assert.equal(classic, containerd);
  const never = (Created: string | undefined) => contentOf({ Created, Config: null }, []);
  assert.equal(never("0001-01-01T00:00:00Z"), never(undefined));
});

Deno.test("whatever containers would notice makes another image", () => {
  const one = contentOf({ ...base, Config: { Env: ["A=1"] } }, ["l"]);
  const others = [
    contentOf({ ...base, Config: { Env: ["A=2"] } }, ["l"]),
    contentOf({ ...base, Config: { Env: ["A=1"], Healthcheck: { Test: ["NONE"] } } }, ["l"]),
    contentOf({ ...base, Config: { Env: ["A=1"] } }, ["l", "m"]),
    contentOf({ ...base, Architecture: "arm64", Config: { Env: ["A=1"] } }, ["l"]),
    contentOf({ ...base, Created: "2026-11-25T23:38:31Z", Config: { Env: ["A=1"] } }, ["l"]),
  ];
  assert.equal(new Set([one, ...others]).size, 6);
});
