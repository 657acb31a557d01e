/** Cuts text to a number of columns, colours and wide characters included. */
export { default as cliTruncate } from "npm:cli-truncate@6.2.0";
