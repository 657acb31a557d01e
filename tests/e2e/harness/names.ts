import { docker } from "./project.ts";
import { busybox } from "./scenario.ts";

/** Asks a network's DNS for a service again and again, from a container of its own. */
export class NameWatch implements AsyncDisposable {
  private constructor(private readonly id: string) {}

  static async start(network: string, service: string): Promise<NameWatch> {
    // The final dot keeps search domains out.
    const ask = `nslookup ${service}. 127.0.0.11 | grep '^Address: ' | sort -u | wc -l`;
    const script = `trap 'exit 0' TERM; while :; do ${ask}; sleep 0.05; done`;
    const command = ["run", "--detach", "--network", network, busybox, "sh", "-c", script];
    return new NameWatch((await docker(command)).trim());
  }

  /** How many addresses the answers so far had. */
  async counts(): Promise<number[]> {
    const lines = (await docker(["logs", this.id])).split("\n").filter((line) => line.trim());
    return lines.map(Number);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await docker(["rm", "--force", this.id]);
  }
}

/** How a container is in its networks, without what is its own. */
export async function attachmentsOf({ id, name }: { id: string; name: string }): Promise<unknown> {
  const format = "{{json .NetworkSettings.Networks}}";
  const networks = JSON.parse(await docker(["container", "inspect", "--format", format, id]));
  return Object.fromEntries(
    // deno-lint-ignore no-explicit-any
    Object.entries<any>(networks).map(([network, { Aliases, Links, DriverOpts, IPAMConfig }]) => [
      network,
      {
        aliases: Aliases.map((x: string) =>
          // Compose's own number may be another one.
          x.startsWith(name.replace(/\d+$/, "")) ? "NAME" : id.startsWith(x) ? "ID" : x
        ),
        links: Links ?? [],
        options: DriverOpts ?? {},
        addresses: IPAMConfig ?? {},
      },
    ]),
  );
}

/** Addresses that a name stands for in a container's networks. */
export async function addressesOf(id: string, name: string): Promise<string[]> {
  const script = `nslookup ${name}. 127.0.0.11 | sed -n 's/^Address: //p' | sort -u`;
  const text = await docker(["exec", id, "sh", "-c", script]);
  return text.split("\n").filter((line) => line).sort();
}

/** A container's addresses in its networks. */
export async function ownAddresses(id: string): Promise<string[]> {
  const format = "{{range .NetworkSettings.Networks}}{{.IPAddress}} {{end}}";
  const text = await docker(["container", "inspect", "--format", format, id]);
  return text.trim().split(" ").sort();
}
