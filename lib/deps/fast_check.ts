/** fast-check, which looks for counterexamples; only tests use it. */
import * as fc from "npm:fast-check@4.10.2";

const variable = "FC_SEED";
const { state } = Deno.permissions.querySync({ name: "env", variable });
const seed = state === "granted" ? Deno.env.get(variable) : undefined;

// The same examples in every run, so that what fails is what was changed; FC_SEED gives others.
fc.configureGlobal({ seed: Number(seed ?? 1) });

export { fc };
