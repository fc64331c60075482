import type { RecordData } from "@/api/types";
import { asReference, asReferences, asText } from "@/fields/values";

export type DueUnit = "working_hours" | "working_days";

/** A role of a template, and how it is decided who has it. */
export interface TemplateRole {
  id: string;
  name: string;
  position: number;
  filledBy: string;
}

export interface TemplateStepData {
  id: string;
  version: number;
  name: string;
  position: number;
  /** The id of its role. */
  role: string;
  after: string[];
  condition: string;
  dueIn: number | null;
  dueUnit: DueUnit;
  /** How many questions it asks, and how many fields it wants filled. */
  questions: number;
}

export interface TemplateParts {
  roles: TemplateRole[];
  steps: TemplateStepData[];
}

const numberIn = (value: unknown): number | null =>
  value === null || value === undefined || value === "" || !Number.isFinite(Number(value)) ? null : Number(value);
const lengthOf = (value: unknown): number => (Array.isArray(value) ? value.length : 0);

export const readRoles = (records: RecordData[]): TemplateRole[] =>
  records.map((record) => ({
    id: record.id,
    name: asText(record.name),
    position: numberIn(record.position) ?? 0,
    filledBy: asText(record.filled_by),
  }));

export const readSteps = (records: RecordData[]): TemplateStepData[] =>
  records.map((record) => ({
    id: record.id,
    version: record.version,
    name: asText(record.name),
    position: numberIn(record.position) ?? 0,
    role: asReference(record.role)?.id ?? "",
    after: asReferences(record.after).map(({ id }) => id),
    condition: asText(record.condition),
    dueIn: numberIn(record.due_in),
    dueUnit: record.due_unit === "working_hours" ? "working_hours" : "working_days",
    questions: lengthOf(record.questions) + lengthOf(record.required_fields),
  }));
