import amaro from "npm:amaro@1.1.4";
/** Node's own remover of types, which leaves all else where it is, to the column. */
export const { transformSync } = amaro;
