import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";

/** What each folder of src/ may import besides itself. Features also never import each other. */
const allowed: Record<string, string[]> = {
  api: [],
  i18n: ["api"],
  ui: ["api", "i18n"],
  realtime: ["api"],
  // A rich text is edited together with others, which is live news of its own.
  fields: ["api", "i18n", "ui", "realtime"],
  engine: ["api", "i18n", "ui", "fields", "realtime"],
  features: ["api", "i18n", "ui", "fields", "engine", "realtime"],
  app: ["api", "i18n", "ui", "fields", "engine", "features", "realtime"],
};

const source = join(import.meta.dirname, "..");
const files = readdirSync(source, { recursive: true, encoding: "utf8" }).filter((file) => /\.tsx?$/.test(file));

/** Sheets whose classes others build on, and a class that a list adds to. */
const SHARED_SHEETS = new Set(["ui/global.css", "fields/fields.css"]);
const BUILT_ON = new Set(["gx-object-header"]);

/** Classes that more than one of these sheets has a rule for, as `pattern` finds them. */
function styledTwice(sheets: string[], pattern: RegExp): string[] {
  const owners = new Map<string, Set<string>>();
  for (const sheet of sheets) {
    const text = readFileSync(join(source, sheet), "utf8").replaceAll(/\/\*.*?\*\//gs, "");
    for (const [, name = ""] of text.matchAll(pattern)) owners.set(name, (owners.get(name) ?? new Set()).add(sheet));
  }
  expect(owners.size).toBeGreaterThan(200);
  const several = [...owners].filter(([name, found]) => found.size > 1 && !BUILT_ON.has(name));
  return several.map(([name, found]) => `${name}: ${[...found].join(", ")}`);
}

describe("the source tree", () => {
  it("styles a class in one sheet, for all of them are one file in the end", () => {
    const sheets = readdirSync(source, { recursive: true, encoding: "utf8" }).filter((file) => file.endsWith(".css"));
    const own = sheets.filter((file) => !SHARED_SHEETS.has(file));
    expect(styledTwice(own, /(?:^|[,{}])\s*\.(gx-[\w-]+)/g)).toEqual([]);
    expect(styledTwice(sheets, /(?:^|[,{}])\s*\.(gx-[\w-]+)(?=\s*[,{])/g)).toEqual([]);
  });

  it("imports one way", () => {
    const wrong: string[] = [];
    for (const file of files) {
      const [folder = "", area = ""] = file.split("/");
      const may = allowed[folder];
      if (!may) continue;
      for (const match of readFileSync(join(source, file), "utf8").matchAll(
        /from "@\/([^"]+)"|import\("@\/([^"]+)"\)/g,
      )) {
        const [target = "", targetArea = ""] = (match[1] ?? match[2] ?? "").split("/");
        const sameFeature = folder === "features" && target === "features" && area === targetArea;
        if (target === folder && (folder !== "features" || sameFeature)) continue;
        if (!may.includes(target)) wrong.push(`${file} imports ${target}/${targetArea}`);
      }
    }
    expect(wrong).toEqual([]);
    expect(files.length).toBeGreaterThan(50);
  });

  it("keeps component files under 300 lines", () => {
    const long = files.filter(
      (file) => readFileSync(join(source, file), "utf8").split("\n").length > 300 && file.endsWith(".tsx"),
    );
    expect(long).toEqual([]);
  });
});
