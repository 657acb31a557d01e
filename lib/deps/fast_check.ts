/** fast-check, which looks for counterexamples; only tests use it. */
export * as fc from "npm:fast-check@4.10.2";
