import { useMemo } from "react";
import type { FieldMeta, Meta, ObjectMeta, RecordData } from "@/api/types";
import { asReference, asStrings } from "@/fields/values";
import { findObject, useMeta } from "../meta";
import { useRecordList } from "../records";

/**
 * What says which of the choices a record goes through: a reference whose target lists them, such as the stages of a
 * pipeline. Known by the list sharing its choices with the column, never by the object.
 */
export interface StepSource {
  /** The reference, a field of the record. */
  of: FieldMeta;
  /** What it refers to. */
  object: ObjectMeta;
  /** The field of that with the choices used. */
  list: FieldMeta;
}

export function stepSourceOf(meta: Meta, object: ObjectMeta, column: string): StepSource | null {
  const shared = `${object.name}.${column}`;
  for (const of of object.fields) {
    const target = of.type === "reference" && of.target ? findObject(meta, of.target) : null;
    const list = target?.fields.find((field) => field.type === "multi_select" && field.options_of === shared);
    if (target && list) return { of, object: target, list };
  }
  return null;
}

/** Which choices each of those that list them uses; empty where nothing lists any, or until it is known. */
export type StepSets = ReadonlyMap<string, ReadonlySet<string>>;

export const NO_SETS: StepSets = new Map();

export function stepSets(source: StepSource | null, items: RecordData[]): StepSets {
  if (!source) return NO_SETS;
  return new Map(items.map((item) => [item.id, new Set(asStrings(item[source.list.name]))]));
}

/** The lists of choices there are. */
export function useStepSets(source: StepSource | null): StepSets {
  const list = useRecordList(
    source?.object.name ?? "",
    { fields: source?.list.name ?? "", limit: 200 },
    { enabled: source !== null },
  );
  return useMemo(() => stepSets(source, list.data?.pages.flatMap((page) => page.items) ?? []), [source, list.data]);
}

/** Where the choices of a column are listed elsewhere: by what, and which. */
export function useStepSource(object: ObjectMeta, column: string): { source: StepSource | null; sets: StepSets } {
  const meta = useMeta();
  const source = useMemo(() => stepSourceOf(meta, object, column), [meta, object, column]);
  const sets = useStepSets(source);
  return useMemo(() => ({ source, sets }), [source, sets]);
}

/** Whether the choice is one that lists are asked about: ends are there whatever is listed. */
const isListed = (source: StepSource, step: string) => source.list.options?.some((option) => option.value === step);

/** Whether records of `id` go through a choice; of any of them where `id` is null. What is not known is taken as used. */
export function isUsed(source: StepSource | null, sets: StepSets, id: string | null, step: string): boolean {
  if (!source || sets.size === 0 || !isListed(source, step)) return true;
  if (id === null) return [...sets.values()].some((set) => set.has(step));
  return sets.get(id)?.has(step) ?? true;
}

/** Whether this record may go through a choice. One that refers to nothing is bound by nothing. */
export function isUsedBy(source: StepSource | null, sets: StepSets, record: RecordData, step: string): boolean {
  const id = source ? (asReference(record[source.of.name])?.id ?? null) : null;
  return id === null || isUsed(source, sets, id, step);
}
