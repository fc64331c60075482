import { Suspense } from "react";
import type { ObjectMeta, RecordData } from "@/api/types";
import { activateLateTexts } from "@/i18n/i18n";
import { lazyPart } from "@/ui/lazy-part";
import { useObject } from "../meta";

/** Appointments alone have people who answer. */
const AttendancePanel = lazyPart(async () => {
  const [panel] = await Promise.all([import("../calendar/attendance-panel"), activateLateTexts()]);
  return { default: panel.AttendancePanel };
});

interface SlotProps {
  object: ObjectMeta;
  record: RecordData;
  editable: boolean;
}

/** Who takes part, where the object has people who do. */
export function AttendanceSlot({ object, record, editable }: SlotProps) {
  const invites = Boolean(object.views.calendar?.people) && !record.deleted_at;
  const attendance = useObject(invites ? "attendance" : "");
  if (!attendance) return null;
  return (
    <Suspense fallback={null}>
      <AttendancePanel attendance={attendance} record={record} editable={editable} />
    </Suspense>
  );
}
