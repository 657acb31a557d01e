/** The hook modules that come with kerek (`kerek:NAME`), and what each does. */
export const shippedHooks: Record<string, string> = {
  caddy: "tells Caddy by its admin API where replicas are during a deploy",
  command: "runs commands here or in replicas, at each moment that its options name",
  haproxy: "waits for HAProxy, and drains old replicas by its runtime API",
  http: "a gate by HTTP that can look into the answer",
  migrate: "runs a one-shot service before the first new replica starts",
  nginx: "writes where replicas are during a deploy, and reloads nginx gracefully",
  tcp: "a gate that is passed when the new replica accepts a connection",
  traefik: "waits for Traefik to take in a new replica and to leave an old one",
  webhook: "tells a chat or another web service how a deploy went",
};
