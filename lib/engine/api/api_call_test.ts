import assert from "node:assert/strict";
import * as history from "../../history/argv.ts";
import * as lock from "../../lock/argv.ts";
import * as argv from "../argv.ts";
import { type ApiCall, apiCallOf } from "./api_call.ts";

Deno.test("what kerek asks of an engine most often is known as a request", () => {
  const cases: [words: string[], ApiCall][] = [
    [argv.listContainers({ project: "shop", service: "web", status: "paused" }), {
      kind: "list-containers",
      filters: {
        label: [
          "com.docker.compose.project=shop",
          "com.docker.compose.oneoff=False",
          "com.docker.compose.service=web",
        ],
        status: ["paused"],
      },
    }],
    [argv.inspectContainers(["a", "b"]), { kind: "inspect-containers", ids: ["a", "b"] }],
    [argv.inspectImages(["app:1"]), { kind: "image-ids", images: ["app:1"] }],
    [argv.start("a"), { kind: "start", id: "a" }],
    [argv.stop("a"), { kind: "stop", id: "a" }],
    [argv.stop("a", 3), { kind: "stop", id: "a", timeoutS: "3" }],
    [argv.remove("a", { discard: false }), {
      kind: "remove",
      id: "a",
      discard: false,
      volumes: false,
    }],
    [argv.remove("a", { discard: true }), {
      kind: "remove",
      id: "a",
      discard: true,
      volumes: true,
    }],
    [argv.rename("a", "shop-web-1"), { kind: "rename", id: "a", name: "shop-web-1" }],
    [argv.inspectNetworks(["n", "m"]), { kind: "inspect-networks", names: ["n", "m"] }],
    [argv.disconnect("a", "n"), { kind: "disconnect", network: "n", id: "a" }],
    [argv.connect("a", "shop-web-1", { network: "n", aliases: [] }), {
      ...{ kind: "connect", network: "n", id: "a", aliases: [] },
    }],
    [argv.connect("a", "shop-web-1", { network: "n", aliases: ["web", "www"] }), {
      ...{ kind: "connect", network: "n", id: "a", aliases: ["shop-web-1", "web", "www"] },
    }],
    [argv.execIn("a", { command: ["--", "-t"] }), {
      kind: "exec",
      id: "a",
      command: ["--", "-t"],
      privileged: false,
    }],
    [argv.execIn("a", { command: ["x"], user: "0", privileged: true, workingDir: "/w" }), {
      kind: "exec",
      id: "a",
      command: ["x"],
      privileged: true,
      user: "0",
      folder: "/w",
    }],
    [argv.events("shop", "{{json .}}"), {
      kind: "events",
      filters: { type: ["container"], label: ["com.docker.compose.project=shop"] },
    }],
    [lock.listImages(), { kind: "list-images", filters: {} }],
    [history.listEntries("shop"), {
      kind: "list-images",
      filters: { label: ["kerek.history=shop"] },
    }],
    [history.inspectImages(["a", "b"]), { kind: "inspect-images", images: ["a", "b"] }],
    [history.importEntry("shop", 3, "text"), {
      kind: "import-image",
      name: "kerek-history:shop.3",
      changes: ["LABEL kerek.history=shop", "LABEL kerek.history.entry=text"],
    }],
    [argv.engineVersion(), { kind: "engine-version" }],
    [history.tagImage("sha256:a", "x:1"), { kind: "tag", image: "sha256:a", name: "x:1" }],
    [history.removeName("x:1"), { kind: "remove-image", image: "x:1" }],
    [lock.inspectLock("shop"), { kind: "inspect-containers", ids: ["kerek-lock-shop"] }],
    [lock.lockEvents("a", "{{json .}}"), {
      kind: "events",
      filters: { type: ["container"], container: ["a"] },
    }],
    [lock.createLock("shop", { owner: "a=b" }, "app:1"), {
      kind: "create",
      name: "kerek-lock-shop",
      labels: { "com.docker.compose.oneoff": "True", owner: "a=b" },
      image: "app:1",
      command: ["kerek-lock"],
    }],
    [lock.beat("a", 12), { kind: "set-retries", id: "a", retries: 12 }],
    [lock.removeLock("a"), { kind: "remove", id: "a", discard: false, volumes: true }],
  ];
  for (const [words, expected] of cases) {
    assert.deepEqual(apiCallOf(words), expected, words.join(" "));
  }
});

Deno.test("what is not known in full is left to the client", () => {
  const cases = [
    "",
    "version",
    "start a",
    "start -- a b",
    "start --attach -- a",
    "stop --time 3 -- a",
    "rename -- a",
    "rename -- a b c",
    "rm --force -- a",
    "ps --all --quiet",
    "ps --all --quiet --no-trunc --format x",
    "ps --all --quiet --no-trunc operand",
    "container inspect --size -- a",
    "network inspect --verbose -- n",
    "network connect --ip 10.0.0.9 -- n a",
    "network connect --gw-priority 1 -- n a",
    "network connect -- n",
    "network disconnect --force -- n a",
    "container ls --quiet",
    "image tag --force a b",
    "image rm --force -- a",
    "image rm a",
    "image inspect --format {{.Os}} -- app:1",
    "image ls --quiet",
    "create --name x -- app:1",
    "create --name x --network none --volume /:/x -- app:1",
    "update --restart always -- a",
    "update --memory 1g -- a",
    "exec --env X -- a env",
    "exec --env-file /dev/stdin -- a env",
    "exec -- a",
    "exec a true",
    "events --format json",
    "logs --tail 3 -- a",
    "cp - a:/",
  ];
  for (const line of cases) assert.equal(apiCallOf(line.split(" ")), undefined, line);
});
