import { useMemo } from "react";
import type { ObjectMeta } from "@/api/types";
import { allOf, useAggregate } from "../aggregate";
import { findField } from "../meta";
import { useRecordList } from "../records";
import type { ColumnSettings } from "./hints";
import { type OverLimit, overLimits } from "./limits";

/** Who has more cards than the settings of a column want, among those the board shows. */
export function useOverLimits(
  object: ObjectMeta,
  groupBy: string,
  settings: ColumnSettings | null,
  what: { filter: string; q: string },
): OverLimit[] {
  const owned = findField(object, "owner") !== null;
  const list = useRecordList(
    settings?.object.name ?? "",
    {
      filter: settings ? `${settings.limit} > 0` : "",
      fields: settings ? `${settings.column},${settings.limit},${settings.of.name}` : "",
      limit: 200,
    },
    { enabled: settings !== null && owned },
  );
  const records = useMemo(() => list.data?.pages.flatMap((page) => page.items) ?? [], [list.data]);
  const filter = allOf(what.filter);
  const counts = useAggregate(
    object.name,
    {
      group_by: `${groupBy},owner,${settings?.of.name ?? ""}`,
      measures: "count",
      ...(filter ? { filter } : {}),
      ...(what.q ? { q: what.q } : {}),
    },
    { enabled: settings !== null && records.length > 0 },
  );
  return useMemo(() => (settings ? overLimits(counts.data, records, settings) : []), [settings, counts.data, records]);
}
