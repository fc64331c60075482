import { createHash } from "node:crypto";
import { readFileSync } from "node:fs";
import { expect, it } from "vitest";
import { partOf } from "../../codegen/part.mjs";

// "npm run generate -- --check", as make lint runs it, compares the whole file; this needs no generator.
it("is made from the API of today", () => {
  const document = JSON.parse(readFileSync("../docs/openapi.json", "utf8"));
  const hash = createHash("sha256")
    .update(JSON.stringify(partOf(document)))
    .digest("hex");
  const committed = readFileSync("src/api/generated/openapi.ts", "utf8");
  expect(committed, '"npm run generate" in web/ writes it anew').toContain(`// Source: ${hash}\n`);
});
