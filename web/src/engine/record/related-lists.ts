import type { ObjectMeta, RecordData, RelatedListMeta } from "@/api/types";
import { conditionHolds } from "../expression/evaluate";
import { recordScope, type Viewer } from "../expression/record-scope";

/** The related lists that a record like this one has; what the browser cannot tell is shown. */
export function relatedLists(object: ObjectMeta, record: RecordData, viewer: Viewer): RelatedListMeta[] {
  const scope = recordScope(object.fields, record, viewer);
  return object.views.record.related.filter(
    (list) => !list.visible_when || conditionHolds(list.visible_when, scope) !== false,
  );
}
