/** zod, the decoder of everything that crosses the border (a move to JSR changes this line). */
export { z } from "npm:zod@4.6.7";
