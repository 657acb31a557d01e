import type { HashedFile } from "./entry.ts";

/** Hashes of files; those that cannot be read are left out. */
export async function hashed(paths: string[]): Promise<HashedFile[]> {
  const files = await Promise.all(paths.map(async (path): Promise<HashedFile[]> => {
    try {
      if (Deno.permissions.querySync({ name: "read", path }).state !== "granted") return [];
      const digest = await crypto.subtle.digest("SHA-256", await Deno.readFile(path));
      const hex = [...new Uint8Array(digest)].map((byte) => byte.toString(16).padStart(2, "0"));
      return [{ path, sha256: hex.join("") }];
    } catch {
      return [];
    }
  }));
  return files.flat();
}
