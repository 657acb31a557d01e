/** yaml's parser (a move to JSR's `@std/yaml` changes this line). */
export { parse as parseYaml, parseAllDocuments } from "npm:yaml@2.9.1";
