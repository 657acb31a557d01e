/**
 * Where a module of kerek's own is that is loaded by its URL. In a binary, whose modules are bundled
 * (scripts/compile.ts), it lies below the bundle's root under the same path.
 */
export function ownModule(path: "lib/hooks/worker" | "lib/hooks/sdk"): string {
  return Deno.build.standalone
    ? new URL(`./${path}.js`, import.meta.url).href
    : new URL(`../../${path}.ts`, import.meta.url).href;
}

/**
 * Where a hook module that comes with kerek is, as source. In a binary it has {@linkcode textSuffix}
 * behind its name, as it would be compiled otherwise.
 */
export function shippedHook(name: string): string {
  const path = Deno.build.standalone ? `./hooks/${name}.ts${textSuffix}` : `../../hooks/${name}.ts`;
  return new URL(path, import.meta.url).href;
}

/** What stands behind the names of modules that are embedded as text. */
export const textSuffix = ".txt";
