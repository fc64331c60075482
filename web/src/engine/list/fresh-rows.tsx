import { ArrowUpOutlined } from "@ant-design/icons";
import { Button } from "antd";
import { useEffect, useMemo, useRef } from "react";
import { useTranslation } from "react-i18next";
import type { ChangeEvent, FieldValues, ObjectMeta, RecordData } from "@/api/types";
import { MOST_FRESH, useClearFresh, useFresh } from "@/realtime/store";
import { conditionHolds } from "../expression/evaluate";
import { recordScope, type Viewer } from "../expression/record-scope";
import { useViewer } from "../viewer";

interface FreshRowsProps {
  object: ObjectMeta;
  filter: string;
  items: RecordData[];
  /** The list is being read anew: whatever is new will be in it. */
  reading: boolean;
  onShow: () => void;
}

/** The new records that belong into a list: those its filter lets through, as far as the browser can tell. */
export function freshOf(
  object: ObjectMeta,
  filter: string,
  items: Pick<RecordData, "id">[],
  fresh: readonly ChangeEvent[],
  viewer: Viewer,
): number {
  const there = new Set(items.map((item) => item.id));
  return fresh.filter((event) => {
    if (event.id === null || there.has(event.id)) return false;
    if (filter === "") return true;
    const values: FieldValues = Object.fromEntries(event.changes.map((change) => [change.field, change.new]));
    // What only the server can tell counts: better a row too many announced than one never shown.
    return conditionHolds(filter, recordScope(object.fields, values, viewer)) ?? true;
  }).length;
}

/** "3 new": rows that others made wait here, so that nothing moves under the pointer. */
export function FreshRows({ object, filter, items, reading, onShow }: FreshRowsProps) {
  const { t } = useTranslation();
  const viewer = useViewer();
  const fresh = useFresh(object.name);
  const clear = useClearFresh(object.name);
  const number = useMemo(
    // An empty list is read again by itself: nothing moves there.
    () => (fresh.length > 0 && items.length > 0 ? freshOf(object, filter, items, fresh, viewer) : 0),
    [object, filter, items, fresh, viewer],
  );
  const wasReading = useRef(reading);
  useEffect(() => {
    if (wasReading.current && !reading) clear();
    wasReading.current = reading;
  }, [reading, clear]);
  // What was new to another list of the object is not new to the one opened next, which is read as it is.
  useEffect(() => clear, [clear]);
  return (
    <div className="gx-fresh" role="status">
      {number > 0 ? (
        <Button
          type="primary"
          size="small"
          shape="round"
          icon={<ArrowUpOutlined />}
          onClick={() => {
            clear();
            onShow();
          }}
        >
          {t("list.fresh", { n: number >= MOST_FRESH ? `${MOST_FRESH}+` : number })}
        </Button>
      ) : null}
    </div>
  );
}
