import assert from "node:assert/strict";
import { temporaryFolder } from "./temporary_folder.ts";

Deno.test("a temporary folder is for this user alone, in the first place that takes it", async () => {
  const root = await Deno.makeTempDir();
  try {
    const made = await temporaryFolder("kerek-test-", [`${root}/missing`, root]);
    assert.ok(made.startsWith(`${root}/kerek-test-`), made);
    assert.equal((await Deno.stat(made)).mode! & 0o777, 0o700);
  } finally {
    await Deno.remove(root, { recursive: true });
  }
});

Deno.test("without any place, it is said where was tried", async () => {
  const error = await temporaryFolder("kerek-test-", ["/no/such/place"]).catch((error) => error);
  assert.match(error.message, /^Cannot make a temporary folder: /);
  assert.match(error.details.join(), /^\/no\/such\/place: /);
});
