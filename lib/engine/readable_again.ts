/**
 * Mends what Compose prints in a way that it refuses to read (`docker compose config`, up to 2.40 at
 * least): sizes of -1 (docker/compose#11160), and optional dependencies on services that it leaves
 * out as their profile is not active. Without them, hashes are those of the containers that it makes.
 */
export function readableAgain(yaml: string): string {
  const services = /^services:\n((?: .*\n|\n)*)/m.exec(yaml)?.[1] ?? "";
  const names = new Set([...services.matchAll(/^ {2}"?([\w.-]+)"?:/gm)].map(([, name]) => name));
  return yaml.replace(boundless, "$1-1").replace(dependencies, (_, all: string) => {
    const kept = all.replace(
      dependency,
      (entry, name: string, facts: string) =>
        names.has(name) || !isOptional.test(facts) ? entry : "",
    );
    return kept && `    depends_on:\n${kept}`;
  });
}

// Text in a value stands further to the right, where it has several lines.
const boundless =
  /^( {4}(?:mem_limit|mem_reservation|mem_swappiness|memswap_limit|shm_size): )"-1"$/gm;
const dependencies = /^ {4}depends_on:\n((?: {6}.*\n)+)/gm;
const dependency = /^ {6}"?([\w.-]+)"?:\n((?: {8}.*\n)+)/gm;
const isOptional = /^ {8}required: false$/m;
