/** `tunnel` and `provision` of the module API, from a script of somebody else. */
import assert from "node:assert/strict";
import { sshName, startSshd, whyNoSshd } from "./harness/local_sshd.ts";
import { run } from "./harness/run.ts";

const reason = await whyNoSshd();
const kerek = new URL("../../mod.ts", import.meta.url).href;

const script = `
import { KerekError, provision, tunnel } from "${kerek}";
const version = (host: string) =>
  new Deno.Command("docker", { args: ["--host", host, "version", "--format", "{{.Server.Version}}"] })
    .outputSync();
const found: unknown[] = [];
{
  await using engine = await tunnel({ host: "ssh://${sshName}" });
  found.push(engine.host.startsWith("unix:///"), version(engine.host).success);
  await engine.close();
  found.push(version(engine.host).success);
}
const failure = (error: unknown) => error instanceof KerekError ? error.exitCode : String(error);
found.push(await tunnel({ host: "ssh://nobody" }).catch(failure));
const signal = AbortSignal.abort();
found.push(await tunnel({ host: "ssh://${sshName}" }, { signal }).catch(failure));
found.push(await provision({ host: "${sshName}", dryRun: true }, { signal }).catch(failure));
found.push(await provision({ host: "nobody", dryRun: true }).catch(failure));
const late = new AbortController();
const act = provision({ host: "${sshName}" }, {
  signal: late.signal,
  onEvent: ({ type }) => {
    found.push(type);
    late.abort();
  },
});
// Nothing was changed, whether this machine is of a supported kind or not.
found.push([3, 130].includes(Number(await act.catch(failure))));
console.log(JSON.stringify(found.filter((x) => x !== "planned")));
`;

Deno.test({
  name: "a script opens a tunnel, and is told by errors what cannot be done" +
    (reason ? ` (left out: ${reason})` : ""),
  ignore: reason !== undefined,
  fn: async () => {
    const sshd = await startSshd();
    try {
      await Deno.writeTextFile(`${sshd.folder}/script.ts`, script);
      const { code, stdout, stderr } = await run(
        [Deno.execPath(), "run", "--quiet", "--allow-all", `${sshd.folder}/script.ts`],
        { env: sshd.env },
      );
      // Nothing but what the script itself prints.
      assert.deepEqual([code, stderr], [0, ""]);
      assert.deepEqual(JSON.parse(stdout), [true, true, false, 3, 130, 130, 3, true]);
      assert.deepEqual(await sshd.clients(), []);
    } finally {
      await sshd.remove();
    }
  },
});
