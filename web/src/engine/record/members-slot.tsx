import { Suspense } from "react";
import type { ObjectMeta, RecordData } from "@/api/types";
import { activateLateTexts } from "@/i18n/i18n";
import { lazyPart } from "@/ui/lazy-part";

/** The object whose records have members: those they are shared with. */
const SPACE = "space";

/** Only a space has members. */
const MembersPanel = lazyPart(async () => {
  const [panel] = await Promise.all([import("./access/members-panel"), activateLateTexts()]);
  return { default: panel.MembersPanel };
});

/** Who belongs to it, where the object is a space. */
export function MembersSlot({ object, record }: { object: ObjectMeta; record: RecordData }) {
  if (object.name !== SPACE || record.deleted_at) return null;
  return (
    <Suspense fallback={null}>
      <MembersPanel object={object} record={record} />
    </Suspense>
  );
}
