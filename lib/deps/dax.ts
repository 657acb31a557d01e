/** dax, which runs short engine calls (a move to JSR's `@david/dax` changes this line). */
export { $ } from "npm:dax@0.49.0";
