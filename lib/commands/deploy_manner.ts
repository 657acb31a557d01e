import type { DeployEvent } from "../execute/events.ts";
import { eventRecord } from "../ui/event_record.ts";
import { plainLines } from "../ui/plain.ts";
import { quietLines } from "../ui/quiet.ts";
import type { Manner } from "./display.ts";

/** How deploys are shown. */
export const deployManner: Manner<DeployEvent> = {
  record: eventRecord,
  plain: (event) => {
    const lines = plainLines(event);
    return event.type === "planned" && event.dryRun ? { result: lines } : { notes: lines };
  },
  quiet: (event) => ({ notes: quietLines(event) }),
  live: async () => (await import("../ui/live/deploy.ts")).deployPicture,
};

/** How dry runs are: their lines are the result, so that there is nothing to be seen live. */
export const dryRunManner: Manner<DeployEvent> = { ...deployManner, live: undefined };
