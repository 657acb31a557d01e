import { fileURLToPath } from "node:url";
import { freePort } from "./ports.ts";
import type { Project } from "./project.ts";

/** Images that the example runs with where there is no registry. */
export const greetImages = ["kerek-demo/deno:1", "kerek-demo/caddy:1"];

/** The example of zero-downtime deployment as a test project. */
export interface Greet {
  /** Where its reverse proxy answers. */
  url: string;
  /** Variables for a deploy of this version. */
  env(version: string): Record<string, string>;
}

/**
 * Puts examples/zero_downtime_deployment into a project's folder, with a server that can also
 * answer slowly: as the example's own one it serves on for a moment when it is told to stop.
 */
export async function makeGreet(project: Project, replicas: number): Promise<Greet> {
  for (const file of ["compose.yaml", "Caddyfile", "server.ts"]) {
    await Deno.copyFile(
      path(`examples/zero_downtime_deployment/${file}`),
      `${project.folder}/${file}`,
    );
  }
  await Deno.copyFile(path("tests/e2e/app/server.ts"), `${project.folder}/app.ts`);
  await project.define(override, "override.yaml");
  const port = freePort();
  return {
    url: `http://localhost:${port}`,
    env: (version) => ({
      COMPOSE_FILE: "compose.yaml:override.yaml",
      GREET_IMAGE: greetImages[0],
      GREET_REPLICAS: String(replicas),
      GREET_VERSION: version,
      HTTP_PORT: String(port),
      PROXY_IMAGE: greetImages[1],
    }),
  };
}

const override = {
  services: {
    greet: {
      command: ["deno", "run", "--allow-env", "--allow-net", "--allow-sys", "/srv/app.ts"],
      environment: { PORT: "80", SHUTDOWN: "lame-duck", VERSION: "${GREET_VERSION}" },
      volumes: ["./app.ts:/srv/app.ts:ro"],
    },
  },
};

const path = (name: string) => fileURLToPath(new URL(`../../../${name}`, import.meta.url));
