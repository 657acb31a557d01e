/** The hook modules that come with kerek (`kerek:NAME`), and what each does. */
export const shippedHooks: Record<string, string> = {
  command: "runs commands here or in replicas, at each moment that its options name",
  http: "a gate by HTTP that can look into the answer",
  tcp: "a gate that is passed when the new replica accepts a connection",
  webhook: "tells a chat or another web service how a deploy went",
};
