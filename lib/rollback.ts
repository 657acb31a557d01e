import { deploy, type DeployPorts } from "./deploy.ts";
import { containersOf, imageIds } from "./engine/observe.ts";
import { openPrograms } from "./engine/open_programs.ts";
import { KerekError } from "./errors.ts";
import type { Outcome } from "./execute/events.ts";
import type { Basis } from "./history/basis.ts";
import { asciiJson, pinned } from "./history/configuration.ts";
import type { Entry, KeptService } from "./history/entry.ts";
import { HistoryStore } from "./history/history_store.ts";
import { chooseTarget } from "./history/target.ts";
import type { ComposeOptions, DeployOptions, RollbackOptions } from "./options.ts";
import { projectName } from "./project_name.ts";

/**
 * Deploys an earlier entry of the history again: its configuration, and its images by id.
 *
 * @throws {KerekError} if it cannot begin, such as when an image is gone; nothing was touched then.
 */
export async function rollback(options: RollbackOptions, ports: DeployPorts): Promise<Outcome> {
  const { to: _, ...others } = options;
  const { project, services, basis } = await findBasis(options, ports);
  const { clock, emit } = ports;
  const { number, owner, at } = basis.entry;
  const text = `${owner}, ${at}`;
  emit({ type: "history", at: clock.now(), state: "going-back", entry: number, text });
  const source = asciiJson(basis.configuration);
  return await deploy(
    deployOptions(others, project, basis.entry, services, ports),
    { ...ports, readStdin: () => Promise.resolve(source) },
    basis,
  );
}

/** Looks for what a rollback deploys, and whether it is all there. */
async function findBasis(
  { to, ...options }: RollbackOptions,
  ports: DeployPorts,
): Promise<{ project: string; services: KeptService[]; basis: Basis }> {
  await using programs = await openPrograms(options, ports);
  const project = await projectName(programs, options.compose);
  const store = new HistoryStore(programs, project);
  const [entries, replicas] = await Promise.all([
    store.list(),
    containersOf(programs, project),
  ]);
  const entry = chooseTarget(entries, replicas, { ...options, project, to });
  const isPartial = options.services.length > 0;
  const services = entry.services.filter(({ name }) =>
    !isPartial || options.services.includes(name)
  );
  const [kept, moved] = await Promise.all([
    store.configuration(entry),
    movedImages(services, (names) => imageIds(programs, names)),
    assertImages(store, entry, services),
  ]);
  const basis = { entry, kept, configuration: pinned(kept, moved), isPartial };
  return { project, services, basis };
}

/** A deploy of what comes by standard input, which neither builds nor pulls. */
function deployOptions(
  options: Omit<RollbackOptions, "to">,
  project: string,
  { directory }: Entry,
  services: KeptService[],
  { surroundings }: DeployPorts,
): DeployOptions {
  const compose: ComposeOptions = {
    ...options.compose,
    files: ["-"],
    // What was deployed is active, whatever it belongs to.
    profiles: ["*"],
    projectName: project,
    ...(options.compose.projectDirectory === undefined && surroundings.fileExists(directory)
      ? { projectDirectory: directory }
      : {}),
  };
  return {
    ...options,
    compose,
    services: services.map(({ name }) => name),
    // A name may stand for another image than it did.
    imageChanges: true,
    noBuild: true,
    pull: "never",
  };
}

async function assertImages(
  store: HistoryStore,
  entry: Entry,
  services: KeptService[],
): Promise<void> {
  const ids = services.flatMap(({ imageId }) => imageId ?? []);
  const present = await store.images([...new Set(ids)]);
  const gone = services.filter(({ imageId }) => imageId !== undefined && !present.has(imageId));
  if (gone.length === 0) return;
  const [{ name, image, imageId, digests }] = gone;
  const id = `sha256:${imageId!.slice(0, 12)}`;
  throw new KerekError(
    `Cannot roll back to ${entry.number}: the image of ${name} is gone (${image}, ${id})`,
    {
      details: gone.slice(1).map((service) => `the image of ${service.name} is gone, too`),
      hint: digests.length > 0
        ? `If the registry still has it, get it back: docker pull ${digests[0]}`
        : "Load or build that very image again, or choose another entry of `kerek history` by --to.",
    },
  );
}

/** Ids of images whose name stands for another one by now, or for none, by service. */
async function movedImages(
  services: KeptService[],
  idsOf: (names: string[]) => Promise<Map<string, string>>,
): Promise<Map<string, string>> {
  const now = await idsOf(services.map(({ image }) => image));
  return new Map(
    services.flatMap(({ name, image, imageId }) =>
      imageId !== undefined && now.get(image) !== imageId ? [[name, imageId]] : []
    ),
  );
}
