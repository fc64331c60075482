import type { ListViewMeta, Meta, ObjectMeta } from "@/api/types";
import { findObject } from "@/engine/meta";

/** The parts of a member's work, kept apart: what there is to do, what is arranged, whom to call, what goes over. */
export const PARTS = {
  tasks: { object: "activity", views: ["to_accept", "my_tasks", "waiting", "handed_to_me", "watched", "given"] },
  events: { object: "activity", views: ["my_events"] },
  contacts: { object: "activity", views: ["my_contacts"] },
  referrals: { object: "handover", views: ["to_me", "mine", "from_me"] },
} as const;
export type PartName = keyof typeof PARTS;

export interface Part {
  name: PartName;
  object: ObjectMeta;
  /** Its ready lists, as the metadata has them. */
  views: ListViewMeta[];
}

/** The parts the caller has any view of. */
export function partsOf(meta: Meta): Part[] {
  return (Object.keys(PARTS) as PartName[]).flatMap((name) => {
    const object = findObject(meta, PARTS[name].object);
    const views = PARTS[name].views
      .map((view) => object?.views.list.find((one) => one.name === view))
      .filter((view) => view !== undefined);
    return object && views.length > 0 ? [{ name, object, views }] : [];
  });
}

/** The view a part opens with; one's own tasks come before what waits for an answer. */
export function usualView(part: Part): ListViewMeta | undefined {
  return part.views.find((one) => one.name === "my_tasks") ?? part.views[0];
}

/** What the URL asks for, else the first part and its usual view. */
export function chosen(
  parts: Part[],
  tab: string | undefined,
  view: string | undefined,
): { part: Part; view: ListViewMeta } | null {
  const part = parts.find((one) => one.name === tab) ?? parts[0];
  if (!part) return null;
  const found = part.views.find((one) => one.name === view) ?? usualView(part);
  return found ? { part, view: found } : null;
}

/** What a row tells and its buttons ask about. */
export const ROW_FIELDS = [
  "kind",
  "status",
  "state",
  "acceptance",
  "priority",
  "owner",
  "due_at",
  "start_at",
  "account",
  "regarding",
  "record",
  "assigned_by",
  "handed_over_by",
  "assignment_note",
  "decline_reason",
  "blockers",
  "checklist_done",
  "checklist_total",
  "from_member",
  "from_department",
  "to_member",
  "to_department",
  "accepted_by",
];
