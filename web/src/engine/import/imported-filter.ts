import type { ImportProgress } from "@/api/imports";
import type { ObjectMeta } from "@/api/types";

/** More fields than these say nothing that those do not. */
const MOST_FIELDS = 12;

/** The filter for the records of an object that an import made or changed: a value in them is from it. */
export function importedFilter(object: ObjectMeta, progress: ImportProgress): string | null {
  const { plan, change_id: change } = progress;
  if (!plan || !change) return null;
  const parts = [{ ...plan, object: progress.object }, ...(plan.also ?? [])].filter(
    (part) => part.object === object.name,
  );
  const paths = parts.flatMap((part) => [
    ...(part.mapping ?? []).map((column) => column.field),
    ...(part.constants ?? []).map((constant) => constant.field),
    ...(part.computed ?? []).map((computed) => computed.field),
  ]);
  const known = new Set(
    object.fields.filter((field) => !field.computed && field.filterable).map((field) => field.name),
  );
  const given = [...new Set([object.title_field, ...paths.map((path) => path?.split(".")[0] ?? "")])];
  const fields = given.filter((name) => known.has(name)).slice(0, MOST_FIELDS);
  return fields.length > 0 ? fields.map((name) => `sourceChange(${name}) == '${change}'`).join(" || ") : null;
}
