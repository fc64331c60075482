import { allOf } from "@/engine/aggregate";
import type { Day } from "@/engine/calendar/days";
import { quote } from "@/engine/filter/expression-tree";
import { isPeriod, isUnit, type Period, type Span, spanOf, type Unit, unitFor } from "./period";

/** What the URL says of the analysis; everything may be absent. */
export interface AnalysisSearch {
  period?: string | undefined;
  from?: string | undefined;
  to?: string | undefined;
  unit?: string | undefined;
  pipeline?: string | undefined;
  owner?: string | undefined;
  department?: string | undefined;
}

/** What is looked at: when, and whose deals of which pipeline. */
export interface Choice {
  period: Period;
  today: Day;
  span: Span;
  unit: Unit;
  pipeline: string | null;
  owner: string | null;
  /** The chosen department with all below it; empty for no choice. */
  departments: string[];
}

const DEFAULT_PERIOD: Period = "last_12_months";

export function readChoice(search: AnalysisSearch, today: Day, departments: string[]): Choice {
  const period = isPeriod(search.period) ? search.period : DEFAULT_PERIOD;
  const span = spanOf(period, today, search);
  return {
    period,
    today,
    span,
    unit: isUnit(search.unit) ? search.unit : unitFor(span),
    pipeline: search.pipeline ?? null,
    owner: search.owner ?? null,
    departments,
  };
}

/** A department with all below it. */
export function withBelow(root: string, departments: { id: string; parent: string | null }[]): string[] {
  const found = [root];
  for (let at = 0; at < found.length; at += 1) {
    for (const one of departments) {
      if (one.parent === found[at] && !found.includes(one.id)) found.push(one.id);
    }
  }
  return found;
}

export const listOf = (values: string[]) => `[${values.map(quote).join(", ")}]`;

/** That a moment lies in the span. */
export function within(path: string, span: Span): string {
  return `${path} >= date("${span.from}") && ${path} < date("${span.to}")`;
}

/** Whose records, by their owner and department; `via` leads to the record that has them (`opportunity.`). */
export function ofPeople(choice: Choice, via = ""): string {
  return allOf(
    choice.owner ? `${via}owner == ${quote(choice.owner)}` : "",
    choice.departments.length > 0 ? `${via}department in ${listOf(choice.departments)}` : "",
  );
}

/** Which deals, `via` being the way to them. */
export function ofDeals(choice: Choice, via = ""): string {
  return allOf(choice.pipeline ? `${via}pipeline == ${quote(choice.pipeline)}` : "", ofPeople(choice, via));
}
