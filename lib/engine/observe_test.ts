import assert from "node:assert/strict";
import { rehearsal } from "./rehearsal.ts";

Deno.test("a rehearsal tells which containers Compose would replace or stop", () => {
  const cases: [output: string, recreated: string[], stopped: string[]][] = [
    // Compose 2.26
    [
      " DRY-RUN MODE -  Network shop_front  Creating\n" +
      " DRY-RUN MODE -  Network shop_front  Created\n" +
      " DRY-RUN MODE -  Container shop-new-1  Creating\n" +
      " DRY-RUN MODE -  Container shop-web-1  Recreate\n" +
      " DRY-RUN MODE -  Container shop-db-1  Running\n" +
      " DRY-RUN MODE -  Container shop-new-1  Created\n" +
      " DRY-RUN MODE -  Container shop-web-1  Recreated\n",
      ["shop-web-1"],
      ["shop-web-1"],
    ],
    // Compose 2.40
    [
      " Container shop-web-1 Stopping \n Container shop-web-1 Stopped \n" +
      " Network shop_front Removing \n Network shop_front Removed \n" +
      " Container shop-web-2 Creating \n Container shop-web-2 Created \n",
      [],
      ["shop-web-1"],
    ],
    [" DRY-RUN MODE -  Container shop-web-1 Recreate \n", ["shop-web-1"], ["shop-web-1"]],
    [" Container a-b-1  Removing\n Container a-b-1  Removed\n", [], ["a-b-1"]],
    // A name is not taken for what happens.
    [" Container shop-Recreate-1  Created\n Network Stopped  Created\n", [], []],
    ["end of 'compose up' output, interactive run is not supported in dry-run mode\n", [], []],
    ["", [], []],
  ];
  for (const [output, recreated, stopped] of cases) {
    const found = rehearsal(output);
    assert.deepEqual([[...found.recreated], [...found.stopped]], [recreated, stopped], output);
  }
});
