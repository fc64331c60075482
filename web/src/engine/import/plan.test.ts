import { describe, expect, it } from "vitest";
import type { ImportColumn, ImportTarget } from "@/api/imports";
import { plainField } from "@/api/plain-field";
import type { Meta, ObjectMeta } from "@/api/types";
import { initialMapping } from "./mapping";
import {
  draftOf,
  emptyPart,
  freeKey,
  furtherObjects,
  givenFields,
  guessedPart,
  linkChoices,
  linked,
  type PartDraft,
  type PlanDraft,
  planInput,
  withoutPart,
  withPart,
  yielded,
} from "./plan";

const label = (text: string) => ({ "zh-CN": text, en: text });
const reference = (name: string, target: string, more = {}) =>
  plainField(name, "reference", label(name), { target, ...more });
const object = (name: string, fields: ObjectMeta["fields"], mayImport = true) =>
  ({ name, label: label(name), internal: false, access: { import: mayImport }, fields }) as unknown as ObjectMeta;
const meta = {
  objects: [
    object("account", [plainField("name", "text", label("name")), reference("parent", "account")]),
    object("contact", [plainField("name", "text", label("name")), reference("account", "account")]),
    object("opportunity", [
      reference("competitor_account", "account"),
      reference("account", "account", { required: true }),
      reference("contact", "contact"),
    ]),
    object("receipt", [reference("opportunity", "opportunity")]),
    object("secret", [reference("account", "account")], false),
  ],
} as unknown as Meta;
const target = (path: string, matchable = false): ImportTarget => ({
  path,
  label: label(path),
  type: "text",
  required: false,
  matchable,
});
const columns: ImportColumn[] = [
  { index: 0, header: "客户", samples: [], field: "name", confidence: 1 },
  { index: 1, header: "所属", samples: [], field: "account", confidence: 1 },
];
const part = (key: string, name: string): PartDraft => {
  const fields = [target("name", true), target("account")];
  return emptyPart(key, name, fields, initialMapping({ columns, fields }));
};
const of = (...parts: PartDraft[]): PlanDraft => ({ parts, owners: null, departments: null });

describe("what is made of a row", () => {
  it("offers objects that name a part or are named by one, and may be imported", () => {
    const names = (draft: PlanDraft) => furtherObjects(meta, draft).map((one) => one.name);
    expect(names(of(part("", "account")))).toEqual(["account", "contact", "opportunity"]);
    expect(names(of(part("", "account"), part("opportunity", "opportunity")))).toContain("receipt");
    expect(names(of(part("", "contact")))).toEqual(["account", "opportunity"]);
  });

  it("links a new part to the main record, by the required field where there is one, and frees its column", () => {
    const draft = linked(meta, of(part("", "account"), part("opportunity", "opportunity")), "opportunity");
    expect(draft.parts[1]?.links).toEqual([{ field: "account", to: "" }]);
    expect(draft.parts[1]?.mapping[1]?.field).toBeNull();
  });

  it("shares the columns out: to the part that is surest, and by what the object is called", () => {
    const columnsAs = (...guesses: [string, string | null, number][]): ImportColumn[] =>
      guesses.map(([header, field, confidence], index) => ({ index, header, samples: [], field, confidence }));
    const fields = [target("name"), target("phone"), target("mobile")];
    const contact = { ...(meta.objects[1] as ObjectMeta), title_field: "name" };
    const main = emptyPart(
      "",
      "account",
      fields,
      initialMapping({
        fields,
        columns: columnsAs(["客户名称", "name", 1], ["contact", null, 0], ["手机", "phone", 0.5]),
      }),
    );
    const guess = {
      object: "contact",
      fields,
      columns: columnsAs(["客户名称", "name", 0.9], ["contact", null, 0], ["手机", "mobile", 1]),
    };
    const also = guessedPart(of(main), contact, "contact", guess);
    expect(also.mapping.map((choice) => choice.field)).toEqual([null, "name", "mobile"]);
    const left = (draft: PlanDraft) => yielded(draft, "contact").parts[0]?.mapping.map((choice) => choice.field);
    expect(left(of(main, also))).toEqual(["name", null, null]);
    const said = { ...main, mapping: main.mapping.map((choice) => ({ ...choice, guessed: false })) };
    expect(left(of(said, also))).toEqual(["name", null, "phone"]);
  });

  it("links the main record to the part where only that way is there", () => {
    const draft = linked(meta, of(part("", "contact"), part("account", "account")), "account");
    expect(draft.parts[0]?.links).toEqual([{ field: "account", to: "account" }]);
    expect(draft.parts[1]?.links).toEqual([]);
  });

  it("goes in no circle", () => {
    const two = linked(meta, of(part("", "account"), part("account", "account")), "account");
    expect(two.parts[1]?.links).toEqual([{ field: "parent", to: "" }]);
    expect(linkChoices(meta, two, two.parts[0] as PartDraft)).toEqual([]);
  });

  it("takes links away with the part they lead to", () => {
    const draft = linked(meta, of(part("", "contact"), part("account", "account")), "account");
    expect(withoutPart(draft, "account").parts.map((one) => [one.key, one.links])).toEqual([["", []]]);
    expect(freeKey(of(part("", "account"), part("contact", "contact")), "contact")).toBe("contact_2");
  });

  it("forgets a match that lost its field, counts every way a field is given", () => {
    const main = { ...part("", "account"), match: { fields: ["name"], on_match: "skip" as const } };
    const given = { ...main, constants: [{ field: "level", value: "a" }], computed: [{ field: "x", expression: "1" }] };
    expect([...givenFields(given)]).toEqual(["name", "account", "level", "x"]);
    const unmapped = main.mapping.map((choice) => ({ ...choice, field: null }));
    expect(withPart(of(main), { ...main, mapping: unmapped }).parts[0]?.match).toBeNull();
  });

  it("says the plan as the server takes it, and reads it back", () => {
    const draft = linked(meta, of(part("", "account"), part("contact", "contact")), "contact");
    const main = {
      ...(draft.parts[0] as PartDraft),
      match: { fields: ["name"], on_match: "fill" as const, overwrite: ["name"] },
      constants: [{ field: "owner_of", value: { id: "u-1", label: "王芳" } }],
    };
    const plan = planInput({ ...withPart(draft, main), owners: { by: "turns", members: ["u-1", "u-2"] } });
    expect(plan).toEqual({
      mapping: [
        { column: 0, field: "name" },
        { column: 1, field: "account" },
      ],
      match: { fields: ["name"], on_match: "fill" },
      constants: [{ field: "owner_of", value: "u-1" }],
      also: [
        {
          key: "contact",
          object: "contact",
          mapping: [
            { column: 0, field: "name" },
            { column: 1, field: null },
          ],
          match: null,
          links: [{ field: "account", to: "" }],
        },
      ],
      owners: { by: "turns", members: ["u-1", "u-2"] },
    });
    const fields = new Map([
      ["account", main.fields],
      ["contact", main.fields],
    ]);
    expect(planInput(draftOf(plan, "account", columns, fields))).toEqual(plan);
  });
});
