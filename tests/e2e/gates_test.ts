/** Acceptance: a new replica passes its gates before an old one is touched, or the old one serves on. */
import assert from "node:assert/strict";
import { ExitCode } from "../../lib/errors.ts";
import type { Project } from "./harness/project.ts";
import { scenario } from "./harness/scenario.ts";
import { service } from "./harness/service.ts";

type Gate = Record<string, unknown>;

/** What a service does before it serves, save in version A, and where it serves. */
interface ServerOptions {
  late?: string;
  port?: number;
}

/**
 * Answers `/ready`, and `/cgi-bin/busy` with status 503. What `/cgi-bin/away` redirects to takes
 * connections, and never answers.
 */
const script = ({ late = ":", port = 8080 }: ServerOptions) =>
  `trap 'exit 0' TERM; [ "$VERSION" = A ] || { ${late}; }
mkdir -p /www/cgi-bin; echo yes >/www/ready
printf '#!/bin/sh\nprintf "Status: 503 Busy\\r\\n\\r\\n"\n' >/www/cgi-bin/busy
printf '#!/bin/sh\nprintf "Status: 302 Away\\r\\nLocation: http://127.0.0.1:8082/\\r\\n\\r\\n"\n' >/www/cgi-bin/away
chmod +x /www/cgi-bin/*
nc -ll -p 8082 -e sleep 1000 &
httpd -p ${port} -h /www
sleep 1000 & wait`;

/** A service with these gates and no other proof that it is ready. */
const gated = (
  gates: Gate[],
  others: Record<string, unknown> = {},
  options: ServerOptions = {},
) => service({ script: script(options), isChecked: false }, { "x-kerek": { gates }, ...others });

const B = { env: { VERSION: "B" } };

/** Ways to reach a container: over the network of the project, or by exec for lack of an address. */
const networks = { "its address": undefined, "exec": "none" };

/** The steps that were done, in their order. */
const stepsOf = (stderr: string): string[] =>
  stderr.match(/^(Started|Stopped|Removed|Passed|\S+ is (running|healthy)).*(?= \(\d)/gm) ?? [];

/** An update that passes `gate` before the old replica is touched. */
async function passes(project: Project, ...names: string[]): Promise<void> {
  const { stderr } = await project.deploy([], B);
  assert.deepEqual(stepsOf(stderr), [
    "Started web-2",
    "web-2 is running",
    ...names.map((name) => `Passed ${name} with web-2`),
    "Stopped web-1",
    "Removed web-1",
  ], stderr);
  const now = await project.containers();
  assert.deepEqual(now.map(({ version, status }) => [version, status]), [["B", "running"]]);
}

/** An update that fails for this reason, and leaves all as it was. */
async function isRefused(project: Project, reason: RegExp): Promise<string> {
  const before = await project.containers();
  const { code, stdout, stderr } = await refused(project, reason);
  assert.equal(code, ExitCode.restored, stderr);
  assert.equal(stdout, "");
  assert.match(stderr, reason);
  assert.match(stderr, /^web: as before\nFailed after /m);
  assert.ok(!/^Stopped /m.test(stderr), stderr);
  assert.deepEqual(await project.containers(), before, stderr);
  return stderr;
}

/** A machine that is busy just when the time ends gives a gate's last try no answer; not twice. */
async function refused(project: Project, reason: RegExp) {
  const result = await project.kerek(["deploy"], B);
  const isLate = /, last: (no answer|it took more than 1 s)$/m.test(result.stderr);
  return isLate && !reason.test(result.stderr) ? await project.kerek(["deploy"], B) : result;
}

for (const [way, network] of Object.entries(networks)) {
  const others = { network_mode: network };

  scenario(`http and tcp gates, by ${way}: a server that is late passes`, async (project) => {
    // Longer than it counts to be running.
    const late = "sleep 2";
    const gates = [
      { tcp: 8080 },
      { http: { port: 8080, path: "/ready" } },
      { http: { port: 8080, path: "/cgi-bin/busy", status: [500, 503] } },
      { http: { port: 8080, path: "/cgi-bin/away", status: 302 } },
      { http: { port: 8080, path: "/no/such/file", status: 404 }, successes: 3 },
    ];
    await project.define({ services: { web: gated(gates, others, { late }) } });
    await project.deploy();
    await passes(
      project,
      "tcp gate :8080",
      "http gate :8080/ready",
      "http gate :8080/cgi-bin/busy",
      "http gate :8080/cgi-bin/away",
      "http gate :8080/no/such/file",
    );
  });

  scenario(`http and tcp gates, by ${way}: what is refused, and why`, async (project, t) => {
    const refusals: [gate: Gate, last: string][] = [
      [{ http: { port: 8080, path: "/cgi-bin/busy" } }, "status 503"],
      [{ http: { port: 8080, path: "/absent" } }, "status 404"],
      [{ http: { port: 8080, path: "/ready", status: 204 } }, "status 200"],
      [{ http: { port: 8081 } }, ".*refused.*"],
      [{ tcp: 8081 }, network === "none" ? "nothing listens" : "connection refused"],
    ];
    await project.define({ services: { web: gated([], others) } });
    await project.deploy();
    for (const [gate, last] of refusals) {
      await t.step(JSON.stringify(gate), async () => {
        const gates = [{ ...gate, timeout: "2s" }, { exec: ["true"] }];
        await project.define({ services: { web: gated(gates, others) } });
        const kind = Object.keys(gate)[0];
        const stderr = await isRefused(
          project,
          new RegExp(
            `^web-2 is refused: ${kind} gate :808\\S* did not pass in 2 s, last: ${last}$`,
            "m",
          ),
        );
        // The next gate is not tried.
        assert.ok(!stderr.includes("exec gate"), stderr);
      });
    }
  });
}

scenario("an http gate may be of a port that browsers refuse", async (project) => {
  const gates = [{ http: { port: 6000, path: "/ready" }, timeout: "30s" }];
  await project.define({ services: { web: gated(gates, {}, { port: 6000 }) } });
  await project.deploy();
  await passes(project, "http gate :6000/ready");
});

scenario("an exec gate is a command or a line for the shell", async (project, t) => {
  const define = (...gates: Gate[]) =>
    project.define({ services: { web: gated(gates.map((x) => ({ timeout: "1s", ...x }))) } });
  await define();
  await project.deploy();
  await t.step("that fails", async () => {
    await define({ exec: "echo Checking; echo no database >&2; exit 3" });
    await isRefused(
      project,
      /^web-2 is refused: exec gate .*, last: exit code 3 \(no database\)$/m,
    );
  });
  await t.step("that is not there", async () => {
    await define({ exec: ["/no/such/program"] });
    await isRefused(project, /, last: exit code 12[67] \(.*no\/such\/program/m);
  });
  await t.step("that looks for a process which is not there", async () => {
    // As `pgrep -f` does it, which leaves out itself alone.
    const find = 'for p in /proc/[0-9]*; do [ "$$p" = "/proc/$$$$" ] || ' +
      '! grep -q -- "$$1" "$$p/cmdline" || exit 0; done 2>/dev/null; exit 1';
    // Long enough for the shell that tries.
    await define({ exec: ["sh", "-c", find, "sh", "no-such-worker"], timeout: "3s" });
    await isRefused(project, /, last: exit code 1$/m);
  });
  await t.step("that passes, with dollar signs for the container's shell", async () => {
    const timeout = "30s";
    await define(
      { exec: ["test", "-f", "/www/ready"], timeout },
      { exec: 'test "$$VERSION" = B', timeout },
    );
    await passes(
      project,
      "exec gate test -f /www/ready",
      'exec gate /bin/sh -c test "$VERSION" = B',
    );
  });
});

scenario("so many tries in a row must succeed", async (project) => {
  // Succeeds, fails, and succeeds from then on.
  const exec = 'echo >>/tmp/tries; test "$$(wc -l </tmp/tries)" -ne 2';
  await project.define({ services: { web: gated([{ exec, successes: 3 }]) } });
  await project.deploy();
  await project.deploy([], B);
  const [web] = await project.containers();
  assert.equal((await project.exec(web, "wc", "-l", "/tmp/tries")).trim(), "5 /tmp/tries");
});

scenario("a container that ends while a gate is tried is refused at once", async (project) => {
  const late = "nc -l -p 8080 >/dev/null; echo Lost the database; exit 5";
  const gates = [{ http: { port: 8080 }, timeout: "10m" }];
  await project.define({ services: { web: gated([], {}, { late }) } });
  await project.deploy();
  await project.define({ services: { web: gated(gates, {}, { late }) } });
  await isRefused(
    project,
    /^web-2 is refused: it ended with exit code 5\n(.*\n)*.*Lost the database/m,
  );
});

/** Rounds of the engine are so far apart that none falls into a test. */
const rareCheck = (...test: string[]) => ({ test, interval: "30m" });

scenario("healthcheck: active does not wait for the engine's rounds", async (project, t) => {
  const active = { healthcheck: "active", timeout: "30s" };
  const define = (healthcheck: unknown, gate: Gate = active) =>
    project.define({
      services: { web: gated([gate], { healthcheck }, { late: "sleep 2" }) },
    });
  const hasNoVerdict = async () => {
    const [web] = await project.containers();
    assert.equal(web.health, "starting");
  };
  await define(rareCheck("CMD", "test", "-f", "/www/ready"));
  await project.deploy();
  await hasNoVerdict();
  await t.step("when it is words", async () => {
    await passes(project, "active healthcheck gate");
    await hasNoVerdict();
  });
  await t.step("when it is a line for the shell", async () => {
    await define(rareCheck("CMD-SHELL", 'test -f /www/ready && test "$$VERSION" != A'));
    const { stderr } = await project.deploy([], { env: { VERSION: "C" } });
    assert.match(stderr, /^Passed active healthcheck gate with web-1 /m);
    await hasNoVerdict();
  });
  await t.step("when it fails", async () => {
    await define(rareCheck("CMD-SHELL", "echo Not yet; false"), { ...active, timeout: "1s" });
    await isRefused(
      project,
      /^web-2 is refused: active healthcheck gate did not pass in 1 s, last: exit code 1 \(Not yet\)$/m,
    );
  });
  await t.step("when there is none", async () => {
    const before = await project.containers();
    for (
      const [healthcheck, reason] of [
        [{ disable: true }, "the files turn the healthcheck off"],
        [undefined, "neither the files nor the image have a healthcheck"],
      ] as const
    ) {
      await define(healthcheck);
      for (const args of [["deploy"], ["check"]]) {
        const { code, stdout, stderr } = await project.kerek(args);
        assert.equal(code, 3);
        assert.match(
          stdout + stderr,
          new RegExp(
            `services.web.x-kerek.gates: .healthcheck: active. has nothing to run, as ${reason}`,
          ),
        );
      }
    }
    assert.deepEqual(await project.containers(), before);
  });
});

scenario("a gate that hangs is given up", async (project) => {
  // Takes connections, and never answers.
  const late = "nc -ll -p 8080 -e sleep 1000 & sleep 1000 & wait";
  const gates = [{ http: { port: 8080 }, timeout: "1s" }];
  await project.define({ services: { web: gated([], {}, { late }) } });
  await project.deploy();
  await project.define({ services: { web: gated(gates, {}, { late }) } });
  await isRefused(
    project,
    /^web-2 is refused: http gate :8080\/ did not pass in 1 s, last: no answer$/m,
  );
});
