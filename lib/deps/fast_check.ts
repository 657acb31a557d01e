/** fast-check, which looks for counterexamples; only tests use it. */
import * as fc from "npm:fast-check@4.10.2";

// The same examples in every run, so that what fails is what was changed; FC_SEED gives others.
fc.configureGlobal({ seed: Number(Deno.env.get("FC_SEED") ?? 1) });

export { fc };
