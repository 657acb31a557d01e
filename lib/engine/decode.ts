import * as z from "../deps/zod.ts";
import { KerekError } from "../errors.ts";

/**
 * Decodes a value that came from outside.
 *
 * @param what What it is, for the error: `Cannot read <what>: <path>: <problem>`.
 * @throws {KerekError} if the value does not have the schema's shape; further problems are details.
 */
export function decode<T>(schema: z.ZodType<T>, value: unknown, what: string): T {
  const result = schema.safeParse(value);
  if (result.success) return result.data;
  const [first, ...others] = [...new Set(result.error.issues.flatMap(problems))];
  throw new KerekError(`Cannot read ${what}: ${first}`, { details: others });
}

/** A problem with its place, or those of what was meant, where something can be this or that. */
function problems(issue: z.core.$ZodIssue): string[] {
  const meant = issue.code === "invalid_union" ? meantBranch(issue.errors) : undefined;
  if (meant) {
    return meant.flatMap((inner) =>
      problems({ ...inner, path: [...issue.path, ...inner.path] } as z.core.$ZodIssue)
    );
  }
  const { path, message } = issue;
  return [path.length > 0 ? `${pathText(path)}: ${message}` : message];
}

/** The problems of the one alternative that the value is of the kind of; none if that is not clear. */
function meantBranch(branches: z.core.$ZodIssue[][]): z.core.$ZodIssue[] | undefined {
  const isOfItsKind = (issues: z.core.$ZodIssue[]) =>
    !issues.some(({ path, code }) =>
      path.length === 0 && (code === "invalid_type" || code === "invalid_value")
    );
  const meant = branches.filter(isOfItsKind);
  return meant.length === 1 ? meant[0] : undefined;
}

/** A path as Compose users write it: `services.web.ports[0]`. */
export function pathText(path: PropertyKey[]): string {
  return path.map((key, i) =>
    typeof key === "number" ? `[${key}]` : (i > 0 ? "." : "") + String(key)
  ).join("");
}

/** Parses JSON that a program printed. */
export function parseJson(text: string, what: string): unknown {
  try {
    return JSON.parse(text);
  } catch (error) {
    throw new KerekError(`Cannot read ${what}: it is not JSON`, { cause: error });
  }
}

/** A schema for what is rarely there, and which is not made unless it is. */
export function whenThere<T>(schema: () => z.ZodType<T>) {
  return z.unknown().transform((value, context): T | null => {
    if (value === null) return null;
    const result = schema().safeParse(value);
    if (result.success) return result.data;
    for (const issue of result.error.issues) {
      context.issues.push({ ...issue, input: value } as z.core.$ZodRawIssue);
    }
    return z.NEVER;
  }).optional();
}
