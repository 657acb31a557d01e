import { pathText } from "../engine/decode.ts";
import type { ProjectModel } from "../engine/decode_project.ts";
import { type GateSpec, pauses } from "../plan/gates.ts";
import type { HookPermissions } from "../plan/hooks.ts";
import type { DesiredService, ExecSpec, RollbackPolicy } from "../plan/model.ts";
import { override, type Overrides } from "../plan/override.ts";
import { gateBefore } from "../plan/refs.ts";
import { Setting, type SettingTree } from "./annotated_yaml.ts";
import { hookSpecs } from "./hook.ts";
import { settingsOf } from "./policy.ts";
import { formatDuration } from "./format_duration.ts";

const byDefault = "default";

/**
 * What applies to services, and where each value comes from. The values are those that a deploy
 * goes by; the files and options only tell their origins.
 */
export function explainSettings(
  services: DesiredService[],
  model: ProjectModel,
  flags: Overrides,
): SettingTree {
  const explained = services.map((service) => {
    const files = new Files(model, service.name);
    const applied = override(service, flags);
    return [service.name, {
      update_config: updateConfig(service, applied, files, flags),
      rollback_config: rollbackConfig(applied, files, flags),
      gates: listOrNone(
        applied.gates.map((gate, i) => explainGate(gate, files, i)),
        files.findOwn("gates"),
      ),
      hooks: hooks(service.name, model, files),
      drain: drain(applied, files),
      "file-changes": new Setting(
        applied.watchesFiles ?? false,
        files.findOwn("file-changes") ?? byDefault,
      ),
      "image-changes": new Setting(
        applied.watchesImage ?? false,
        files.findOwn("image-changes") ?? byDefault,
      ),
      "ignore-warnings": new Setting(
        applied.ignoredWarnings ?? [],
        files.findOwn("ignore-warnings") ?? byDefault,
      ),
      post_start: commands(applied.postStart, files, "post_start"),
      pre_stop: commands(applied.preStop, files, "pre_stop"),
    }];
  });
  return { services: Object.fromEntries(explained) };
}

/** Where in the Compose files a service's settings stand. */
class Files {
  constructor(private readonly model: ProjectModel, private readonly name: string) {}

  /** The place of a setting of the service, if the files have it. */
  find(...path: (string | number)[]): string | undefined {
    return isThere(this.model, ["services", this.name, ...path])
      ? pathText(["services", this.name, ...path])
      : undefined;
  }

  /** The place of a setting in `x-kerek`: at the service, or where it has no such key, at the top. */
  findOwn(key: string, ...path: (string | number)[]): string | undefined {
    if (this.find("x-kerek", key)) return this.find("x-kerek", key, ...path);
    const atTop = ["x-kerek", key, ...path];
    return isThere(this.model, atTop) ? pathText(atTop) : undefined;
  }
}

function isThere(model: unknown, path: (string | number)[]): boolean {
  const value = path.reduce<unknown>(
    (inner, key) => (inner as Record<string | number, unknown> | null | undefined)?.[key],
    model,
  );
  return value !== undefined && value !== null;
}

function updateConfig(
  { update }: DesiredService,
  applied: DesiredService,
  files: Files,
  flags: Overrides,
): SettingTree {
  const { order, parallelism, delayMs, failureAction, maxFailureRatio } = applied.update;
  const from = (key: string) => files.find("deploy", "update_config", key) ?? byDefault;
  const gate = gateBefore(applied, false);
  return {
    order: new Setting(order, flags.order ? "--order" : from("order")),
    parallelism: new Setting(
      parallelism,
      flags.updateParallelism !== undefined ? "--update-parallelism" : from("parallelism"),
    ),
    delay: new Setting(formatDuration(delayMs), from("delay")),
    monitor: monitor(gate, !gate.health || applied.hasHealthcheck, from("monitor")),
    failure_action: new Setting(
      failureAction,
      flags.onFailure ? "--on-failure" : from("failure_action"),
    ),
    max_failure_ratio: new Setting(
      maxFailureRatio,
      maxFailureRatio !== update.maxFailureRatio ? "--on-failure" : from("max_failure_ratio"),
    ),
  };
}

/** It has two defaults, and which one holds is not known where the image has a healthcheck. */
function monitor(
  { monitorMs, steadyMs }: Pick<RollbackPolicy, "monitorMs" | "steadyMs">,
  isChecked: boolean,
  origin: string,
): Setting {
  if (isChecked) return new Setting(formatDuration(steadyMs), origin);
  const doubt = origin === byDefault ? "; 0s if the image has a healthcheck" : "";
  return new Setting(formatDuration(monitorMs), origin + doubt);
}

/** Where it is silent, the way back is as the way there, see `rollbackPolicy`. */
function rollbackConfig(
  { rollback, hasHealthcheck }: DesiredService,
  files: Files,
  flags: Overrides,
): SettingTree {
  const own = (key: string) => files.find("deploy", "rollback_config", key);
  const either = (key: string) =>
    own(key) ?? files.find("deploy", "update_config", key) ?? byDefault;
  return {
    order: new Setting(rollback.order, flags.order ? "--order" : either("order")),
    parallelism: new Setting(rollback.parallelism, either("parallelism")),
    delay: new Setting(formatDuration(rollback.delayMs), own("delay") ?? byDefault),
    monitor: monitor(rollback, hasHealthcheck, own("monitor") ?? byDefault),
  };
}

function explainGate(gate: GateSpec, files: Files, i: number): SettingTree {
  const from = (...path: string[]) => files.findOwn("gates", i, ...path) ?? byDefault;
  return {
    ...explainProbe(gate, from),
    timeout: new Setting(formatDuration(gate.timeoutMs), from("timeout")),
    interval: gateInterval(gate, from("interval")),
    successes: new Setting(gate.successes, from("successes")),
  };
}

function gateInterval({ intervalMs }: GateSpec, origin: string): Setting {
  if (intervalMs !== undefined) return new Setting(formatDuration(intervalMs), origin);
  const { shortestMs, longestMs } = pauses;
  return new Setting(
    formatDuration(shortestMs),
    `${origin}; up to ${formatDuration(longestMs)} if it takes longer`,
  );
}

function explainProbe({ probe }: GateSpec, from: (...path: string[]) => string): SettingTree {
  switch (probe.kind) {
    case "healthcheck":
      return { healthcheck: new Setting("active", from("healthcheck")) };
    case "tcp":
      return { tcp: new Setting(probe.port, from("tcp")) };
    case "exec":
      return { exec: new Setting(probe.command, from("exec")) };
    case "http": {
      const { port, path, statuses } = probe;
      return {
        http: {
          port: new Setting(port, from("http", "port")),
          path: new Setting(path, from("http", "path")),
          status: new Setting(
            statuses.length > 0 ? statuses : "200 to 399",
            from("http", "status"),
          ),
        },
      };
    }
  }
  return probe satisfies never;
}

/** Their options may hold secrets, and stand in the files as they are. */
function hooks(name: string, model: ProjectModel, files: Files): Setting | SettingTree[] {
  const own = model.services?.[name]?.["x-kerek"] ?? undefined;
  const settings = settingsOf(own, model["x-kerek"] ?? undefined);
  const trees = hookSpecs(settings.hooks).map(
    ({ module, timeoutMs, permissions }, i): SettingTree => {
      const path = Array.isArray(settings.hooks) ? [i] : [];
      const place = files.findOwn("hooks", ...path) ?? byDefault;
      const timeout = files.findOwn("hooks", ...path, "timeout");
      return {
        module: new Setting(module, place),
        timeout: new Setting(formatDuration(timeoutMs), timeout ?? byDefault),
        ...(permissions
          ? { permissions: granted(permissions, files.findOwn("hooks", ...path, "permissions")!) }
          : {}),
      };
    },
  );
  return listOrNone(trees, files.findOwn("hooks"));
}

/** What a module may do, all of which is said at one place. */
function granted(permissions: HookPermissions, place: string): Setting | SettingTree {
  const kinds = Object.entries(permissions).map(([kind, what]) => [kind, new Setting(what, place)]);
  return kinds.length > 0 ? Object.fromEntries(kinds) : new Setting("none", place);
}

function drain(
  { drain: { settleMs, mark, dns = false, waitMs } }: DesiredService,
  files: Files,
): SettingTree {
  const from = (key: string) => files.findOwn("drain", key) ?? byDefault;
  return {
    settle: new Setting(formatDuration(settleMs), from("settle")),
    mark: new Setting(mark ?? [], from("mark")),
    dns: new Setting(dns, from("dns")),
    wait: new Setting(formatDuration(waitMs), from("wait")),
  };
}

function commands(execs: ExecSpec[], files: Files, key: string): Setting | SettingTree[] {
  const trees = execs.map((exec, i) => {
    const setting = (name: string, value?: Setting["value"]) =>
      value === undefined ? {} : { [name]: new Setting(value, files.find(key, i, name)!) };
    return {
      ...setting("command", exec.command),
      ...setting("user", exec.user),
      ...setting("privileged", exec.privileged),
      ...setting("working_dir", exec.workingDir),
      ...setting("environment", exec.environment),
    };
  });
  return listOrNone(trees, files.find(key));
}

const listOrNone = (trees: SettingTree[], origin = byDefault): Setting | SettingTree[] =>
  trees.length > 0 ? trees : new Setting([], origin);
