/** Ajv, which checks documents against a JSON Schema; only tests use it. */
export { Ajv } from "npm:ajv@8.20.0";
