import assert from "node:assert/strict";
import { eventSchemaText } from "../../lib/ui/event_schema.ts";

Deno.test("the schema of events in docs is the one of the code", async () => {
  const kept = await Deno.readTextFile(new URL("../../docs/events.schema.json", import.meta.url));
  const remedy = "write it anew: deno run -A scripts/event_schema.ts > docs/events.schema.json";
  assert.equal(kept, eventSchemaText(), remedy);
});
