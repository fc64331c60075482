import type { RecordData, SelectOption } from "@/api/types";
import { asReference, asStrings } from "@/fields/values";
import { isKey } from "../filter/is-key";
import { findField } from "../meta";
import { useRecordList } from "../records";
import type { ColumnSettings } from "./hints";

/** What the settings of the step a record stands in say of the ways out of it. */
export interface StepLimits {
  /** Where it may go on to; anywhere where empty. */
  next: string[];
  /** Whether it may go back to an earlier step, or be opened again. */
  back: boolean;
}

const NEXT = "next";
const BACK = "may_roll_back";

/** Those of a record; null where there are none, or until they are known. */
export function useStepLimits(settings: ColumnSettings | null, record: RecordData): StepLimits | null {
  const shared = settings ? (asReference(record[settings.of.name])?.id ?? null) : null;
  const names = settings ? [NEXT, BACK].filter((name) => findField(settings.object, name) !== null) : [];
  const asked = settings !== null && shared !== null && names.length > 0;
  const list = useRecordList(
    settings?.object.name ?? "",
    {
      filter: asked
        ? `${isKey(settings.of.name, shared)} && ${isKey(settings.column, record[settings.column] ?? null)}`
        : "",
      fields: names.join(","),
      limit: 1,
    },
    { enabled: asked },
  );
  const found = asked && !list.isPlaceholderData ? list.data?.pages[0]?.items[0] : undefined;
  return found ? { next: asStrings(found[NEXT]), back: found[BACK] !== false } : null;
}

/** Whether a move is one that the choices and the settings allow. What else stands in its way, the server says. */
export function mayGo(options: SelectOption[], limits: StepLimits | null, from: string, to: string): boolean {
  const [here, there] = [from, to].map((value) => options.find((option) => option.value === value));
  if (from === to || !here || !there) return true;
  if (here.next && !here.next.includes(to)) return false;
  if (!limits) return true;
  if (limits.next.length > 0 && !limits.next.includes(to)) return false;
  const isBack = !there.closed && (here.closed || options.indexOf(there) < options.indexOf(here));
  return limits.back || !isBack;
}
