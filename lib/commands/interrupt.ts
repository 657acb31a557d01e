/**
 * Calls `act` at the first Ctrl-C or SIGTERM. A second one ends the process in the usual way.
 *
 * @returns a function that takes the listening back.
 */
export function onInterrupt(act: () => void): () => void {
  const signals: Deno.Signal[] = Deno.build.os === "windows" ? ["SIGINT"] : ["SIGINT", "SIGTERM"];
  const listener = () => {
    release();
    act();
  };
  const release = () => signals.forEach((signal) => Deno.removeSignalListener(signal, listener));
  signals.forEach((signal) => Deno.addSignalListener(signal, listener));
  return release;
}
