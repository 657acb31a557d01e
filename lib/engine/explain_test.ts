import assert from "node:assert/strict";
import { explain, explainExec } from "./explain.ts";

const engineHint = "See that the engine runs and that --host, --context or DOCKER_HOST name it.";
const pluginHint = "Install Docker Compose v2, the plugin behind `docker compose`.";

Deno.test("what programs say about a failure becomes a reason and a hint", () => {
  const cases: [stderr: string, reason: string, hint?: string][] = [
    // No engine.
    [
      "Cannot connect to the Docker daemon at unix:///x.sock. Is the docker daemon running?",
      "no daemon answers at unix:///x.sock",
      engineHint,
    ],
    [
      "failed to connect to the docker API at unix:///x.sock; check if the path is correct and " +
      "if the daemon is running: dial unix /x.sock: connect: no such file or directory",
      "no daemon answers at unix:///x.sock",
      engineHint,
    ],
    [
      'error during connect: Get "http://h:1/v1.50/containers/json": dial tcp: lookup h: no such host',
      "dial tcp: lookup h: no such host",
      engineHint,
    ],
    [
      'error during connect: Get "http://docker.example.com/v1.50/containers/json": command [ssh ' +
      "-o ConnectTimeout=30 -T -- h docker system dial-stdio] has exited with exit status 255, " +
      "make sure the URL is valid, and Docker 18.09 or later is installed on the remote host: " +
      "stderr=ssh: Could not resolve hostname h: Name or service not known\n",
      "ssh: Could not resolve hostname h: Name or service not known",
      engineHint,
    ],
    [
      "error during connect: command [ssh] has exited: stderr=@@@@@@\n@ WARNING @\n" +
      "Host key verification failed.\r\n",
      "Host key verification failed.",
      engineHint,
    ],
    [
      "Cannot connect to Podman. Please verify your connection to the Linux system using …\n" +
      'Error: unable to connect to Podman socket: Get "http://d/v4.3.1/libpod/_ping": dial unix ' +
      "/x.sock: connect: no such file or directory",
      'Podman\'s service does not answer: Get "http://d/v4.3.1/libpod/_ping": dial unix /x.sock: ' +
      "connect: no such file or directory",
      engineHint,
    ],
    [
      "permission denied while trying to connect to the Docker daemon socket at " +
      'unix:///var/run/docker.sock: Get "http://%2Fvar%2Frun%2Fdocker.sock/v1.50/containers/json"' +
      ": dial unix /var/run/docker.sock: connect: permission denied",
      "permission denied at unix:///var/run/docker.sock",
      "Run as a user who may use the engine's socket, such as one of the group docker.",
    ],
    [
      "permission denied while trying to connect to the docker API at unix:///var/run/docker.sock",
      "permission denied at unix:///var/run/docker.sock",
      "Run as a user who may use the engine's socket, such as one of the group docker.",
    ],
    [
      'Failed to initialize: unable to resolve docker endpoint: context "x": context not found: ' +
      "open /home/me/.docker/contexts/meta/2d7/meta.json: no such file or directory",
      'context "x" is not there',
      "`docker context ls` lists the contexts.",
    ],
    [
      "Failed to initialize: unable to resolve docker endpoint: invalid bind address format: foo://x",
      "invalid bind address format: foo://x",
      engineHint,
    ],
    // No Compose, or an old one.
    [
      "docker: unknown command: docker compose\n\nRun 'docker --help' for more information\n",
      "the docker client has no Compose plugin",
      pluginHint,
    ],
    [
      "docker: 'compose' is not a docker command.\nSee 'docker --help'\n",
      "the docker client has no Compose plugin",
      pluginHint,
    ],
    [
      "unknown flag: --file\n\nUsage:  docker [OPTIONS] COMMAND [ARG...]\n\n" +
      "Run 'docker --help' for more information\n",
      "the docker client has no Compose plugin",
      pluginHint,
    ],
    [
      "unknown flag: --all-resources\n",
      "unknown flag: --all-resources",
      "Update Docker Compose: this version does not know what is asked.",
    ],
    // Compose files.
    [
      "no configuration file provided: not found",
      "there is none here or in a folder above",
      "Run it in the project's folder, or name the file with --file.",
    ],
    [
      "Couldn't find env file: /srv/nope.env",
      "/srv/nope.env is not there",
      "Make /srv/nope.env, or name another file by --env-file or COMPOSE_ENV_FILES.",
    ],
    [
      "env file /srv/a b.env not found: stat /srv/a b.env: no such file or directory",
      "/srv/a b.env, which an env_file names, is not there",
      "Make /srv/a b.env, or allow in the Compose file that it is missing: required: false.",
    ],
    [
      "open /srv/nope.yaml: no such file or directory",
      "/srv/nope.yaml is not there",
      "Make /srv/nope.yaml, or name another file: --file, COMPOSE_FILE, include and extends may " +
      "name it.",
    ],
    ["empty compose file", "empty compose file"],
    [
      "yaml: line 3: did not find expected node content",
      "yaml: line 3: did not find expected node content",
    ],
    [
      "validating /srv/app/compose.yaml: services.web Additional property imagee is not allowed",
      "/srv/app/compose.yaml: services.web: Additional property imagee is not allowed",
    ],
    [
      "validating /srv/c.yaml: services.web.deploy.update_config additional properties 'ordr' not allowed",
      "/srv/c.yaml: services.web.deploy.update_config: additional properties 'ordr' not allowed",
    ],
    [
      "validating /srv/c.yaml: services.web.deploy.update_config.order " +
      "services.web.deploy.update_config.order must be one of the following: " +
      '"start-first", "stop-first"',
      "/srv/c.yaml: services.web.deploy.update_config.order: must be one of the following: " +
      '"start-first", "stop-first"',
    ],
    [
      "decoding failed due to the following error(s):\n\nerror decoding " +
      "'services[web].deploy.update_config.monitor': time: missing unit in duration \"5\"\n",
      'services.web.deploy.update_config.monitor: "5" is not a duration; write it like 500ms, ' +
      "10s or 1m30s",
    ],
    [
      "decoding failed due to the following error(s):\n\n" +
      "'services[web].deploy.update_config.delay' time: invalid duration \"soon\"\n",
      'services.web.deploy.update_config.delay: "soon" is not a duration; write it like 500ms, ' +
      "10s or 1m30s",
    ],
    [
      "decoding failed due to the following error(s):\n\n" +
      "cannot parse 'services[web].deploy.update_config.parallelism', -1 overflows uint\n",
      "services.web.deploy.update_config.parallelism: -1 is not a whole number, 0 or more",
    ],
    [
      "decoding failed due to the following error(s):\n\n" +
      "'services[web].deploy.update_config.parallelism' cannot parse value as 'uint64': " +
      "-1 overflows uint\n",
      "services.web.deploy.update_config.parallelism: -1 is not a whole number, 0 or more",
    ],
    [
      "error while interpolating services.web.deploy.update_config.parallelism: failed to cast to " +
      'expected type: strconv.Atoi: parsing "x": invalid syntax',
      'services.web.deploy.update_config.parallelism: "x" is not a value of its type, such as a ' +
      "number",
    ],
    [
      'service "web" depends on undefined service "nope": invalid compose project',
      'service "web" depends on undefined service "nope"',
    ],
    [
      "error while interpolating services.web.image: required variable TAG is missing a value: say which",
      "services.web.image: variable TAG is needed and not set: say which",
      "Set it in the environment, or in a file that --env-file names.",
    ],
    [
      "error while interpolating services.web.image: required variable TAG is missing a value",
      "services.web.image: variable TAG is needed and not set",
      "Set it in the environment, or in a file that --env-file names.",
    ],
    // Engine calls; what is not about reaching the engine has no advice on that.
    ["Error response from daemon: No such container: x", "No such container: x"],
    [
      'Error: no container with name or ID "x" found: no such container',
      'no container with name or ID "x" found: no such container',
    ],
    [
      'Error response from daemon: Get "https://registry-1.docker.io/v2/": dial tcp: lookup ' +
      "registry-1.docker.io on 192.0.2.1:53: no such host",
      'Get "https://registry-1.docker.io/v2/": dial tcp: lookup registry-1.docker.io on ' +
      "192.0.2.1:53: no such host",
    ],
    [
      "Error response from daemon: failed to create shim task: OCI runtime create failed: runc " +
      'create failed: unable to start container process: exec: "/x": stat /x: no such file or ' +
      "directory: unknown\nError: failed to start containers: 0123456789ab\n",
      'exec: "/x": stat /x: no such file or directory',
    ],
    ["", "exit code 9"],
  ];
  for (const [stderr, reason, hint] of cases) {
    const { message, hint: advice } = explain({ code: 9, stderr });
    assert.deepEqual([message, advice], [reason, hint], stderr);
  }
});

Deno.test("details are what else was said, without noise and without the reason again", () => {
  const cases: [stderr: string, reason: string, details: string[]][] = [
    [
      'time="2026-11-23T18:42:30Z" level=warning msg="The \\"TAG\\" variable is not set. ' +
      'Defaulting to a blank string."\n' +
      'service "web" has neither an image nor a build context specified: invalid compose project\n',
      'service "web" has neither an image nor a build context specified',
      ['The "TAG" variable is not set. Defaulting to a blank string.'],
    ],
    [
      " Network x_default  Creating\n Network x_default  Created\n Container x-web-2  Creating\n" +
      "Error response from daemon: no such image: x-web: No such image: x-web:latest\n",
      "no such image: x-web: No such image: x-web:latest",
      [],
    ],
    [
      "WARNING: Error loading config file: open /root/.docker/config.json: permission denied\n" +
      "permission denied while trying to connect to the docker API at unix:///x.sock\n",
      "permission denied at unix:///x.sock",
      ["Error loading config file: open /root/.docker/config.json: permission denied"],
    ],
    [
      "docker: unknown command: docker compose\n\nRun 'docker --help' for more information\n",
      "the docker client has no Compose plugin",
      [],
    ],
    ["one\ntwo\nthree\n", "three", ["one", "two"]],
  ];
  for (const [stderr, reason, details] of cases) {
    const error = explain({ code: 1, stderr });
    assert.deepEqual([error.message, error.details], [reason, details]);
  }
});

Deno.test("a command in a container speaks for itself, unless the engine could not run it", () => {
  const cases: [code: number, stdout: string, stderr: string, reason: string, details: string[]][] =
    [
      [3, "", "", "exit code 3", []],
      [1, "Migrating\n", "no table users\n", "exit code 1 (no table users)", ["Migrating"]],
      [2, "", "Error: unknown flag: --all\n", "exit code 2 (Error: unknown flag: --all)", []],
      [
        126,
        "OCI runtime exec failed: exec failed: unable to start container process: " +
        'exec: "/no/such": stat /no/such: no such file or directory: unknown\r\n',
        "",
        'exec: "/no/such": stat /no/such: no such file or directory',
        [],
      ],
      [
        1,
        "",
        "Error response from daemon: Container 0bc4a15f62c1 is not running\n",
        "Container 0bc4a15f62c1 is not running",
        [],
      ],
      [
        255,
        "",
        "Error: can only create exec sessions on running containers: container state improper\n",
        "can only create exec sessions on running containers: container state improper",
        [],
      ],
    ];
  for (const [code, stdout, stderr, reason, details] of cases) {
    const error = explainExec({ code, stdout, stderr });
    assert.deepEqual([error.message, error.details], [reason, details]);
  }
});
