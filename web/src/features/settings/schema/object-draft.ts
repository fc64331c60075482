import type { ObjectDefinition, RuleDefinition, StoredObject } from "@/api/schema";
import type { Label } from "@/api/types";

export interface ObjectLooks {
  label: Label;
  plural: Label;
  help: Label;
  icon: string;
  color: string;
}

function filled(label: Label, fallback: Label): Label {
  const zh = label["zh-CN"].trim();
  const en = label.en.trim();
  if (zh === "" && en === "") return fallback;
  return { "zh-CN": zh || en, en: en || zh };
}

/** The definition of a new object: one field that names its records, and a list. */
export function newObject(name: string, looks: ObjectLooks, title: Label, owned: boolean): ObjectDefinition {
  const label = filled(looks.label, { "zh-CN": name, en: name });
  const columns = owned ? ["name", "owner", "updated_at"] : ["name", "updated_at"];
  return {
    name,
    label,
    plural: filled(looks.plural, label),
    ...(looks.help["zh-CN"].trim() || looks.help.en.trim() ? { help: filled(looks.help, label) } : {}),
    icon: looks.icon,
    color: looks.color,
    title_field: "name",
    owned,
    field: [
      {
        name: "name",
        type: "text",
        label: filled(title, { "zh-CN": "名称", en: "Name" }),
        required: true,
        searchable: true,
        indexed: true,
        max_length: 200,
      },
    ],
    views: {
      list: [
        {
          name: "all",
          label: { "zh-CN": `全部${label["zh-CN"]}`, en: `All ${filled(looks.plural, label).en}` },
          columns,
          sort: "name",
        },
      ],
    },
  };
}

/** What the server tells of an object, as it takes it back: without what it added by itself. */
export function definitionOfObject(stored: StoredObject): ObjectDefinition {
  const { app: _app, origin: _origin, field, ...rest } = stored;
  const own = field.filter(
    (one) =>
      one.origin !== "system" && !(stored.owned !== false && (one.name === "owner" || one.name === "department")),
  );
  return { ...rest, field: own.map(({ origin: _fieldOrigin, ...definition }) => definition) } as ObjectDefinition;
}

export function withLooks(stored: StoredObject, looks: ObjectLooks): ObjectDefinition {
  const definition = definitionOfObject(stored);
  const label = filled(looks.label, definition.label);
  const { help: _help, ...rest } = definition;
  return {
    ...rest,
    label,
    plural: filled(looks.plural, label),
    ...(looks.help["zh-CN"].trim() || looks.help.en.trim() ? { help: filled(looks.help, label) } : {}),
    icon: looks.icon,
    color: looks.color,
  } as ObjectDefinition;
}

export function withRules(stored: StoredObject, rules: RuleDefinition[]): ObjectDefinition {
  const { rule: _rule, ...rest } = definitionOfObject(stored);
  return { ...rest, ...(rules.length > 0 ? { rule: rules } : {}) } as ObjectDefinition;
}
