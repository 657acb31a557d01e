/**
 * Acceptance: with the hook of each proxy, an application that ends at once is updated, and the proxy
 * is as before at the end. What is lost meanwhile, hook_table.ts counts.
 */
import assert from "node:assert/strict";
import { docker } from "../harness/project.ts";
import { scenario } from "../harness/scenario.ts";
import { images, type Proxy, Stage } from "./stage.ts";

/** What a proxy is asked in its container, and what it says if nothing of the hook is left. */
const states: Record<Proxy, [argv: string[], asBefore: RegExp]> = {
  nginx: [["sh", "-c", "ls /etc/nginx/kerek"], /^$/],
  caddy: [
    ["wget", "-q", "-O", "-", "http://localhost:2019/config/"],
    /"upstreams":\[\{"dial":"app:8080"\}\]/,
  ],
  // Columns: backend, server, address, running, no administrative state; three of these.
  haproxy: [
    ["sh", "-c", "echo 'show servers state' | nc 127.0.0.1 9999"],
    /^(?!.* (8|16|24|40|48) 1 1 )(.*app\d+ [\d.]+ 2 0 .*){3}$/s,
  ],
};

for (const proxy of Object.keys(states) as Proxy[]) {
  scenario(`kerek:${proxy} tells the proxy of an update, and leaves nothing`, async () => {
    await using stage = await Stage.set({ proxies: [proxy], hooks: true, shutdown: "abrupt" });
    await stage.deploy("B");
    const containers = await stage.project.containers(proxy);
    const [argv, asBefore] = states[proxy];
    assert.match(await docker(["exec", containers[0].id, ...argv]), asBefore);
    const answer = await fetch(stage.urlOf(proxy));
    assert.equal(await answer.text(), "B\n");
  }, { images });
}
