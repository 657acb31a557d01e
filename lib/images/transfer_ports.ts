import type { Pipe } from "../engine/pipe.ts";
import type { Programs } from "../engine/programs.ts";
import type { Store } from "./look.ts";
import type { ImageTransfer } from "./plan.ts";

/** What happens in a transfer, in order; with several jobs, that of some images is mixed. */
export type TransferEvent =
  /** It is known what has to travel. */
  | { type: "compared"; transfers: ImageTransfer[] }
  /** The source is being read, so that layers can be left out. */
  | { type: "reading"; name: string }
  /** An image is being sent; `bytes` is how many there are, if that is known. */
  | { type: "sending"; name: string; bytes?: number }
  /** So many more bytes of it were handed to the destination. */
  | { type: "sent"; name: string; bytes: number }
  /** It did not work out without all layers, so that all of them are sent. */
  | { type: "fell-back"; name: string; reason: string }
  /** The name stands for the image on the destination. */
  | { type: "arrived"; name: string };

/** Two engines, and what images travel through. */
export interface TransferPorts {
  source: Programs;
  destination: Programs;
  /** How the destination stores images. */
  store: Store;
  /** Whether the source stores them in another way. */
  storesDiffer: boolean;
  pipe: Pipe;
  /** Command that compresses images on their way; empty: none. */
  compressor: string[];
  /** Takes what happens; must not throw. */
  emit(event: TransferEvent): void;
  /** Ends the transfer when it aborts. */
  signal: AbortSignal;
}
