/**
 * kerek as a module.
 *
 * @module
 */
export { deploy, type DeployPorts } from "./lib/deploy.ts";
export { ExitCode, KerekError } from "./lib/errors.ts";
export * from "./lib/hooks/sdk.ts";
export type { ComposeOptions, DeployOptions, EngineOptions } from "./lib/options.ts";
