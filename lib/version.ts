/** kerek's version; `deno.json` says the same, which a test asserts. */
export const version = "0.1.0";
