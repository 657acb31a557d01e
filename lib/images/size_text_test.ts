import assert from "node:assert/strict";
import { rateText, sizeText } from "./size_text.ts";

Deno.test("sizes and rates read well", () => {
  const sizes: [number, string][] = [
    [0, "0 B"],
    [999, "999 B"],
    [1000, "1 kB"],
    [12_345, "12.3 kB"],
    [999_900, "1 MB"],
    [1_500_000_000, "1.50 GB"],
  ];
  for (const [bytes, text] of sizes) assert.equal(sizeText(bytes), text);
  assert.equal(rateText(2_000_000, 4000), "2 MB in 4.0 s, 500 kB/s");
  assert.equal(rateText(0, 0), "0 B in 0.0 s");
});
