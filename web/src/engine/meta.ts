import { useQuery, useSuspenseQuery } from "@tanstack/react-query";
import { plainField } from "@/api/plain-field";
import { metaOptions } from "@/api/queries";
import type { FieldMeta, FieldType, Label, Meta, ObjectMeta } from "@/api/types";

/** The metadata; the shell's route has loaded it before any page below it is drawn. */
export function useMeta(): Meta {
  return useSuspenseQuery(metaOptions).data;
}

/** One object, or null where the caller may not see it (or it does not exist). */
export function useObject(name: string): ObjectMeta | null {
  const meta = useQuery(metaOptions).data;
  return findObject(meta, name);
}

export function findObject(meta: Meta | undefined, name: string): ObjectMeta | null {
  return meta?.objects.find((object) => object.name === name) ?? null;
}

const SYSTEM_LABELS: Record<string, Label> = {
  created_at: { "zh-CN": "创建时间", en: "Created" },
  created_by: { "zh-CN": "创建人", en: "Created by" },
  updated_at: { "zh-CN": "更新时间", en: "Changed" },
  updated_by: { "zh-CN": "更新人", en: "Changed by" },
};

function systemField(name: string, type: FieldType): FieldMeta {
  return plainField(name, type, SYSTEM_LABELS[name] ?? { "zh-CN": name, en: name }, {
    read_only: true,
    computed: true,
    sortable: true,
    filterable: true,
    groupable: true,
    ...(type === "user" ? { target: "user" } : {}),
  });
}

/** What every record carries besides the fields of its object. */
export const systemFields: FieldMeta[] = [
  systemField("created_at", "datetime"),
  systemField("created_by", "user"),
  systemField("updated_at", "datetime"),
  systemField("updated_by", "user"),
];

export function isSystemField(name: string): boolean {
  return name in SYSTEM_LABELS;
}

export function findField(object: ObjectMeta, name: string): FieldMeta | null {
  return (
    object.fields.find((field) => field.name === name) ?? systemFields.find((field) => field.name === name) ?? null
  );
}

/** What the parts of an address are called. */
export const ADDRESS_PARTS: Record<string, Label> = {
  country: { "zh-CN": "国家", en: "Country" },
  province: { "zh-CN": "省份", en: "Province" },
  city: { "zh-CN": "城市", en: "City" },
  district: { "zh-CN": "区县", en: "District" },
  street: { "zh-CN": "街道", en: "Street" },
  postcode: { "zh-CN": "邮编", en: "Postcode" },
};

export interface ResolvedPath {
  path: string;
  /** The field at the end, its label led by those of the references passed. */
  field: FieldMeta;
  /** The object the last field belongs to. */
  object: ObjectMeta;
  depth: number;
}

/** Follows `account.owner.name` through references; null where a step is unknown or out of sight. */
export function resolvePath(meta: Meta, object: ObjectMeta, path: string): ResolvedPath | null {
  const steps = path.split(".");
  let current = object;
  const labels: Label[] = [];
  for (const [index, step] of steps.entries()) {
    const field = findField(current, step);
    if (!field) return null;
    labels.push(field.label);
    if (index === steps.length - 1) {
      const label = labels.length === 1 ? field.label : joinLabels(labels);
      return { path, field: { ...field, label }, object: current, depth: index };
    }
    const part = field.type === "address" && index === steps.length - 2 ? ADDRESS_PARTS[steps[index + 1] ?? ""] : null;
    if (part) {
      const label = joinLabels([...labels.slice(0, -1), part]);
      return { path, field: { ...field, type: "text", label, read_only: true }, object: current, depth: index + 1 };
    }
    const target = field.target ?? (field.type === "user" || field.type === "department" ? field.type : "");
    const next = findObject(meta, target);
    if (!next) return null;
    current = next;
  }
  return null;
}

function joinLabels(labels: Label[]): Label {
  const join = (locale: keyof Label) => labels.map((label) => label[locale]).join(" · ");
  return { "zh-CN": join("zh-CN"), en: join("en") };
}

/** Reads a path out of a record: related values arrive either nested or under the dotted name. */
export function readPath(record: Record<string, unknown>, path: string): unknown {
  if (path in record) return record[path];
  let current: unknown = record;
  for (const step of path.split(".")) {
    if (typeof current !== "object" || current === null) return undefined;
    current = (current as Record<string, unknown>)[step];
  }
  return current;
}
