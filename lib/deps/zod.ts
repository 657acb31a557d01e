/**
 * zod, the decoder of everything that crosses the border (a move to JSR changes this line). To be
 * imported as a namespace: of its 450 KB, a bundle then has the tenth that is used.
 */
import { config } from "npm:zod@4.6.7";
export * from "npm:zod@4.6.7";

// What is decoded once gains nothing from code that is generated for it first.
config({ jitless: true });
