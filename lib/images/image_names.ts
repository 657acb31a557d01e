/** Names out of operands and lines of standard input: trimmed, each once, in order. */
export function imageNames(operands: string[], stdin: string): string[] {
  const names = operands.flatMap((name) => name === "-" ? stdin.split("\n") : [name]);
  return [...new Set(names.map((name) => name.trim()).filter((name) => name !== ""))];
}
