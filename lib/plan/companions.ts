import type { Creation, DesiredService } from "./model.ts";

/**
 * Services to name beside those whose containers are created, so that Compose sees all that they
 * depend on: what it does not see it drops from `depends_on`, which before Compose 2.31 is part of
 * the config hash. The new containers would count as outdated at once, for kerek and for Compose.
 *
 * @param count How many containers a service has by then; it stays with them.
 */
export function companions(
  created: string[],
  services: DesiredService[],
  count: (service: string) => number,
): Creation[] {
  const byName = new Map(services.map((service) => [service.name, service]));
  const seen = new Set(created);
  for (const name of seen) { // Grows while it is walked, which a Set allows.
    for (const dependency of byName.get(name)?.dependsOn ?? []) {
      if (byName.has(dependency)) seen.add(dependency);
    }
  }
  return [...seen].slice(new Set(created).size)
    .map((service) => ({ service, existing: count(service), missing: 0 }));
}
