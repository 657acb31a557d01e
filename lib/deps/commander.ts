/** commander with typed results (a move to JSR's `@cliffy/command` starts here). */
export {
  Argument,
  Command,
  CommanderError,
  Help,
  InvalidArgumentError,
  Option,
} from "npm:@commander-js/extra-typings@15.1.0";
