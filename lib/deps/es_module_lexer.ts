/** es-module-lexer, which finds the imports of a module. */
export { init, parse } from "npm:es-module-lexer@1.7.0";
