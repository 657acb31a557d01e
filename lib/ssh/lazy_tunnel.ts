import type { OpenTunnel } from "../engine/open_programs.ts";

/** The real {@linkcode OpenTunnel}, loaded when it is called, as most engines are close by. */
export const openTunnel: OpenTunnel = async (address, around) => {
  const { openTunnel } = await import("./open_tunnel.ts");
  return await openTunnel(address, around);
};
