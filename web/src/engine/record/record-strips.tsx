import { Suspense } from "react";
import { useMeta } from "../meta";
import { type RecordStripProps, recordStrips } from "./record-panels";

/** What features say of any record: how good its data is, which processes run about it. */
export function RecordStrips(props: RecordStripProps) {
  const meta = useMeta();
  return recordStrips
    .filter(({ offered }) => offered(meta, props.object))
    .map(({ name, strip: Strip }) => (
      <Suspense key={name} fallback={null}>
        <Strip {...props} />
      </Suspense>
    ));
}
