// Writes the types of the web client from docs/openapi.json; with --check only says whether they are those of today.
//
// A package of its own, because the generator needs a compiler that can be called from a program, which TypeScript 7,
// with which the web app is checked, is not.
import { createHash } from "node:crypto";
import { readFileSync, writeFileSync } from "node:fs";
import openapiTS, { astToString } from "openapi-typescript";
import ts from "typescript";
import { partOf } from "./part.mjs";

const source = new URL("../../docs/openapi.json", import.meta.url);
const target = new URL("../src/api/generated/openapi.ts", import.meta.url);

const part = partOf(JSON.parse(readFileSync(source, "utf8")));
const hash = createHash("sha256").update(JSON.stringify(part)).digest("hex");
// A type that refers to itself needs a name of its own, which a member of `components` is not.
const inject = "export type Json = null | boolean | number | string | Json[] | { [key: string]: Json };";
const transform = (_schema, { path }) =>
  path === "#/components/schemas/Json" ? ts.factory.createTypeReferenceNode("Json") : undefined;
// What has a default may be left out of a request.
const types = astToString(await openapiTS(part, { defaultNonNullable: false, inject, transform, silent: true }));
const text = `// @generated from docs/openapi.json by "npm run generate"; never edited.\n// Source: ${hash}\n\n${types}`;

if (!process.argv.includes("--check")) {
  writeFileSync(target, text);
} else if (readFileSync(target, "utf8") !== text) {
  console.error('web/src/api/generated/openapi.ts is stale: "npm run generate" in web/ writes it anew');
  process.exit(1);
}
