import assert from "node:assert/strict";
import type { EngineOptions } from "../../options.ts";
import { engineSocket } from "./engine_socket.ts";

Deno.test("the socket is the one that docker would talk to, or its own business", () => {
  const usual = "/var/run/docker.sock";
  const cases: [
    options: Partial<EngineOptions>,
    address: string | undefined,
    variables: Record<string, string>,
    settings: string | undefined,
    expected: string | undefined,
  ][] = [
    [{}, undefined, {}, undefined, usual],
    [{}, undefined, {}, "{}", usual],
    [{}, "unix:///x.sock", {}, '{"auths":{}}', "/x.sock"],
    // What is for docker itself.
    [{ containerEngine: "podman" }, "unix:///x.sock", {}, undefined, undefined],
    [{ containerEngine: "/opt/docker" }, undefined, {}, undefined, undefined],
    [{ tls: true }, undefined, {}, undefined, undefined],
    [{ tlsverify: true }, undefined, {}, undefined, undefined],
    [{}, undefined, { DOCKER_TLS_VERIFY: "1" }, undefined, undefined],
    [{}, "ssh://x", {}, undefined, undefined],
    [{}, "tcp://127.0.0.1:2375", {}, undefined, undefined],
    [{}, "unix://", {}, undefined, undefined],
    [{}, "unix://relative.sock", {}, undefined, undefined],
    [{}, undefined, {}, '{"HttpHeaders":{"X-Me":"1"}}', undefined],
    [{}, undefined, {}, "not JSON", undefined],
  ];
  for (const [options, address, variables, settings, expected] of cases) {
    const socket = engineSocket({ containerEngine: "docker", ...options }, address, {
      env: (name) => ({ HOME: "/home/me", ...variables })[name],
      readText: (path) => path === "/home/me/.docker/config.json" ? settings : undefined,
    });
    assert.equal(socket, expected, JSON.stringify([options, address, variables, settings]));
  }
});

Deno.test("docker's own folder of settings may be elsewhere", () => {
  const settings = '{"HttpHeaders":{}}';
  const readText = (path: string) => path === "/etc/x/config.json" ? settings : undefined;
  const options = { containerEngine: "docker" };
  const places = { env: () => undefined, readText };
  assert.equal(engineSocket({ ...options, config: "/etc/x" }, undefined, places), undefined);
  const env = (name: string) => name === "DOCKER_CONFIG" ? "/etc/x" : undefined;
  assert.equal(engineSocket(options, undefined, { env, readText }), undefined);
});
