import { ArrowUpOutlined } from "@ant-design/icons";
import { Button } from "antd";
import { useCallback, useEffect, useRef } from "react";
import { useTranslation } from "react-i18next";
import type { FieldValues, ObjectMeta } from "@/api/types";
import { liveStore, MOST_FRESH, useCalmList, useComing } from "@/realtime/store";
import { conditionHolds } from "../expression/evaluate";
import { recordScope, type Viewer } from "../expression/record-scope";
import { useViewer } from "../viewer";
import "./news.css";

/** Whether a record with these values belongs into a list, as far as the browser can tell. */
export function belongs(object: ObjectMeta, filter: string, values: FieldValues, viewer: Viewer): boolean | null {
  return filter === "" ? true : conditionHolds(filter, recordScope(object.fields, values, viewer));
}

/** Keeps the rows of a list where they are while it is on the screen; `list` is the hash of its key. */
export function useCalmRows(list: string, object: ObjectMeta, filter: string): void {
  const viewer = useViewer();
  const judge = useCallback((values: FieldValues) => belongs(object, filter, values, viewer), [object, filter, viewer]);
  useCalmList(list, judge);
}

interface FreshRowsProps {
  /** The list, by the hash of its key. */
  list: string;
  items: { id: string }[];
  /** The list is being read anew: whatever is new will be in it. */
  reading: boolean;
  onShow: () => void;
}

/** "3 new": rows that others made or that came in wait here, so that nothing moves under the pointer. */
export function FreshRows({ list, items, reading, onShow }: FreshRowsProps) {
  const { t } = useTranslation();
  const coming = useComing(list);
  // An empty list is read again by itself: nothing moves there.
  const number = items.length > 0 ? [...coming].filter((id) => !items.some((item) => item.id === id)).length : 0;
  const before = useRef<ReadonlySet<string> | null>(null);
  useEffect(() => {
    if (reading) {
      before.current ??= liveStore.newsOf(list);
      return;
    }
    // What came while it was being read may not be in it yet.
    if (before.current) liveStore.takeBack(list, before.current);
    before.current = null;
  }, [reading, list]);
  return (
    <div className="gx-fresh" role="status">
      {number > 0 ? (
        <Button
          type="primary"
          size="small"
          shape="round"
          icon={<ArrowUpOutlined />}
          onClick={() => {
            liveStore.takeBack(list, coming);
            onShow();
          }}
        >
          {t("list.fresh", { n: number >= MOST_FRESH ? `${MOST_FRESH}+` : number })}
        </Button>
      ) : null}
    </div>
  );
}
