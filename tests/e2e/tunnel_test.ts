import assert from "node:assert/strict";
import { validLines } from "./harness/event_lines.ts";
import { type LocalSshd, sshName, startSshd, whyNoSshd } from "./harness/local_sshd.ts";
import { kerekCommand } from "./harness/project.ts";
import { run, start } from "./harness/run.ts";

const reason = await whyNoSshd();

const names = async ({ folder }: LocalSshd): Promise<string[]> =>
  (await Array.fromAsync(Deno.readDir(folder))).map(({ name }) => name)
    .filter((name) => name.startsWith("kerek.sock")).sort();

Deno.test({
  name: "a tunnel to an engine by SSH" + (reason ? ` (left out: ${reason})` : ""),
  ignore: reason !== undefined,
  fn: async (t) => {
    const sshd = await startSshd();
    const words = (
      ...args: string[]
    ) => [...kerekCommand(), "tunnel-ssh", "-F", sshd.config, ...args];
    const tunnel = (...args: string[]) => run(words(...args), { cwd: sshd.folder });
    const local = { cwd: sshd.folder, env: { DOCKER_HOST: `unix://${sshd.folder}/kerek.sock` } };
    try {
      await t.step("a dry run says what it would do", async () => {
        const { code, stderr } = await tunnel("--dry-run", sshName);
        assert.equal(code, 0, stderr);
        assert.equal(stderr, "Would forward kerek.sock to /var/run/docker.sock of there.\n");
        assert.deepEqual(await names(sshd), []);
      });

      await t.step("the engine answers through it, also when kerek has ended", async () => {
        const { code, stdout, stderr } = await tunnel(sshName);
        assert.equal(code, 0, stderr);
        assert.equal(stdout, `DOCKER_HOST=unix://${sshd.folder}/kerek.sock\n`);
        assert.match(stderr, /^The engine of there \([\d.]+.*\) answers at kerek\.sock\.\n/);
        const asked = await run(["docker", "version", "--format", "{{.Server.Version}}"], local);
        assert.equal(asked.code, 0, asked.stderr);
        assert.equal((await Deno.stat(`${sshd.folder}/kerek.sock`)).mode! & 0o077, 0);
        assert.equal((await sshd.clients()).length, 1);
      });

      await t.step("a second one says the same, and opens none", async () => {
        const before = await names(sshd);
        const { code, stdout, stderr } = await tunnel(sshName);
        assert.equal(code, 0, stderr);
        assert.equal(stdout, `DOCKER_HOST=unix://${sshd.folder}/kerek.sock\n`);
        assert.match(
          stderr,
          /^The engine of there \([\d.]+.*\) answers already at kerek\.sock\.\n/,
        );
        assert.deepEqual(await names(sshd), before);
        assert.equal((await sshd.clients()).length, 1);
      });

      await t.step("one at the same place that is to lead elsewhere is refused", async () => {
        const second: [args: string[], why: string][] = [
          [["--remote-socket", "/run/docker.sock", sshName], "one that leads elsewhere is open"],
          [
            ["--remote-socket", "/var/run/docker.sock", "nobody"],
            "one that leads elsewhere is open",
          ],
          [["--foreground", sshName], "one is open there already, in the background"],
        ];
        for (const [args, why] of second) {
          const { code, stderr } = await tunnel(...args);
          assert.equal(code, 3, stderr);
          assert.match(stderr, /^Cannot open a tunnel at kerek\.sock: (.*)\n/);
          assert.match(stderr, new RegExp(why));
          assert.match(stderr, /kerek tunnel-ssh --stop /);
        }
        const own = Deno.listen({ transport: "unix", path: `${sshd.folder}/other.sock` });
        const { code, stderr } = await tunnel("--local-socket", "other.sock", sshName);
        own.close();
        assert.equal(code, 3, stderr);
        assert.match(
          stderr,
          /^Cannot open a tunnel at other\.sock: another program listens there\n/,
        );
        assert.equal((await sshd.clients()).length, 1);
      });

      await t.step("--stop ends it and leaves nothing", async () => {
        const { code, stderr } = await tunnel("--stop", sshName);
        assert.equal(code, 0, stderr);
        assert.equal(stderr, "Ended the tunnel at kerek.sock.\n");
        assert.deepEqual(await names(sshd), []);
        assert.deepEqual(await sshd.clients(), []);
        const again = await tunnel("--stop", sshName);
        assert.equal(again.code, 0);
        assert.match(again.stderr, /^Nothing to do/);
      });

      await t.step(
        "programs are told the same by lines of JSON, and quietly it says the address",
        async () => {
          const states = async (...args: string[]) => {
            const { code, stdout, stderr } = await tunnel("--progress", "json", ...args, sshName);
            assert.deepEqual([code, stderr], [0, ""]);
            return validLines(stdout).map(({ type, state, value }) => [type, state, value]);
          };
          const address = `unix://${sshd.folder}/kerek.sock`;
          assert.deepEqual(await states("--dry-run"), [["tunnel", "would-open", undefined]]);
          assert.deepEqual(await states(), [["tunnel", "open", address]]);
          assert.deepEqual(await states("--stop", "--dry-run"), [[
            "tunnel",
            "would-close",
            undefined,
          ]]);
          assert.deepEqual(await states("--stop"), [["tunnel", "closed", undefined]]);
          assert.deepEqual(await states("--stop"), [["tunnel", "not-open", undefined]]);
          const quiet = await tunnel("--progress", "quiet", sshName);
          assert.deepEqual([quiet.stdout, quiet.stderr], [`DOCKER_HOST=${address}\n`, ""]);
          const again = await tunnel("--progress", "json", "--foreground", sshName);
          assert.deepEqual(validLines(again.stdout).map(({ type }) => type), ["error"]);
          assert.match(again.stderr, /^Cannot open a tunnel at kerek\.sock: /);
          assert.equal((await tunnel("--stop", "--progress", "quiet", sshName)).stderr, "");
        },
      );

      await t.step("what a killed one leaves is cleared by the next", async () => {
        assert.equal((await tunnel(sshName)).code, 0);
        const [pid] = await sshd.clients();
        Deno.kill(pid, "SIGKILL");
        assert.ok((await names(sshd)).includes("kerek.sock"));
        const { code, stderr } = await tunnel(sshName);
        assert.equal(code, 0, stderr);
        assert.equal((await tunnel("--stop", sshName)).code, 0);
        assert.deepEqual(await names(sshd), []);
      });

      await t.step("in the foreground, Ctrl-C ends it", async () => {
        const running = start(words("--foreground", sshName), { cwd: sshd.folder });
        await running.shows(/Ctrl-C ends it/);
        running.pressCtrlC();
        assert.equal((await running.result).code, 130);
        assert.deepEqual(await names(sshd), []);
        assert.deepEqual(await sshd.clients(), []);
      });

      await t.step("a machine that is not reached is named", async () => {
        for (const args of [[], ["--remote-socket", "/var/run/docker.sock"]]) {
          const { code, stderr } = await tunnel(...args, "nobody");
          assert.equal(code, 3, stderr);
          assert.match(stderr, /^Cannot reach nobody by SSH\n[^]*refused[^]*ssh nobody true/);
        }
        assert.deepEqual(await names(sshd), []);
      });

      await t.step("a socket with no engine behind it is no success", async () => {
        const { code, stderr } = await tunnel("--remote-socket", "/no/engine.sock", sshName);
        assert.equal(code, 3, stderr);
        assert.match(stderr, /^Cannot tunnel to there: no engine answers at \/no\/engine\.sock/);
        assert.deepEqual(await names(sshd), []);
        assert.deepEqual(await sshd.clients(), []);
      });

      await t.step("a file that is no socket stays", async () => {
        await Deno.writeTextFile(`${sshd.folder}/kerek.sock`, "precious");
        const { code, stderr } = await tunnel(sshName);
        assert.equal(code, 3, stderr);
        assert.match(stderr, /there is a file by that name/);
        assert.equal(await Deno.readTextFile(`${sshd.folder}/kerek.sock`), "precious");
      });
    } finally {
      await sshd.remove();
    }
  },
});
