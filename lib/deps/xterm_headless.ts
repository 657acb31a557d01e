/** A terminal without a screen, by which tests know what stands on one. */
export { default as xterm } from "npm:@xterm/headless@6.0.0";
