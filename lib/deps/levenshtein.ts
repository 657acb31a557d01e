/** The nearest word, for "did you mean" (a move to JSR's `@std/text` changes this line). */
export { closestMatch } from "npm:leven@4.1.0";
