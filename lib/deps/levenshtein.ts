/** Edit distance, for "did you mean" (a move to JSR's `@std/text` changes this line). */
export { closest, distance } from "npm:fastest-levenshtein@1.0.16";
