import { isServing } from "./diff.ts";
import type { DesiredService, Replica, ServiceChange } from "./model.ts";
import type { Finding } from "./finding.ts";

/** Services that a changing one depends on, that do not serve, and that this deploy leaves alone. */
export function dependencyFindings(
  change: ServiceChange,
  changes: ServiceChange[],
  { services, actual }: { services: DesiredService[]; actual: Replica[] },
): Finding[] {
  const { desired } = change;
  if (!desired || change.swaps.length + change.adds.length === 0) return [];
  const considered = new Set(changes.map(({ service }) => service));
  return services
    .filter(({ name }) => desired.dependsOn.includes(name) && !considered.has(name))
    .filter(({ isJob, replicas }) => !isJob && replicas > 0) // A job has ended, as it should.
    .filter(({ name }) => !actual.some((replica) => replica.service === name && isServing(replica)))
    .map(({ name }): Finding => ({
      severity: "warning",
      name: "dependency-down",
      path: `services.${desired.name}.depends_on.${name}`,
      reason: `no replica of ${name} is running and healthy, and this deploy leaves ${name} alone`,
      remedy: "--deps deploys what the named services depend on, too.",
    }));
}
