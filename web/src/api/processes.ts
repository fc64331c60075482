import { runAction, runObjectAction } from "./records";
import type { Json, Label, RecordValues, Reference } from "./types";

/** Processes: templates, cases of them and the steps of a case, as the actions of `apps/process` answer. */

export const TEMPLATE = "process_template";
export const ROLE = "process_role";
export const STEP = "process_step";
export const CASE = "process_case";
export const CASE_STEP = "process_case_step";
/** A step that stands open is a task. */
export const TASK = "activity";

export type StepState = "pending" | "waiting" | "open" | "done" | "skipped" | "cancelled";
export type CaseState = "running" | "waiting" | "done" | "cancelled";

export interface RecordPointer {
  object: string;
  id: string;
  label: string | null;
  version?: number;
}

export type QuestionType = "text" | "long_text" | "number" | "decimal" | "boolean" | "date" | "select";

/** What a step asks whoever completes it. */
export interface Question {
  name: string;
  type: QuestionType;
  label: Label;
  required?: boolean;
  options?: { value: string; label: Label }[];
}

export interface TemplateCheck {
  ok: boolean;
  problems: { step: string | null; role: string | null; field: string; code: string; message: Label }[];
  /** Steps that may run side by side, one group after the other. */
  stages: string[][];
}

export interface CaseRole {
  key: string;
  name: string;
  member: Reference | null;
  filled_by: string;
}

export interface CaseStep {
  id: string;
  key: string;
  name: string;
  position: number;
  state: StepState;
  /** Nothing where the template gives it to no role. */
  role: string | null;
  role_name: string | null;
  member: Reference | null;
  task: string | null;
  after: string[];
  started_at: string | null;
  due_at: string | null;
  done_at: string | null;
  done_by: Reference | null;
  /** Seconds. */
  took: number | null;
  late: boolean;
  round: number;
  back_reason: string | null;
  instructions: string | null;
  required_fields: string[];
  questions: Question[];
  answers: { [name: string]: Json } | null;
  checklist: string[];
  has_form: boolean;
  may_send_back_to: string[];
}

export interface CaseLook {
  id: string;
  version: number;
  state: CaseState;
  template: { id: string; name: string; version: number; current_version: number };
  record: RecordPointer | null;
  roles: CaseRole[];
  steps: CaseStep[];
  may: { cancel: boolean; send_back: boolean; change_role: boolean };
}

export interface StepForm {
  case: { id: string; name: string; number: string };
  step: { id: string; key: string; name: string; instructions: string | null };
  record: RecordPointer | null;
  fields: { name: string; label: Label; required: boolean; may_write: boolean; value: Json }[];
  questions: Question[];
  answers: { [name: string]: Json };
  checklist: { total: number; done: number };
}

export interface StepFigures {
  key: string;
  name: string;
  position: number;
  open: number;
  waiting: number;
  overdue: number;
  done: number;
  average_seconds: number | null;
  longest_open_seconds: number | null;
}

export interface TemplateFigures {
  id: string;
  name: string;
  version: number;
  running: number;
  waiting: number;
  done: number;
  cancelled: number;
  overdue: number;
  average_seconds: number | null;
  /** The key of the step that holds cases up. */
  bottleneck: string | null;
  steps: StepFigures[];
}

export interface CasesOverview {
  templates: TemplateFigures[];
  /** There is more than could be counted. */
  truncated?: boolean;
}

const on = <Answer>(object: string, id: string, action: string, input: object = {}, key?: string) =>
  runAction(object, id, action, input as RecordValues, key) as unknown as Promise<Answer>;

/** Lays out a ready process, to be changed and put to use: the customer project of three roles. */
export const layOutReady = (which: "three_roles"): Promise<{ id: string }> =>
  runObjectAction(TEMPLATE, "use_ready", { which }) as unknown as Promise<{ id: string }>;

export const checkTemplate = (id: string): Promise<TemplateCheck> => on(TEMPLATE, id, "check");

export interface StartInput {
  record?: { object: string; id: string };
  /** Who takes the roles that are filled by hand. */
  roles?: { [role: string]: string };
  due_at?: string;
  name?: string;
}

export const startCase = (
  template: string,
  input: StartInput,
  idempotencyKey: string,
): Promise<{ id: string; number: string; version: number; state: CaseState }> =>
  on(TEMPLATE, template, "start", input, idempotencyKey);

export const lookAtCase = (id: string): Promise<CaseLook> => on(CASE, id, "look");

type Moved = { id: string; version: number; state: CaseState };
export const cancelCase = (id: string, reason: string): Promise<Moved> => on(CASE, id, "cancel", { reason });
export const sendBack = (id: string, step: string, reason: string): Promise<Moved> =>
  on(CASE, id, "send_back", { step, reason });
export const changeRole = (id: string, role: string, member: string, note?: string): Promise<Moved> =>
  on(CASE, id, "change_role", { role, member, ...(note ? { note } : {}) });

export const readStepForm = (task: string): Promise<StepForm> => on(TASK, task, "step_form");

export interface StepAnswers {
  answers?: { [name: string]: Json };
  values?: { [field: string]: Json };
  outcome?: string;
  description?: string;
}

export const completeStep = (task: string, input: StepAnswers, idempotencyKey: string): Promise<Json> =>
  on(TASK, task, "complete_step", input, idempotencyKey);

export const overviewOfCases = (input: { template?: string; days?: number }): Promise<CasesOverview> =>
  runObjectAction(CASE, "overview", input as RecordValues) as unknown as Promise<CasesOverview>;
