import type { RecordData } from "@/api/types";
import { asReference, asText } from "@/fields/values";

/** One step of the way a record went. */
export interface Handover {
  id: string;
  from: string;
  /** The department; who took it where that is not to be seen. */
  to: string;
  state: string;
  offeredAt: string;
  dueAt: string;
  /** Seconds from the offer to the answer, and until it was done. */
  answerTime: number | null;
  totalTime: number | null;
  accepted: boolean;
  declined: boolean;
  /** Somebody still has something to do. */
  open: boolean;
}

const seconds = (value: unknown): number | null => (typeof value === "number" ? value : null);

/** The steps, the first one first. */
export function linksOf(records: RecordData[]): Handover[] {
  const name = (record: RecordData, ...fields: string[]) =>
    fields.map((field) => asReference(record[field])?.label).find(Boolean) ?? "";
  return records.map((record) => {
    const state = asText(record.state);
    return {
      id: record.id,
      from: name(record, "from_department", "from_member"),
      to: name(record, "to_department", "accepted_by", "to_member"),
      state,
      offeredAt: asText(record.offered_at),
      dueAt: asText(record.due_at),
      answerTime: seconds(record.answer_time),
      totalTime: seconds(record.total_time),
      accepted: state === "accepted" || state === "done",
      declined: state === "declined",
      open: state === "offered" || state === "accepted",
    };
  });
}
