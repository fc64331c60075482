import type {
  IndexDefinition,
  ObjectDefinition,
  RecordViewDefinition,
  RuleDefinition,
  StoredObject,
  ViewsDefinition,
} from "@/api/schema";
import type { Label } from "@/api/types";
import { fullLabel } from "./field-draft";

export interface ObjectLooks {
  label: Label;
  plural: Label;
  help: Label;
  icon: string;
  color: string;
}

function filled(label: Label, fallback: Label): Label {
  return fullLabel(label) ?? fallback;
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

/** What names of lists, sections and rules begin with that are added to a standard object. */
const OWN_PREFIX = "custom_";

/** A free name for something added to an object. */
export function freeName(stored: StoredObject, kind: string, taken: string[]): string {
  const base = stored.origin === "custom" ? kind : `${OWN_PREFIX}${kind}`;
  for (let number = taken.length + 1; ; number += 1) {
    if (!taken.includes(`${base}_${number}`)) return `${base}_${number}`;
  }
}

/**
 * What the server tells of an object, as it takes it back: without what it added by itself. Fields of a standard object
 * are changed one by one, so they stay away.
 */
export function definitionOfObject(stored: StoredObject): ObjectDefinition {
  const {
    app: _app,
    origin: _origin,
    standard: _standard,
    settled: _settled,
    instead_of_standard: _instead,
    field,
    ...rest
  } = stored;
  if (stored.origin !== "custom") return { ...rest, field: [] } as ObjectDefinition;
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

/** Parts of views to change; undefined takes one away. */
type ViewsChange = { [Part in keyof ViewsDefinition]?: ViewsDefinition[Part] | undefined };

export function withViews(stored: StoredObject, change: ViewsChange): ObjectDefinition {
  const definition = definitionOfObject(stored);
  const views = { ...definition.views, ...change };
  // An absent board is no board; a key that holds nothing is none.
  return { ...definition, views: Object.fromEntries(Object.entries(views).filter(([, value]) => value !== undefined)) };
}

/** What is the standard's of an object: its own state where nothing was changed; nothing where it is an own object. */
export function standardOf(stored: StoredObject): Omit<ObjectDefinition, "field"> | null {
  return stored.origin === "custom" ? null : (stored.standard ?? stored);
}

export function withRecordView(stored: StoredObject, change: Partial<RecordViewDefinition>): ObjectDefinition {
  return withViews(stored, { record: { ...stored.views?.record, ...change } });
}

export function withIndexes(stored: StoredObject, index: IndexDefinition[]): ObjectDefinition {
  const { index: _index, ...rest } = definitionOfObject(stored);
  return { ...rest, ...(index.length > 0 ? { index } : {}) } as ObjectDefinition;
}

export function withRules(stored: StoredObject, rules: RuleDefinition[]): ObjectDefinition {
  const { rule: _rule, ...rest } = definitionOfObject(stored);
  return { ...rest, ...(rules.length > 0 ? { rule: rules } : {}) } as ObjectDefinition;
}
