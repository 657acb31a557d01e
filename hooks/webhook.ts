/**
 * `kerek:webhook`: tells a web service how a deploy went, by a POST of JSON.
 *
 * Options:
 *
 * - `url`: where to. It is never printed, as such addresses are often secrets; better take it from a
 *   variable (`${WEBHOOK_URL:?}`) than write it into the Compose file.
 * - `on` (`[afterDeploy]`): moments to tell of, out of beforeDeploy, onFailure and afterDeploy
 * - `headers`: further headers
 *
 * The JSON has `text` (one line, which chat services show), `project`, `moment` and, when the deploy
 * is over, `outcome` and `services`. If it is not delivered in 10 seconds, that is a warning.
 */
import { defineHooks, type DeployContext, type Hooks, type OutcomeContext } from "kerek";

interface Options {
  url?: string;
  on?: string[];
  headers?: Record<string, string>;
}

/** A notification must not hold a deploy up. */
const longestMs = 10_000;

const moments = ["beforeDeploy", "onFailure", "afterDeploy"];

export default defineHooks((options: Options | undefined) => {
  const { url, on = ["afterDeploy"], headers } = options ?? {};
  if (typeof url !== "string" || !/^https?:\/\//.test(url)) {
    throw new Error("option url is missing, or no http: or https: address");
  }
  const unknown = [on].flat().find((moment) => !moments.includes(moment));
  if (unknown) throw new Error(`option on: ${unknown} is none of ${moments.join(", ")}`);
  const hooks = [on].flat().map((moment) => [
    moment,
    async (ctx: DeployContext & Partial<OutcomeContext>) => {
      const { project, outcome, services } = ctx;
      const text = `${project}: ${outcome ?? "deploy begins"}`;
      const body = JSON.stringify({ text, project, moment, outcome, services });
      const wrong = await post(url, headers, body, ctx.signal);
      if (wrong) ctx.log(`warning, the webhook was not delivered: ${wrong}`);
    },
  ]);
  return Object.fromEntries(hooks) as Hooks;
});

async function post(
  url: string,
  headers: Record<string, string> | undefined,
  body: string,
  signal: AbortSignal,
): Promise<string | undefined> {
  try {
    const response = await fetch(url, {
      method: "POST",
      headers: { "content-type": "application/json", ...headers },
      body,
      signal: AbortSignal.any([signal, AbortSignal.timeout(longestMs)]),
    });
    await response.body?.cancel();
    return response.ok ? undefined : `status ${response.status}`;
  } catch {
    // Its message would show the address.
    return "no answer";
  }
}
