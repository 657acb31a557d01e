/** How far words are from each other, for "did you mean" (a move to JSR's `@std/text` changes this line). */
export { default as distance } from "npm:leven@4.1.0";
