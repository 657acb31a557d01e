import type { DeployEvent } from "../execute/events.ts";
import { plainLines } from "./plain.ts";

/** The lines of `--progress quiet`: what failed, what is lost, and what that left. */
export function quietLines(event: DeployEvent): string[] {
  switch (event.type) {
    case "step-failed":
      return plainLines(event);
    case "lock":
      return event.state === "lost" ? plainLines(event) : [];
    case "history":
      return event.state === "not-kept" ? plainLines(event) : [];
    case "probed":
      return event.failed > 0 ? plainLines(event) : [];
    case "recovering":
      return event.losses.map((loss) => `Lost: ${loss}`);
    case "finished":
      return event.outcome === "done" || event.outcome === "nothing" ? [] : plainLines(event);
    default:
      return [];
  }
}
