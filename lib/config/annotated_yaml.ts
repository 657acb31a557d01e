/** A value, and where it comes from. */
export class Setting {
  constructor(readonly value: Value, readonly origin: string) {}
}

type Scalar = string | number | boolean;

/** What stands on one line. */
export type Value = Scalar | Scalar[] | Record<string, Scalar>;

/** Settings, by their names. */
export interface SettingTree {
  [name: string]: Setting | SettingTree | SettingTree[];
}

/** Lines of YAML; behind each value its origin is a comment. */
export function annotatedYaml(tree: SettingTree): string[] {
  return Object.entries(tree).flatMap(([name, node]) => {
    const key = scalar(name);
    if (node instanceof Setting) return [`${key}: ${flow(node.value)}  # ${node.origin}`];
    return [
      `${key}:`,
      ...(Array.isArray(node) ? node.flatMap(item) : annotatedYaml(node)).map(indent),
    ];
  });
}

function item(tree: SettingTree): string[] {
  const [first, ...rest] = annotatedYaml(tree);
  return [`- ${first}`, ...rest.map(indent)];
}

const indent = (line: string) => `  ${line}`;

function flow(value: Value): string {
  if (typeof value !== "object") return scalar(value);
  if (Array.isArray(value)) return `[${value.map(scalar).join(", ")}]`;
  return `{${Object.entries(value).map(([key, x]) => `${scalar(key)}: ${scalar(x)}`).join(", ")}}`;
}

/** Quoted wherever YAML might read it as something else than this text. */
function scalar(value: Scalar): string {
  if (typeof value !== "string") return String(value);
  const isPlain = /^-{0,2}[A-Za-z_/][\w./-]*$|^(\d+(\.\d+)?(h|ms|m|s))+$/.test(value) &&
    !/^(true|false|null|yes|no|on|off|y|n)$/i.test(value);
  return isPlain ? value : JSON.stringify(value);
}
