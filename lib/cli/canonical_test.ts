import assert from "node:assert/strict";
import { KerekError } from "../errors.ts";
import { canonical, type CommandShape } from "./canonical.ts";

const debug = { short: "-D", long: "--debug", required: false };
const host = { short: "-H", long: "--host", required: true };
const up: CommandShape = {
  name: () => "up",
  commands: [],
  options: [
    debug,
    host,
    { short: "-f", long: "--file", required: true },
    { short: "-V", long: "--renew", required: false },
    { long: "--build", required: false },
    { long: "--no-build", required: false },
  ],
};
const program: CommandShape = {
  name: () => "program",
  commands: [up],
  options: [debug, host, { short: "-V", long: "--version", required: false }],
};

Deno.test("known options come out in one form, and all else as it is", () => {
  const cases: [argv: string, tokens: string][] = [
    ["", ""],
    ["up x -", "up x -"],
    ["up -D x --build", "up --debug x --build"],
    ["-H x up", "--host=x up"],
    ["-Hx up", "--host=x up"],
    ["-H=x up", "--host=x up"],
    ["--host x up", "--host=x up"],
    ["--host=x=y up", "--host=x=y up"],
    ["--host= up", "--host= up"],
    ["-H= up", "--host= up"],
    ["-DHx up", "--debug --host=x up"],
    ["-DH x up", "--debug --host=x up"],
    ["-V up -V", "--version up --renew"],
    ["-H up up -V", "--host=up up --renew"],
    ["up -f --build", "up --file=--build"],
    ["up -f -- x", "up --file=-- x"],
    ["up -- -D --build=false", "up -- -D --build=false"],
    ["up --file", "up --file"],
    ["up -Df", "up --debug -f"],
    ["--build=false up", "--build=false up"],
    ["up -Dx", "up --debug -x"],
    ["up --debugs --de", "up --debugs --de"],
    ["up --help -h", "up --help -h"],
  ];
  for (const [argv, tokens] of cases) {
    assert.equal(canonical(argv.split(" "), program).join(" "), tokens, argv);
  }
});

Deno.test("of a flag's values, the last one counts", () => {
  const cases: [argv: string, tokens: string][] = [
    ["up --build=true", "up --build"],
    ["up --build=false", "up"],
    ["up --build=1 --debug=T", "up --build --debug"],
    ["up --build=0 --debug=F", "up"],
    ["up --build --build=false", "up"],
    ["up --build=false --build", "up --build --build"],
    ["--debug up -D=false", "up"],
    ["-D=true up", "--debug up"],
    ["up --no-build=false --build", "up --build"],
    ["up --build --build=false --no-build", "up --no-build"],
  ];
  for (const [argv, tokens] of cases) {
    assert.equal(canonical(argv.split(" "), program).join(" "), tokens, argv);
  }
});

Deno.test("flags that contradict each other or have no truth value are usage errors", () => {
  const cases: [argv: string, message: RegExp][] = [
    ["up --build --no-build", /^Cannot combine --build with --no-build: /],
    ["up --no-build=true --build=1", /^Cannot combine --build with --no-build: /],
    ["up --build=yes", /^Cannot read --build=yes: /],
    ["up --build=", /^Cannot read --build=: /],
    ["up -D=no", /^Cannot read --debug=no: /],
  ];
  for (const [argv, message] of cases) {
    assert.throws(() => canonical(argv.split(" "), program), (error: unknown) => {
      assert(error instanceof KerekError);
      assert.match(error.message, message);
      assert.equal(error.exitCode, 2);
      return true;
    });
  }
});
