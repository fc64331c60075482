import { describe, expect, it } from "vitest";
import type { Meta, ObjectMeta } from "@/api/types";
import { areaOf, areaQuery } from "./area-model";

const state = {
  name: "stage",
  options: [{ value: "new" }, { value: "won", closed: true, won: true }, { value: "lost", closed: true }],
};
const object = (name: string, fields: object[], board: string | null = null): ObjectMeta =>
  ({
    name,
    title_field: "name",
    fields,
    views: { board: board ? { group_by: board } : null },
  }) as unknown as ObjectMeta;

describe("the page of an area", () => {
  const owner = { name: "owner" };
  const deal = object("deal", [state, owner], "stage");
  const product = object("product", [{ name: "name" }]);

  it("has the objects of its group that the caller may see, in their order", () => {
    const meta = {
      objects: [deal, product],
      navigation: [{ app: "sales", label: { "zh-CN": "销售", en: "Sales" }, objects: ["product", "secret", "deal"] }],
    } as unknown as Meta;
    expect(areaOf(meta, "sales")?.objects.map((one) => one.name)).toEqual(["product", "deal"]);
    expect(areaOf(meta, "nothing")).toBeNull();
  });

  it("shows one's own records that are not done, where they have an end", () => {
    const { kind, query } = areaQuery(deal);
    expect(kind).toBe("open");
    expect(query.filter).toBe(`owner == me.id && !(stage in ["won", "lost"])`);
    expect(query.fields).toBe("name,stage,updated_at");
  });

  it("shows one's own, or the latest, where there is no more to tell them by", () => {
    expect(areaQuery(object("note", [owner]))).toMatchObject({ kind: "own", filter: "owner == me.id" });
    const { kind, query } = areaQuery(product);
    expect([kind, query.filter, query.fields]).toEqual(["latest", undefined, "name,updated_at"]);
  });
});
