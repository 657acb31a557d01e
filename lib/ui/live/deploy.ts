import type { DeployEvent } from "../../execute/events.ts";
import type { LivePicture } from "./picture.ts";
import { render } from "./render.ts";
import { emptyView, fold, type View } from "./view.ts";

/** A deploy as it is shown live. */
export const deployPicture: LivePicture<View, DeployEvent> = {
  begin: emptyView,
  fold,
  render,
  // What could not begin leaves nothing but the error that is told next.
  isOver: ({ end }) => end !== undefined,
};
