/** The examples in `docs/configuration.md` are understood, by kerek and by Compose. */
import assert from "node:assert/strict";
import { decodeProject } from "../../lib/engine/testing/decode_project.ts";

const guide = await Deno.readTextFile(new URL("../../docs/configuration.md", import.meta.url));
const examples = [...guide.matchAll(/^```yaml\n(.*?)^```$/gms)].map((match) => match[1]);

Deno.test("kerek understands every example of the configuration guide", () => {
  assert.ok(examples.length >= 7);
  for (const example of examples) {
    const { services } = decodeProject(`name: shop\n${example}`, "");
    assert.ok(services.length > 0, example);
  }
});

const whyNot = whyComposeCannotRun();

Deno.test({
  name: "Compose takes every example of the configuration guide, and kerek what it prints" +
    (whyNot ? ` (left out: ${whyNot})` : ""),
  ignore: whyNot !== undefined,
  fn: async () => {
    for (const example of examples) {
      const text = `name: shop\n${example}`;
      assert.deepEqual(settingsIn(await composeConfig(text)), settingsIn(text));
    }
  },
});

/** What a file, or what Compose makes of it, says of services. */
function settingsIn(yaml: string) {
  return new Map(decodeProject(yaml, "").services.map((service) => [service.name, service]));
}

function whyComposeCannotRun(): string | undefined {
  try {
    const { success } = new Deno.Command("docker", { args: ["compose", "version"] }).outputSync();
    return success ? undefined : "docker has no Compose plugin";
  } catch {
    return "there is no docker";
  }
}

async function composeConfig(text: string): Promise<string> {
  const child = new Deno.Command("docker", {
    args: ["compose", "--file", "-", "config"],
    stdin: "piped",
    stdout: "piped",
    stderr: "piped",
  }).spawn();
  const writer = child.stdin.getWriter();
  await writer.write(new TextEncoder().encode(text));
  await writer.close();
  const { code, stdout, stderr } = await child.output();
  assert.equal(code, 0, `${new TextDecoder().decode(stderr)}\n${text}`);
  return new TextDecoder().decode(stdout);
}
