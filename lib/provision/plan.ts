import { KerekError } from "../errors.ts";
import type { Facts, ProvisionedEngine } from "./facts.ts";
import { packagesOf, type System, systemOf, systems } from "./packages.ts";

/** A change of a host. */
export type Step =
  | { type: "configure-docker"; liveRestore: boolean }
  | { type: "install"; packages: string[] }
  | { type: "start-docker" }
  | { type: "join-docker" }
  | { type: "add-subids" }
  | { type: "linger" }
  | { type: "limit-logs" }
  | { type: "open-socket" }
  | { type: "restart-at-boot" };

/** What a host lacks of an engine; throws if it is a host that kerek does not know its way with. */
export function planProvision(facts: Facts, engine: ProvisionedEngine): Step[] {
  const system = supportedSystem(facts);
  if (engine === "podman" && facts.uid === 0) {
    throw new KerekError("Cannot provision podman: the user there is root", {
      hint: "Log in as the user that shall own the containers; sudo must not need a password.",
    });
  }
  const steps = engine === "docker" ? dockerSteps(facts, system) : podmanSteps(facts, system);
  if (facts.root === "none" && steps.some(needsRoot)) {
    throw new KerekError("Cannot provision: the user there is not root, and sudo asks for more", {
      hint: "Log in as root, or as a user whose sudo needs no password.",
    });
  }
  return steps;
}

function supportedSystem(facts: Facts): System {
  const system = systemOf(facts);
  const hint = `Supported are ${systems.join(", ")}, with systemd.`;
  if (!system) {
    const name = `${facts.id} ${facts.version}`.trim() || "a system without os-release";
    throw new KerekError(`Cannot provision: ${name} is not supported`, { hint });
  }
  if (facts.systemd) return system;
  throw new KerekError("Cannot provision: systemd does not run there", { hint });
}

/** An engine that is there may have come from elsewhere, and its settings are its owner's. */
function dockerSteps(facts: Facts, system: System): Step[] {
  return [
    ...when(!facts.present && !facts.configured, {
      type: "configure-docker",
      liveRestore: !facts.swarm,
    }),
    ...when(!facts.present, { type: "install", packages: missing(facts, "docker", system) }),
    ...when(!facts.running, { type: "start-docker" }),
    ...when(facts.uid !== 0 && !facts.member, { type: "join-docker" }),
  ];
}

function podmanSteps(facts: Facts, system: System): Step[] {
  const packages = missing(facts, "podman", system);
  return [
    ...when(packages.length > 0, { type: "install", packages }),
    ...when(!facts.configured, { type: "limit-logs" }),
    ...when(!facts.subids, { type: "add-subids" }),
    ...when(!facts.linger, { type: "linger" }),
    ...when(!facts.socket, { type: "open-socket" }),
    ...when(!facts.restart, { type: "restart-at-boot" }),
  ];
}

const when = (isNeeded: boolean, step: Step): Step[] => isNeeded ? [step] : [];

function missing(facts: Facts, engine: ProvisionedEngine, system: System): string[] {
  return packagesOf(engine, system).filter((name) => !facts.packages.includes(name));
}

function needsRoot({ type }: Step): boolean {
  return type !== "limit-logs" && type !== "open-socket" && type !== "restart-at-boot";
}

/** What a step does, for the confirmation and the script. */
export function describeStep(step: Step): string {
  switch (step.type) {
    case "configure-docker":
      return "write /etc/docker/daemon.json: logs are rotated" +
        (step.liveRestore ? ", and containers outlive the daemon" : "");
    case "install":
      return `install ${step.packages.join(" ")}`;
    case "start-docker":
      return "start Docker, now and at boot";
    case "join-docker":
      return "add the user to the group docker (as powerful as root)";
    case "add-subids":
      return "give the user subordinate user and group ids";
    case "linger":
      return "let the user's services run without a login";
    case "limit-logs":
      return "write the user's containers.conf: logs are limited";
    case "open-socket":
      return "open the user's Podman socket, now and at boot";
    case "restart-at-boot":
      return "start the user's containers of restart policy always at boot";
    default:
      return step satisfies never;
  }
}
