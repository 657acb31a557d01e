/** dax, which runs short engine calls, and `ctx.$` (JSR has it as `@david/dax`). */
export { $, build$, CommandBuilder } from "npm:dax@0.49.0";
