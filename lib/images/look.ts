import * as z from "../deps/zod.ts";
import { decode, parseJson } from "../engine/decode.ts";
import { explain } from "../engine/explain.ts";
import type { Programs } from "../engine/programs.ts";
import { KerekError } from "../errors.ts";
import { contentOf } from "./content.ts";
import type { KnownImage } from "./plan.ts";

/** More connections at a time are refused by SSH servers with usual settings. */
const callsAtOnce = 4;

/** What these names stand for on an engine, of those that stand for anything. */
export async function lookAtNames(
  programs: Programs,
  names: string[],
): Promise<Map<string, KnownImage>> {
  const found = new Map<string, KnownImage | undefined>(names.map((name) => [name, undefined]));
  const rest = [...names];
  const one = async () => {
    for (let name = rest.shift(); name !== undefined; name = rest.shift()) {
      found.set(name, await lookAt(programs, name));
    }
  };
  await Promise.all(Array.from({ length: callsAtOnce }, one));
  return new Map([...found].flatMap(([name, image]) => image ? [[name, image]] : []));
}

/** What a name, or an id, stands for on an engine. */
export async function lookAt(programs: Programs, name: string): Promise<KnownImage | undefined> {
  const output = await programs.tryEngine(["image", "inspect", "--", name]);
  if (output.code === 0) return imagesOf(output.stdout)[0];
  if (/no such image|image not known|failed to find image/i.test(output.stderr)) return undefined;
  const { message, hint, details } = explain(output);
  throw new KerekError(`Cannot look at image ${name}: ${message}`, { hint, details });
}

/** All images of an engine, those without names included. */
export async function allImages(programs: Programs): Promise<KnownImage[]> {
  const listing = await programs.tryEngine(["image", "ls", "--all", "--quiet", "--no-trunc"]);
  const ids = [...new Set(listing.stdout.split("\n").filter((id) => id !== ""))];
  if (ids.length === 0) return [];
  // Fails if one of them has been removed meanwhile, and mostly still tells of the others.
  const { stdout } = await programs.tryEngine(["image", "inspect", "--", ...ids]);
  return stdout.trim() === "" ? [] : imagesOf(stdout);
}

/** How an engine stores images, on which their ids depend. */
export type Store = "classic" | "containerd";

/** Finds out how an engine stores images. */
export async function storeOf(programs: Programs): Promise<Store> {
  if (programs.clients.isPodman) return "classic";
  const { stdout } = await programs.tryEngine(["info", "--format", "{{json .DriverStatus}}"]);
  return stdout.includes("io.containerd.snapshotter") ? "containerd" : "classic";
}

const schema = z.array(z.looseObject({
  Id: z.string(),
  RootFS: z.looseObject({ Layers: z.array(z.string()).nullish() }).nullish(),
}));

function imagesOf(stdout: string): KnownImage[] {
  return decode(schema, parseJson(stdout, "the image"), "the image").map((image) => {
    const layers = image.RootFS?.Layers ?? [];
    return { id: image.Id.replace(/^sha256:/, ""), layers, content: contentOf(image, layers) };
  });
}
