/** Every command goes by `--progress`: what is told where, and as JSON by the schema. */
import assert from "node:assert/strict";
import { recordSchema } from "../../lib/ui/event_schema.ts";
import { deployed, type Scene } from "./deployed.ts";

/** A service that is up to date, whose project somebody deploys. */
const shop: Scene = {
  state: { services: { web: { hash: "new", config: { image: "app:1" } } } },
  prepare: (fake) => void fake.add("web", { hash: "new" }),
};

const shopOf = (line: string) => deployed(line, shop);

/** What a command tells: a line of its result, and one of its notes. */
const cases: [
  line: string,
  types: string,
  result: RegExp | undefined,
  notes: RegExp | undefined,
][] = [
  ["status", "result", /^web: 1 of 1 serving/, undefined],
  ["status --format json", "result", /^\{\n/, undefined],
  ["history", "result", undefined, /^shop has no history yet\.\n$/],
  ["history --format json", "result", /^\{\n/, undefined],
  ["check", "result", undefined, /^Nothing stands against|would stop a deploy/m],
  ["config", "result", /^services:|^ {2}web:/m, undefined],
  ["config --schema", "result", /^\{\n/, undefined],
  ["doctor", "result", /^kerek +(ok|warning) /, undefined],
  ["doctor --format json", "result", /^\{\n/, undefined],
  ["unlock", "unlock", /^shop: not locked\n$/, undefined],
  ["hooks list", "result", /^kerek:caddy /, undefined],
  ["hooks init --dry-run new.ts", "result", /^Would write new\.ts\n$/, undefined],
];

for (const [line, types, result, notes] of cases) {
  Deno.test(`${line}: words, JSON by the schema, and nothing but what was asked for`, async () => {
    const plain = await shopOf(line);
    if (result) assert.match(plain.stdout, result);
    else assert.doesNotMatch(plain.stdout, /./);
    if (notes) assert.match(plain.stderr, notes);
    else assert.equal(plain.stderr, "");

    const quiet = await shopOf(`${line} --progress quiet`);
    assert.deepEqual([quiet.stdout, quiet.stderr], [plain.stdout, ""]);

    for (const json of [`--progress json ${line}`, `${line} --progress json`]) {
      const { stdout, stderr, exitCode } = await shopOf(json);
      const records = stdout.trimEnd().split("\n").map((text) =>
        recordSchema.parse(JSON.parse(text))
      );
      assert.equal(records.map(({ type }) => type).join(" "), types);
      assert.deepEqual([stderr, exitCode], ["", plain.exitCode]);
    }
  });
}

Deno.test("programs are told of a failure, too, and people as ever", async () => {
  for (const line of ["status wbe", "check wbe", "config wbe"]) {
    const { stdout, stderr, exitCode } = await shopOf(`${line} --progress json`);
    const record = recordSchema.parse(JSON.parse(stdout));
    assert.equal(record.type, "error", line);
    assert.ok(record.type === "error" && stderr.startsWith(`${record.message}\n`), stderr);
    assert.equal(exitCode, 3, line);
  }
});

Deno.test("who has the lock is told, and what becomes of that deploy", async () => {
  const lock = {
    labels: {
      "kerek.lock": "shop",
      "kerek.lock.owner": "ci@run7",
      "kerek.lock.pid": "8",
      "kerek.lock.place": "elsewhere",
      "kerek.lock.beats": "yes",
    },
    created: "2026-01-02T03:04:05Z",
    beatS: 0,
  };
  const locked = (line: string) =>
    deployed(line, { ...shop, state: { ...shop.state, lock: structuredClone(lock) } });
  const dry = await locked("deploy --dry-run");
  assert.equal(dry.exitCode, 0, dry.stderr);
  assert.match(
    dry.stderr + dry.stdout,
    /^Warning: ci@run7 \(process 8, since .*\) is deploying it at/m,
  );
  const refused = await locked("unlock --progress json");
  const [error] = refused.stdout.trimEnd().split("\n").map((x) =>
    recordSchema.parse(JSON.parse(x))
  );
  assert.deepEqual([error.type, refused.exitCode], ["error", 6]);
  assert.match(refused.stderr, /^hint: .*--force: should it go on after all, it stops, as if/m);
  for (const [flags, state] of [["--dry-run", "would-break"], ["", "broken"]]) {
    const { stdout, stderr } = await locked(`unlock --force ${flags}`);
    assert.match(stdout, /^shop: (would break|broke) the lock of ci@run7 /);
    assert.match(
      stderr,
      /^If that deploy goes on, it stops as if by Ctrl-C\.\n$/,
    );
    const told = await locked(`unlock --force ${flags} --progress json`);
    const record = recordSchema.parse(JSON.parse(told.stdout));
    assert.deepEqual([record.type, "state" in record && record.state], ["unlock", state]);
    assert.equal(told.stderr, "");
  }
});
