import { annotatedYaml } from "./config/annotated_yaml.ts";
import { explainSettings } from "./config/explain_settings.ts";
import * as argv from "./engine/argv.ts";
import { decodeModel, type ProjectModel, projectOf } from "./engine/decode_project.ts";
import { doubts } from "./engine/doubts.ts";
import { profilesFor } from "./engine/observe.ts";
import { readFiles } from "./engine/reading.ts";
import { openPrograms, type ProgramPorts } from "./engine/open_programs.ts";
import type { Programs } from "./engine/programs.ts";
import { unreadKeys } from "./engine/unread_keys.ts";
import { decoded } from "./engine/with_advice.ts";
import type { ConfigOptions } from "./options.ts";
import { byCodePoint, unknownService } from "./plan/consider.ts";

/** What applies to services, in lines, and what is doubtful in the files. */
export interface ShownConfig {
  lines: string[];
  warnings: string[];
}

/**
 * Finds out what applies to each service, and where it comes from.
 *
 * @throws {KerekError} if the Compose files cannot be read, or have no such service.
 */
export async function showConfig(
  options: ConfigOptions,
  ports: ProgramPorts,
): Promise<ShownConfig> {
  const programs = await openPrograms(options, ports);
  const { model, warnings } = await readNamed(programs, options.services);
  const known = Object.keys(model.services ?? {});
  const missing = options.services.find((name) => !known.includes(name));
  if (missing !== undefined) throw unknownService(missing, known, "show");
  const names = options.services.length > 0 ? options.services : known;
  const services = projectOf(model, "", options.compose).services
    .filter(({ name }) => names.includes(name)).sort((a, b) => byCodePoint(a.name, b.name));
  return { lines: annotatedYaml(explainSettings(services, model, options)), warnings };
}

type Read = { model: ProjectModel; warnings: string[] };

/** Naming a service whose profile is not active makes it active, as for a deploy. */
async function readNamed(programs: Programs, names: string[]): Promise<Read> {
  const found = await readModel(programs);
  const unknown = names.filter((name) => found.model.services?.[name] === undefined);
  const profiles = unknown.length > 0 ? await profilesFor(programs, unknown) : [];
  return profiles.length > 0 ? await readModel(programs.withProfiles(profiles)) : found;
}

async function readModel(programs: Programs): Promise<Read> {
  const { stdout, stderr } = await readFiles(programs, argv.composeConfig());
  const model = await decoded(programs, () => decodeModel(stdout));
  const ignored = model["x-kerek"]?.["ignore-warnings"];
  return { model, warnings: doubts(stderr, unreadKeys(model), ignored) };
}
