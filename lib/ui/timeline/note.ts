import type { DeployEvent } from "../../execute/events.ts";
import { cannot, describe } from "../../plan/describe.ts";

/** A turn that a deploy took. */
export interface Note {
  at: number;
  kind: "failure" | "interruption" | "recovery";
  text: string;
}

/** The note that an event is worth, if it is. */
export function noteOf(event: DeployEvent): Note[] {
  const { at } = event;
  switch (event.type) {
    case "step-failed":
      return [{ at, kind: "failure", text: cannot(describe(event.step.action), event.reason) }];
    case "error":
      return [{ at, kind: "failure", text: event.message }];
    case "interrupted":
      return [{ at, kind: "interruption", text: "Interrupted" }];
    case "recovering":
      return [
        { at, kind: "recovery", text: "Putting back what was not finished" },
        ...event.losses.map((loss): Note => ({ at, kind: "failure", text: `Lost: ${loss}` })),
      ];
    default:
      return [];
  }
}
