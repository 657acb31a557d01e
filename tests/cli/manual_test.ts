/** The reference and the manual pages are made of the commands, and are whole. */
import assert from "node:assert/strict";
import { FakeIo } from "../../lib/cli/fake_io.ts";
import { main } from "../../lib/cli/main.ts";
import { modelOf } from "../../lib/cli/model.ts";
import { createProgram } from "../../lib/cli/program.ts";
import { referenceText } from "../../lib/manual/reference.ts";

const program = modelOf(createProgram({ env: () => undefined, accept: () => {} }, {
  writeOut: () => {},
  writeErr: () => {},
  width: 80,
  stop: (error) => {
    throw error;
  },
}));

const place = new URL("../../docs/reference.md", import.meta.url);

async function formatted(text: string): Promise<string> {
  const child = new Deno.Command(Deno.execPath(), {
    args: ["fmt", "--quiet", "--line-width=100", "--ext=md", "-"],
    stdin: "piped",
    stdout: "piped",
  }).spawn();
  const writer = child.stdin.getWriter();
  await writer.write(new TextEncoder().encode(text));
  await writer.close();
  return new TextDecoder().decode((await child.output()).stdout);
}

Deno.test("docs/reference.md is that of the commands", async () => {
  const actual = await formatted(referenceText(program));
  if (Deno.env.get("UPDATE_TRANSCRIPTS")) await Deno.writeTextFile(place, actual);
  const remedy = "write it anew: UPDATE_TRANSCRIPTS=1 deno task test:unit";
  assert.equal(await Deno.readTextFile(place), actual, remedy);
});

async function page(name?: string): Promise<string> {
  const io = new FakeIo();
  assert.equal(await main(["man", ...name ? [name] : []], io), 0);
  return io.written.stdout;
}

Deno.test("each command has a manual page with all its options", async () => {
  for (const command of [undefined, ...program.commands]) {
    const text = (await page(command?.name)).replaceAll("\\-", "-");
    const title = command ? `kerek-${command.name}` : "kerek";
    assert.match(text, new RegExp(`^\\.TH ${title.toUpperCase()} 1 `));
    assert.match(text, new RegExp(`^\\.SH NAME\n${title} - \\w`, "m"));
    for (const { long } of (command ?? program).options) {
      assert.ok(text.includes(`\\fB${long}\\fR`));
    }
  }
});

const groff = hasGroff();

Deno.test({
  name: "manual pages are what groff takes without a complaint" +
    (groff ? "" : " (not tried: no groff here)"),
  ignore: !groff,
  fn: async () => {
    const pages = await Promise.all([page(), ...program.commands.map(({ name }) => page(name))]);
    const child = new Deno.Command("groff", {
      args: ["-man", "-Tascii", "-ww", "-z"],
      stdin: "piped",
      stderr: "piped",
    }).spawn();
    const writer = child.stdin.getWriter();
    await writer.write(new TextEncoder().encode(pages.join("")));
    await writer.close();
    const { success, stderr } = await child.output();
    assert.deepEqual([success, new TextDecoder().decode(stderr)], [true, ""]);
  },
});

function hasGroff(): boolean {
  try {
    return new Deno.Command("groff", { args: ["--version"], stdout: "null" }).outputSync().success;
  } catch {
    return false;
  }
}
