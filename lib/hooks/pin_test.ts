/** What proxies are told during a deploy by the hook modules that do so (hooks/lib/pin.ts). */
import assert from "node:assert/strict";
import { pinning } from "../../hooks/lib/pin.ts";
import type { Container } from "./sdk.ts";

/**
 * What happens, word by word, to a service that has replica 1, and with `2` another one: `+3` starts
 * a replica, `-1` stops one; the rest are calls of hooks about an old and a new one.
 */
const cases: [what: string, happens: string, told: string[]][] = [
  [
    "start-first",
    "preSwap:1>2 +2 healthGate:1>2 beforeStop:1>2 -1 postSwap:1>2 afterDeploy",
    ["1", "2", "by name"],
  ],
  [
    "start-first, two replicas",
    "+2 preSwap:1>3 +3 healthGate:1>3 beforeStop:1>3 -1 postSwap:1>3 " +
    "preSwap:2>4 +4 healthGate:2>4 beforeStop:2>4 -2 postSwap:2>4 afterDeploy",
    ["1 2", "2 3", "3 4", "by name"],
  ],
  [
    "two at a time: one that has not passed its gates gets nothing",
    "+2 preSwap:1>3 preSwap:2>4 +3 +4 healthGate:1>3 beforeStop:1>3 -1 postSwap:1>3 " +
    "healthGate:2>4 beforeStop:2>4 -2 postSwap:2>4",
    ["1 2", "2 3", "3 4"],
  ],
  [
    "stop-first, two replicas",
    "+2 preSwap:1>3 beforeStop:1>3 -1 +3 healthGate:1>3 postSwap:1>3",
    ["1 2", "2", "2 3"],
  ],
  ["stop-first, the only replica", "preSwap:1>2 beforeStop:1>2 -1 +2 healthGate:1>2 postSwap:1>2", [
    "1",
    "2",
  ]],
  ["one more", "preSwap:>2 +2 healthGate:>2 postSwap:>2", ["1", "1 2"]],
  [
    "a refused one, and a rollback of the one before",
    "+2 preSwap:1>3 +3 healthGate:1>3 beforeStop:1>3 -1 postSwap:1>3 preSwap:2>4 +4 -4 " +
    "+1 beforeStop:3> -3 afterDeploy",
    ["1 2", "2 3", "1 2", "by name"],
  ],
  [
    "a rollback of the only replica",
    "preSwap:1>2 +2 healthGate:1>2 beforeStop:1>2 -1 +1 beforeStop:2> -2 afterDeploy",
    ["1", "2", "1", "by name"],
  ],
];

for (const [what, happens, told] of cases) {
  Deno.test(`a proxy is told what serves: ${what}`, async () => {
    const running = new Set(["1"]);
    const said: string[] = [];
    const hooks = pinning({ proxy: "proxy" }, {
      point: (_ctx, _proxy, _service, addresses) => {
        said.push(addresses.map((address) => address.split(".").at(-1)).join(" "));
        return Promise.resolve();
      },
      release: () => Promise.resolve(void said.push("by name")),
    });
    for (const word of happens.split(" ")) {
      if (word.startsWith("+")) running.add(word.slice(1));
      else if (word.startsWith("-")) running.delete(word.slice(1));
      else await call(hooks, word, running);
    }
    assert.deepEqual(said, told);
  });
}

async function call(
  hooks: ReturnType<typeof pinning>,
  word: string,
  running: Set<string>,
): Promise<void> {
  const [moment, old, fresh] = word.split(/[:>]/);
  const container = (id?: string) => id ? { id, addresses: { net: `10.0.0.${id}` } } : undefined;
  const ctx = {
    project: "shop",
    service: "app",
    old: container(old),
    new: container(fresh),
    signal: new AbortController().signal,
    log: () => {},
    exec: () => Promise.resolve({ code: 0, stdout: "", stderr: "" }), // No connections.
    engine: (argv: string[]) => Promise.resolve({ code: 0, stdout: answer(argv), stderr: "" }),
  };
  const answer = ([command, ...words]: string[]): string => {
    if (command === "ps") {
      const isProxy = words.includes("label=com.docker.compose.service=proxy");
      return [...isProxy ? ["100"] : running].join("\n");
    }
    return JSON.stringify(
      words.slice(1).map((id) => ({
        Id: id,
        Name: `/shop-${id}`,
        State: { Running: true },
        NetworkSettings: { Networks: { net: { IPAddress: `10.0.0.${id}` } } },
      })),
    );
  };
  const hook = hooks[moment as keyof typeof hooks] as (ctx: unknown) => unknown;
  await hook(ctx as unknown as { old: Container });
}
