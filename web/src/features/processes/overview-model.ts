import type { StepFigures, TemplateFigures } from "@/api/processes";
import type { FieldValue, RecordData } from "@/api/types";
import { asReference, asText } from "@/fields/values";

/** A step of a case that is somebody's turn, as the board shows it. */
export interface StandingStep {
  id: string;
  case: { id: string; name: string };
  /** The record the case is about, as it is called. */
  about: string | null;
  /** The key of the step of the template. */
  key: string;
  name: string;
  waiting: boolean;
  member: string | null;
  since: string | null;
  due: string | null;
}

/** The case steps of an answer; what names no case the caller may see is left out. */
export function readStanding(records: RecordData[], hidden: string): StandingStep[] {
  return records.flatMap((record) => {
    const of = asReference(record.process_case);
    if (!of) return [];
    return [
      {
        id: record.id,
        case: { id: of.id, name: of.label ?? hidden },
        about: asReference((record.process_case as { record?: FieldValue }).record)?.label ?? null,
        key: asText(record.step_key),
        name: asText(record.name),
        waiting: record.state === "waiting",
        member: asReference(record.member)?.label ?? null,
        since: asText(record.started_at) || null,
        due: asText(record.due_at) || null,
      },
    ];
  });
}

/** What tells a case from the others of its template: the record it is about, and its own name where it was given one. */
export function titleOf(
  { about, case: { name } }: StandingStep,
  template: string,
): { title: string; more: string | null } {
  return about ? { title: about, more: name === template ? null : name } : { title: name, more: null };
}

export const isOverdue = ({ due, waiting }: StandingStep, now: number): boolean =>
  !waiting && due !== null && Date.parse(due) < now;

export interface StandingColumn {
  key: string;
  name: string;
  figures: StepFigures | null;
  cards: StandingStep[];
}

/**
 * The columns of the board: the steps of the template in their order, and those of older versions that cases still stand
 * at behind them. What is overdue stands first, then what has stood longest.
 */
export function columnsOf(template: TemplateFigures, standing: StandingStep[], now: number): StandingColumn[] {
  const known = [...template.steps].sort((one, other) => one.position - other.position);
  const columns: StandingColumn[] = known.map((figures) => ({
    key: figures.key,
    name: figures.name,
    figures,
    cards: [],
  }));
  for (const step of standing) {
    let column = columns.find(({ key }) => key === step.key);
    if (!column) {
      column = { key: step.key, name: step.name, figures: null, cards: [] };
      columns.push(column);
    }
    column.cards.push(step);
  }
  const since = ({ since: at }: StandingStep) => (at === null ? Number.POSITIVE_INFINITY : Date.parse(at));
  for (const column of columns) {
    column.cards.sort(
      (one, other) => Number(isOverdue(other, now)) - Number(isOverdue(one, now)) || since(one) - since(other),
    );
  }
  return columns;
}

/** How many stand in a column, and how many of them are late: of what is read where that is all, else as the figures say. */
export function countsOf({ figures, cards }: StandingColumn, whole: boolean, now: number): [number, number] {
  const late = cards.filter((card) => isOverdue(card, now)).length;
  if (whole || figures === null) return [cards.length, late];
  return [Math.max(cards.length, figures.open + figures.waiting), Math.max(late, figures.overdue)];
}

/** The cases behind each number of a template, as the list of cases filters them: the same that are counted. */
export function caseFilters(template: string, days: number) {
  const of = `template == "${template}"`;
  const ended = `ended_at >= now() - days(${days})`;
  return {
    running: `${of} && state == "running"`,
    waiting: `${of} && state == "waiting"`,
    overdue: `${of} && state in ["running", "waiting"] && (due_at < now() || overdue_steps > 0)`,
    done: `${of} && state == "done" && ${ended}`,
    cancelled: `${of} && state == "cancelled" && ${ended}`,
  };
}
