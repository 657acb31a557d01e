import { busybox } from "./scenario.ts";

/** A script that runs until it is told to stop, then ends at once. */
export const serve = "trap 'exit 0' TERM; touch /tmp/ok; sleep 1000 & wait";

/**
 * The same, after what is to happen before it is healthy, where `$n` says the how many-th start of
 * a container of its version this is, from 1 on. The volume `starts` counts them.
 */
export const countedScript = (before: string): string =>
  `n=1; until mkdir "/starts/$VERSION-$n" 2>/dev/null; do n=$((n + 1)); done
trap 'exit 0' TERM; touch /tmp/ok
${before}
sleep 1000 & wait`;

/** What {@linkcode service} makes unless told otherwise. */
export interface ServiceOptions {
  order?: "start-first" | "stop-first";
  replicas?: number;
  /** What the shell runs. */
  script?: string;
  /** Whether there is a healthcheck, which `touch /tmp/ok` passes. Default: true. */
  isChecked?: boolean;
}

/** A service of shell and healthcheck; its version is that of the variable VERSION, else `A`. */
export function service(
  { order = "start-first", replicas = 1, script = serve, isChecked = true }: ServiceOptions = {},
  others: Record<string, unknown> = {},
): Record<string, unknown> {
  return {
    image: busybox,
    // Compose would take a single dollar sign for a variable of its own.
    command: ["sh", "-c", script.replaceAll("$", "$$$$")],
    environment: { VERSION: "${VERSION:-A}" },
    stop_grace_period: "3s",
    // Saves making a network, which most tests are not about.
    network_mode: "none",
    ...(isChecked ? { healthcheck } : {}),
    // Without a healthcheck, a container that ends at once must have the time to do so.
    deploy: { replicas, update_config: { order, monitor: isChecked ? "300ms" : "1s" } },
    ...others,
  };
}

// The time limit is short as a check in a container that gets paused lasts until then.
const healthcheck = {
  test: ["CMD", "test", "-f", "/tmp/ok"],
  interval: "300ms",
  timeout: "5s",
  retries: 3,
};

/** A healthcheck that says healthy as soon as the usual one, and unhealthy in no test's time. */
export const patient = { ...healthcheck, retries: 1000 };
