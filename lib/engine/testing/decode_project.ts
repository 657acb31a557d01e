import { decodeModel, type Project, projectOf } from "../decode_project.ts";

/** A project of what Compose prints, by `config` and by `config --hash '*'`. */
export function decodeProject(
  yaml: string,
  hashes: string,
  options: { compatibility?: boolean } = {},
): Project {
  return projectOf(decodeModel(yaml), hashes, options);
}
