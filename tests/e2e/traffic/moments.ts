/** What happens to a project's containers and when, to tell at which moment a request was lost. */
export class Moments implements AsyncDisposable {
  readonly #seen: { at: number; what: string }[] = [];
  readonly #events: Deno.ChildProcess;
  readonly #reading: Promise<void>;

  constructor(private readonly project: string) {
    this.#events = new Deno.Command("docker", {
      args: [
        "events",
        ...["--filter", "type=container"],
        ...["--filter", `label=com.docker.compose.project=${project}`],
        ...["--format", "{{.TimeNano}} {{.Action}} {{.Actor.Attributes.name}}"],
      ],
      stdout: "piped",
    }).spawn();
    this.#reading = this.#read();
  }

  /** Notes something that the engine does not know of. */
  note(what: string): void {
    this.#seen.push({ at: Date.now(), what });
  }

  /** The moment of a time, such as `212 ms after die app-2`. */
  at(time: number): string {
    const before = this.#seen.filter(({ at }) => at <= time).sort((a, b) => a.at - b.at).at(-1);
    return before ? `${Math.round(time - before.at)} ms after ${before.what}` : "at the beginning";
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#events.kill();
    await this.#events.status;
    await this.#reading;
  }

  async #read(): Promise<void> {
    let rest = "";
    for await (const text of this.#events.stdout.pipeThrough(new TextDecoderStream())) {
      const lines = (rest + text).split("\n");
      rest = lines.pop()!;
      for (const line of lines) {
        const [nanoseconds, ...words] = line.split(" ");
        const what = words.join(" ").replace(`${this.project}-`, "");
        // Healthchecks run all the time.
        if (/^exec_(create|start|die).*(wget|fetch)|^exec_die/.test(what)) continue;
        this.#seen.push({ at: Number(nanoseconds) / 1e6, what });
      }
    }
  }
}
