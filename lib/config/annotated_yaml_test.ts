import assert from "node:assert/strict";
import { parseYaml } from "../deps/yaml.ts";
import { annotatedYaml, Setting, type SettingTree, type Value } from "./annotated_yaml.ts";

const setting = (value: Value) => new Setting(value, "here");

Deno.test("each value has its origin behind it", () => {
  const tree: SettingTree = {
    web: {
      order: new Setting("start-first", "default"),
      gates: [
        { tcp: new Setting(80, "x-kerek.gates[0].tcp"), timeout: new Setting("1m", "default") },
        { http: { port: new Setting(1, "a"), path: new Setting("/", "b") } },
      ],
      mark: new Setting(["touch", "/a b"], "c"),
    },
    "123": { environment: new Setting({ A: "b" }, "d") },
  };
  assert.deepEqual(annotatedYaml(tree), [
    // Numbers come first, as JavaScript orders keys.
    '"123":',
    "  environment: {A: b}  # d",
    "web:",
    "  order: start-first  # default",
    "  gates:",
    "    - tcp: 80  # x-kerek.gates[0].tcp",
    "      timeout: 1m  # default",
    "    - http:",
    "        port: 1  # a",
    "        path: /  # b",
    '  mark: [touch, "/a b"]  # c',
  ]);
});

Deno.test("whatever the values are, the text is YAML that means the same", () => {
  const texts = [
    ..."true,No,null,~,-,--,---,-c,1,0x1,1e3,1s,1m30s,a: b,a #b,#,[,{,*a,&a,!a,%a,@a,`,'".split(
      ",",
    ),
    ...["", " ", "a,b", "a\nb", '"', "start-first", "/bin/sh", "$HOME", "é", "200 to 399", "a:"],
  ];
  for (const text of texts) {
    for (const value of [text, [text, text], { [text]: text }]) {
      const [line] = annotatedYaml({ key: setting(value) });
      assert.deepEqual(parseYaml(line), { key: value }, line);
    }
    const lines = annotatedYaml({ [text]: { inner: setting(1) } });
    assert.deepEqual(parseYaml(lines.join("\n")), { [text]: { inner: 1 } }, text);
  }
});
