import { runAction } from "./records";
import type { FieldValue, Json, RecordValues } from "./types";

/** Data protection: what the actions of its objects answer (`apps/privacy`). */

export const REQUEST = "person_request";
export const CONSENT = "consent";
export const RULE = "retention_rule";
export const HOLD = "legal_hold";
/** Objects whose records are people. */
export const PEOPLE: readonly string[] = ["contact", "lead", "account"];

export const CHANNELS = ["phone", "sms", "email", "wechat", "post", "visit"] as const;
export type Channel = (typeof CHANNELS)[number];
export type Why =
  | "consent"
  | "ground"
  | "no_consent"
  | "withdrawn"
  | "objected"
  | "expired"
  | "do_not_contact"
  | "channel"
  | "inactive";

export interface ChannelVerdict {
  channel: Channel;
  allowed: boolean;
  why: Why;
  since: string | null;
  consent: string | null;
}

export interface PurposeVerdict {
  id: string;
  name: string;
  legal_ground: string;
  allowed: boolean;
  channels: ChannelVerdict[];
}

/** Whether a person may be contacted, by purpose and channel. */
export interface MayContact {
  allowed: boolean;
  do_not_contact: boolean;
  /** Whether a legal hold keeps the record. */
  held: boolean;
  consents: number;
  purposes: PurposeVerdict[];
}

export type Way = "email" | "phone" | "name";

/** A record that may be about the person of a request. */
export interface Candidate {
  object: string;
  id: string;
  label: string | null;
  matched: Way[];
  deleted: boolean;
  confirmed: boolean;
}

export interface Keeper {
  why: "hold" | "lock" | "referenced" | "purpose";
  what: string;
  count: number;
}

export interface Fate {
  goes: { object: string; count: number }[];
  emptied: { object: string; count: number }[];
  /** Whether something goes or is emptied that the caller may not see. */
  others: boolean;
  /** What the person sent by web forms: gone either way. */
  sent: number;
  keepers: Keeper[];
  may_erase: boolean;
  may_anonymise: boolean;
  fields: string[];
}

export type Outcome = "open" | "exported" | "corrected" | "stopped" | "anonymised" | "erased";

/** A record confirmed to be about the person, with what would become of it. */
export interface Concerned {
  id: string;
  object: string;
  outcome: Outcome;
  gone: boolean;
  deleted?: boolean;
  label?: string | null;
  fate?: Fate;
}

export interface CorrectedField {
  field: string;
  old: FieldValue;
  new: FieldValue;
}

export interface RetentionPreview {
  object: string;
  due: number;
  all: number;
  large: boolean;
  erased: boolean;
  partial: boolean;
  fields: string[];
  records: { id: string; label: string | null; kept: { why: Keeper["why"]; what: string } | null }[];
}

const answered = <T>(object: string, id: string, action: string, input: RecordValues = {}): Promise<T> =>
  runAction(object, id, action, input) as unknown as Promise<T>;

export const readMayContact = (object: string, id: string): Promise<MayContact> => answered(object, id, "may_contact");

export const findPerson = (request: string): Promise<{ candidates: Candidate[]; more: boolean }> =>
  answered(REQUEST, request, "find");

export const confirmRecords = (request: string, records: { object: string; id: string; matched_by: string }[]) =>
  answered<{ added: number }>(REQUEST, request, "concern", { records: records as unknown as Json });

export const leaveOut = (request: string, record: string) => answered<Json>(REQUEST, request, "leave_out", { record });

export const previewErasure = (request: string): Promise<{ records: Concerned[] }> =>
  answered(REQUEST, request, "erasure_preview");

export const eraseRecords = (request: string, records: { id: string; way: "erase" | "anonymise" }[], reason: string) =>
  answered<{ erased: number; anonymised: number }>(REQUEST, request, "erase", {
    records: records as unknown as Json,
    reason,
  });

export const correctRecord = (request: string, record: string, values: RecordValues, preview: boolean) =>
  answered<{ changes: CorrectedField[] }>(REQUEST, request, "correct", {
    record,
    values: values as unknown as Json,
    preview,
  });

export const previewRetention = (rule: string): Promise<RetentionPreview> => answered(RULE, rule, "preview");

export const activateRule = (rule: string, confirm: number | null) =>
  answered<Json>(RULE, rule, "activate", confirm === null ? {} : { confirm });
