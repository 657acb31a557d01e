import type { DeployEvent } from "../execute/events.ts";
import type { DeployOptions } from "../options.ts";
import { eventRecord } from "../ui/event_record.ts";
import { type ToldCauses, withoutOldCause } from "../ui/causes.ts";
import { plainLines } from "../ui/plain.ts";
import { quietLines } from "../ui/quiet.ts";
import type { Manner } from "./display.ts";

/** How a deploy is shown. */
export function deployManner({ dryRun }: Pick<DeployOptions, "dryRun">): Manner<DeployEvent> {
  let told: ToldCauses = {};
  return {
    record: eventRecord,
    plain: (event) => {
      const next = withoutOldCause(told, event);
      told = next.told;
      const lines = plainLines(next.event);
      return event.type === "planned" && event.dryRun ? { result: lines } : { notes: lines };
    },
    quiet: (event) => ({ notes: quietLines(event) }),
    // The lines of a dry run are its result, so that there is nothing to be seen live.
    ...dryRun ? {} : { live: async () => (await import("../ui/live/deploy.ts")).deployPicture },
  };
}
