import { answer, api, type QueryValue } from "./client";
import { runObjectAction } from "./records";
import type { Count, FieldError, Json, Label, RecordData, RecordValues } from "./types";

/** How good the data is: scores, what is to be mended, fixes of many records (`docs/api.md`, Quality). */

export const QUALITY_RULE = "quality_rule";

export type FindingKind = "incomplete" | "wrong" | "stale";
export type Severity = "low" | "medium" | "high";
export const FINDING_KINDS: FindingKind[] = ["incomplete", "wrong", "stale"];

export interface QualityRule {
  id: string;
  name: Label;
  object: string;
  /** A field or a part of one: `address.city`. */
  field: string | null;
  field_label: Label | null;
  check: string;
  kind: FindingKind;
  severity: Severity;
  weight: number;
  message: Label;
  fix: "none" | "normalise" | "fill_address" | "set";
  fix_field: string | null;
  fix_value: Json;
}

export interface QualityObject {
  object: string;
  label: Label;
  records: number;
  /** 0 to 100; null where no rule applies. */
  score: number | null;
  incomplete: number;
  wrong: number;
  stale: number;
  duplicates: Count | null;
  state: "current" | "judging" | "never";
  done?: number;
  total?: number;
  judged_at?: string;
  may_judge: boolean;
  may_fix: boolean;
  rules: number;
}

export interface QualityGroup {
  id: string | null;
  label: string | null;
  records: number;
  score: number | null;
  incomplete: number;
  wrong: number;
  stale: number;
}

export interface QualitySummary extends QualityObject {
  findings: { [kind in FindingKind]: number };
  by_rule: { rule: QualityRule; applies: number; fails: number }[];
  /** The worst first. */
  groups: QualityGroup[];
}

export interface WorkItem {
  record: RecordData;
  score: number | null;
  findings: { rule: string; since: string }[];
}

export interface Worklist {
  items: WorkItem[];
  rules: QualityRule[];
  next_cursor: string | null;
  count?: Count;
}

export interface WorklistQuery {
  kind?: FindingKind | undefined;
  rule?: string | undefined;
  severity?: string | undefined;
  owner?: string | undefined;
  department?: string | undefined;
  filter?: string | undefined;
  q?: string | undefined;
  sort?: string | undefined;
  fields?: string | undefined;
  limit?: number | undefined;
  cursor?: string | undefined;
  count?: "capped" | "exact" | undefined;
}

export interface TrendPoint {
  day: string;
  records: number;
  score: number | null;
  incomplete: number;
  wrong: number;
  stale: number;
}

export interface QualityTrend {
  points: TrendPoint[];
  rules: QualityRule[];
  /** Of those departments and owners only that the caller sees as a whole. */
  partial: boolean;
}

export interface RecordQuality {
  score: number | null;
  judged: boolean;
  held: QualityRule[];
  findings: { rule: QualityRule; since: string | null; text: string | null }[];
}

export type Fix = { normalise: string } | { fill_address: string } | { set: RecordValues };

export interface FixInput {
  rule?: string | undefined;
  ids?: string[] | undefined;
  filter?: string | undefined;
  owner?: string | undefined;
  department?: string | undefined;
  fix: Fix;
  digest?: string | undefined;
}

export interface FixPreview {
  total: number;
  changed: number;
  unchanged: number;
  refused: number;
  items: {
    id: string;
    title: string | null;
    changes: { field: string; label: Label; before: Json; after: Json }[];
    problems: FieldError[];
  }[];
  digest: string;
}

export interface FixResult {
  change_id: string;
  /** Records that are as they should be now, and those that could not be changed. */
  changed: number;
  refused: number;
  problems: { id: string; problem: { title?: string; detail?: string; message?: string } }[];
}

export interface RuleTrial {
  records: number;
  concerned: number;
  failing: number;
  exact: boolean;
  examples: { id: string; title: string | null; value: Json }[];
}

type Outcome = Promise<{ data?: unknown; response: Response }>;
interface Addresses {
  GET: (path: string, init: object) => Outcome;
  POST: (path: string, init: object) => Outcome;
}
const calls = api as unknown as Addresses;
const get = <Answer>(path: string, at: object, query: object, signal?: AbortSignal): Promise<Answer> =>
  answer(
    calls.GET(path, { params: { path: at, query: query as { [name: string]: QueryValue } }, signal }),
  ) as Promise<unknown> as Promise<Answer>;

export const listQuality = (signal?: AbortSignal): Promise<{ items: QualityObject[] }> =>
  get("/quality", {}, {}, signal);

export const readSummary = (
  object: string,
  query: { by?: "department" | "owner"; filter?: string },
  signal?: AbortSignal,
): Promise<QualitySummary> => get("/quality/{object}/summary", { object }, query, signal);

export const readWorklist = (object: string, query: WorklistQuery, signal?: AbortSignal): Promise<Worklist> =>
  get("/quality/{object}/worklist", { object }, query, signal);

export const readTrend = (object: string, days: number, signal?: AbortSignal): Promise<QualityTrend> =>
  get("/quality/{object}/trend", { object }, { days }, signal);

export const readRecordQuality = (object: string, id: string, signal?: AbortSignal): Promise<RecordQuality> =>
  get("/records/{object}/{id}/quality", { object, id }, {}, signal);

/** What a fix would change; nothing is written. */
export const previewFix = (object: string, input: FixInput): Promise<FixPreview> =>
  answer(
    calls.POST("/quality/{object}/fix", { params: { path: { object }, query: { dry_run: true } }, body: input }),
  ) as Promise<unknown> as Promise<FixPreview>;

/** Mends what the preview with this digest showed. */
export const runFix = (object: string, input: FixInput & { digest: string }): Promise<FixResult> =>
  answer(
    calls.POST("/quality/{object}/fix", { params: { path: { object } }, body: input }),
  ) as Promise<unknown> as Promise<FixResult>;

export const judgeAnew = (object: string): Promise<unknown> =>
  answer(calls.POST("/quality/{object}/judge", { params: { path: { object } }, body: {} }));

/** What a rule would find, as far as the caller sees it; nothing is saved. */
export const tryRule = (values: RecordValues): Promise<RuleTrial> =>
  runObjectAction(QUALITY_RULE, "try", values) as unknown as Promise<RuleTrial>;

export const addStarterRules = (): Promise<{ made: number }> =>
  runObjectAction(QUALITY_RULE, "add_starters", {}) as unknown as Promise<{ made: number }>;
