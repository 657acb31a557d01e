/** Whether a version such as `20.10.24+dfsg1` comes before another one, such as `25` or `28.1`. */
export function isOlder(version: string, than: string): boolean {
  const [own, other] = [version, than].map((text) =>
    text.replace(/^v/, "").split(/[^\d]+/).map(Number)
  );
  const at = other.findIndex((number, i) => number !== (own[i] ?? 0));
  return at >= 0 && (own[at] ?? 0) < other[at];
}
