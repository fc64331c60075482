import type { MergePreview } from "@/api/merge";
import { MOST_MERGED } from "@/api/merge";
import type { FieldMeta, FieldValue, ObjectMeta, RecordData } from "@/api/types";
import { asReferences, isEmptyValue, sameValue } from "@/fields/values";

/** Of which record a field's value is taken, where that was chosen by hand. */
export type Taken = { [field: string]: string };

const ID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i;

/** The records an address names, each once. */
export function idsOf(text: string | undefined): string[] {
  const ids = (text ?? "").split(",").map((id) => id.trim().toLowerCase());
  return [...new Set(ids.filter((id) => ID.test(id)))].slice(0, MOST_MERGED);
}

/** How much a record says. */
export function filledCount(object: ObjectMeta, record: RecordData): number {
  return object.fields.filter((field) => !field.computed && !isEmptyValue(record[field.name])).length;
}

/** The record that stays unless somebody chooses another: the one that says most, of equals the oldest. */
export function likelySurvivor(object: ObjectMeta, records: RecordData[]): string | null {
  const [best] = [...records].sort(
    (left, right) =>
      filledCount(object, right) - filledCount(object, left) ||
      (left.created_at ?? "").localeCompare(right.created_at ?? ""),
  );
  return best?.id ?? null;
}

/**
 * Why a field is worth looking at: `differs` where values contradict each other, `filled` where the survivor gets a
 * value it lacks, `same` where nothing changes.
 */
export type RowKind = "differs" | "filled" | "same";

export interface MergeRow {
  field: FieldMeta;
  kind: RowKind;
  /** The record whose value stays; null where all values stay, or there is none. */
  chosen: string | null;
  mayChoose: boolean;
  /** Its values are many: all of them can stay. */
  many: boolean;
  outcome: FieldValue | undefined;
}

/** Links, of which a record can have those of several; a choice of several options is one value. */
const MANY = new Set(["many_to_many", "tags"]);

export const holdsMany = (field: FieldMeta): boolean => MANY.has(field.type);

/** All values of the records, each once, in their order. */
function unionOf(records: RecordData[], name: string): FieldValue {
  const all = records.flatMap((record) => (Array.isArray(record[name]) ? (record[name] as FieldValue[]) : []));
  const seen = new Set<string>();
  return all.filter((value) => {
    const key = asReferences([value])[0]?.id ?? JSON.stringify(value);
    return !seen.has(key) && seen.add(key);
  });
}

/** The fields in the order they are looked at: what contradicts itself, what comes along, then what is the same. */
export function mergeRows(
  object: ObjectMeta,
  preview: Pick<MergePreview, "fields" | "problems">,
  records: RecordData[],
  survivor: string,
  taken: Taken,
): MergeRow[] {
  const order: RowKind[] = ["differs", "filled", "same"];
  const kept = records.find((record) => record.id === survivor);
  const inTrouble = new Set(preview.problems.map((problem) => problem.field.split(".")[0]));
  const rows = preview.fields.flatMap((merged): MergeRow[] => {
    const field = object.fields.find((one) => one.name === merged.name);
    if (!field) return [];
    const many = holdsMany(field);
    const chosen = taken[field.name] ?? merged.chosen;
    const from = records.find((record) => record.id === chosen);
    const outcome = from ? from[field.name] : many ? unionOf(records, field.name) : undefined;
    if (isEmptyValue(outcome) && records.every((record) => isEmptyValue(record[field.name]))) return [];
    // A field in trouble must be in sight, whatever else is to be said of it.
    const differs = merged.differs || inTrouble.has(field.name);
    // Whatever is chosen, a field stays where it is in the table.
    const lacks = records.some(
      ({ [field.name]: value }) => !isEmptyValue(value) && !sameValue(value, kept?.[field.name]),
    );
    const kind = differs ? "differs" : lacks ? "filled" : "same";
    return [{ field, kind, chosen, mayChoose: merged.may_choose, many, outcome }];
  });
  return rows.sort((left, right) => order.indexOf(left.kind) - order.indexOf(right.kind));
}

/** What was chosen by hand, less what does not belong to these records any more. */
export function stillTaken(taken: Taken, records: string[]): Taken {
  return Object.fromEntries(Object.entries(taken).filter(([, id]) => records.includes(id)));
}

/** With another choice; null lets all values stay. */
export function withChoice(taken: Taken, field: string, id: string | null): Taken {
  const { [field]: _before, ...rest } = taken;
  return id === null ? rest : { ...rest, [field]: id };
}
