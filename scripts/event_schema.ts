/** Prints what is kept in docs/events.schema.json. */
import { eventSchemaText } from "../lib/ui/event_schema.ts";

console.log(eventSchemaText().trimEnd());
