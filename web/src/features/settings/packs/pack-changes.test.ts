import { describe, expect, it } from "vitest";
import type { PackChange } from "@/api/packs";
import { changeLines, countParts } from "./pack-changes";

const change = (verb: PackChange["verb"], part: PackChange["part"], name: string, object?: string): PackChange => ({
  verb,
  part,
  name,
  ...(object ? { object } : {}),
  label: { "zh-CN": name, en: name },
});

const changes = [
  change("add", "object", "unit", "unit"),
  change("add", "object", "visit", "visit"),
  change("remove", "field", "old", "account"),
  change("add", "field", "budget", "account"),
  change("add", "field", "layout", "account"),
  change("add", "field", "budget", "lead"),
  change("change", "role", "consultant"),
];

describe("what a pack changes", () => {
  it("is told in a line for each kind and object, what comes before what goes", () => {
    const told = changeLines(changes).map(({ verb, part, object, changes }) => [
      verb,
      part,
      object,
      changes.map(({ name }) => name).join(),
    ]);
    expect(told).toEqual([
      ["add", "object", null, "unit,visit"],
      ["add", "field", "account", "budget,layout"],
      ["add", "field", "lead", "budget"],
      ["change", "role", null, "consultant"],
      ["remove", "field", "account", "old"],
    ]);
  });

  it("is counted by its parts", () => {
    expect(countParts(changes)).toEqual({ object: 2, field: 4, role: 1 });
  });
});
