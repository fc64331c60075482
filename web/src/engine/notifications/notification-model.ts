import type { Json, RecordData } from "@/api/types";
import { asReference, asStrings, asText, isObject } from "@/fields/values";

/** The object of what a member is told. */
export const NOTIFICATION = "notification";

/** Kinds in the order of the settings; each has a sentence of its own. */
export const KINDS = [
  "mention",
  "reply",
  "reaction",
  "comment",
  "assigned",
  "changed",
  "stage",
  "shared",
  "request",
  "decided",
  "handover",
  "withdrawn",
  "accepted",
  "declined",
  "finished",
  "ready",
  "escalated",
  "due",
  "overdue",
  "overdue_below",
  "stage_due",
  "stage_overdue",
  "stage_overdue_below",
  "recycle_warned",
  "response_due",
  "response_overdue",
  "response_overdue_below",
  "recycled",
  "held",
  "step_started",
  "step_finished",
  "step_overdue",
  "step_back",
  "case_waiting",
  "case_ended",
  "request_due",
  "request_late",
  "imported",
  "exported",
  "found",
  "overdue_handover",
  "handover_due",
  "handover_waiting",
  "told_below",
  "told_above",
  "notice",
  "invited",
  "answered",
  "moved",
  "called_off",
] as const;
export type NotificationKind = (typeof KINDS)[number];

/** Kinds that are mailed unless the member says otherwise; the server has the same. */
export const MAILED: readonly string[] = [
  "mention",
  "request",
  "decided",
  "overdue",
  "overdue_handover",
  "escalated",
  "handover",
  "handover_due",
  "handover_waiting",
  "notice",
  "invited",
  "called_off",
  "request_due",
  "request_late",
];

/** Kinds that browsers show unless the member says otherwise; the server has the same. Nothing is texted unasked. */
export const PUSHED: readonly string[] = [
  "mention",
  "reply",
  "assigned",
  "request",
  "decided",
  "handover",
  "handover_due",
  "handover_waiting",
  "declined",
  "escalated",
  "due",
  "overdue",
  "overdue_handover",
  "notice",
  "invited",
  "moved",
  "called_off",
];

export interface Notification {
  id: string;
  kind: NotificationKind;
  /** The record it speaks of; its label is null where it is gone or not to be seen any more. */
  target: { object: string; id: string; label: string | null } | null;
  /** The comment it speaks of, with its beginning. */
  comment: { id: string; label: string | null } | null;
  actor: string | null;
  /** Who was told in the first place, and what, where a rule has the reader told as well. */
  concerns: { name: string; kind: NotificationKind } | null;
  count: number;
  at: string;
  read: boolean;
  archived: boolean;
  /** Number of a request for rights. */
  number: string;
  /** Names of the fields that changed. */
  fields: string[];
  /** Object of the records assigned, imported or found. */
  object: string;
  /** Those assigned together, the first of them. */
  records: string[];
  /** A request for rights. */
  request: string;
  /** The saved view something came into. */
  found: { view: string; name: string } | null;
  /** What became of an import. */
  imported: { id: string; file: string; failed: boolean; written: number; rejected: number } | null;
  /** What became of an export that was made in the background. */
  exported: { id: string; file: string; failed: boolean; written: number } | null;
}

const kindOf = (text: string): NotificationKind =>
  (KINDS as readonly string[]).includes(text) ? (text as NotificationKind) : "changed";

export function notificationOf(record: RecordData): Notification {
  const target = isObject(record.target) ? record.target : null;
  const about = isObject(record.about) ? record.about : {};
  const kind = asText(record.kind);
  return {
    id: record.id,
    kind: kindOf(kind),
    target: target
      ? { object: asText(target.object), id: asText(target.id), label: asText(target.label) || null }
      : null,
    comment: asReference(record.comment),
    actor: asReference(record.actor)?.label ?? null,
    concerns: asReference(record.concerns)
      ? { name: asReference(record.concerns)?.label ?? "", kind: kindOf(asText(about.kind)) }
      : null,
    count: typeof record.count === "number" ? record.count : 1,
    at: asText(record.last_at),
    read: record.read === true,
    archived: record.archived === true,
    number: asText(about.number),
    fields: asStrings(about.fields),
    object: asText(about.object),
    records: asStrings(about.records),
    request: asText(about.request),
    found: asText(about.view) ? { view: asText(about.view), name: asText(about.view_name) } : null,
    imported: importOf(about),
    exported: exportOf(about),
  };
}

function importOf(about: Record<string, Json | undefined>): Notification["imported"] {
  const id = asText(about.import);
  if (!id) return null;
  const { written, rejected } = about;
  return {
    id,
    file: asText(about.file),
    failed: about.state === "failed",
    written: typeof written === "number" ? written : 0,
    rejected: typeof rejected === "number" ? rejected : 0,
  };
}

function exportOf(about: Record<string, Json | undefined>): Notification["exported"] {
  const id = asText(about.export);
  if (!id) return null;
  const { written } = about;
  return {
    id,
    file: asText(about.file),
    failed: about.state === "failed",
    written: typeof written === "number" ? written : 0,
  };
}

/** Whether what it speaks of is gone, or not the reader's to see any more. */
export function isClosed(notification: Notification): boolean {
  const { target, comment } = notification;
  return (target !== null && target.label === null) || (comment !== null && comment.label === null);
}

const MINE = "owner == me.id";

/** Kinds that tell of a change of a record: they lead to what was changed. */
const CHANGES: readonly NotificationKind[] = ["changed", "stage"];

/** Where it leads: a record, with the comment or the part to show there; several; a page of one's own; nothing. */
export type Place =
  | { to: "record"; object: string; id: string; comment: string | null; tab?: "history" }
  | { to: "records"; object: string; filter: string }
  | { to: "import"; object: string; id: string }
  | { to: "view"; object: string; view: string }
  | { to: "rights"; request: string }
  | { to: "exports" }
  | null;

export function placeOf(notification: Notification): Place {
  if (notification.kind === "request" || notification.kind === "decided") {
    return { to: "rights", request: notification.request };
  }
  if (notification.imported) return { to: "import", object: notification.object, id: notification.imported.id };
  if (notification.exported) return { to: "exports" };
  if (notification.found) return { to: "view", object: notification.object, view: notification.found.view };
  const { target, comment, kind, records } = notification;
  if (kind === "assigned" && !target && records.length > 0) {
    // Of very many only the first are named: then all of one's own are shown, those that came last above.
    const named = `id in [${records.map((id) => `"${id}"`).join(", ")}]`;
    return { to: "records", object: notification.object, filter: notification.count > records.length ? MINE : named };
  }
  if (!target || target.label === null) return null;
  const place = { to: "record", object: target.object, id: target.id } as const;
  if (CHANGES.includes(kind) && !comment) return { ...place, comment: null, tab: "history" };
  return { ...place, comment: comment?.label ? comment.id : null };
}

export type Pace = "at_once" | "hourly" | "daily";

/** What a member wishes, as his preferences hold it. */
export interface Wishes {
  muted: string[];
  mailed: string[];
  pushed: string[];
  texted: string[];
  /** Of mail. */
  pace: Pace;
  push_pace: Pace;
  sms_pace: Pace;
  quiet_from: string | null;
  quiet_until: string | null;
  auto_follow: boolean;
}

export function readWishes(stored: unknown): Wishes {
  const wishes = (typeof stored === "object" && stored !== null ? stored : {}) as Partial<Wishes>;
  return {
    muted: wishes.muted ?? [],
    mailed: wishes.mailed ?? [...MAILED],
    pushed: wishes.pushed ?? [...PUSHED],
    texted: wishes.texted ?? [],
    pace: wishes.pace ?? "at_once",
    push_pace: wishes.push_pace ?? "at_once",
    sms_pace: wishes.sms_pace ?? "at_once",
    quiet_from: wishes.quiet_from ?? null,
    quiet_until: wishes.quiet_until ?? null,
    auto_follow: wishes.auto_follow ?? true,
  };
}
