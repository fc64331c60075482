import type { Fix, FixInput, QualityRule, Severity, TrendPoint, WorkItem } from "@/api/quality";
import type { FieldMeta, ObjectMeta } from "@/api/types";

export type Tab = "overview" | "incomplete" | "wrong" | "stale" | "duplicate";
export const TABS: Tab[] = ["overview", "incomplete", "wrong", "stale", "duplicate"];

/** What is looked at, as it stands in the address. */
export interface QualitySearch {
  object?: string;
  tab?: string;
  rule?: string;
  severity?: string;
  owner?: string;
  department?: string;
  q?: string;
  by?: string;
}

export const tabOf = (search: QualitySearch): Tab => TABS.find((tab) => tab === search.tab) ?? "overview";

/** How good a score is, for those who see colours; the number tells everybody. */
export type Grade = "good" | "fair" | "poor";
export const gradeOf = (score: number | null): Grade | null =>
  score === null ? null : score >= 90 ? "good" : score >= 70 ? "fair" : "poor";

const RANKS: Record<Severity, number> = { high: 0, medium: 1, low: 2 };

/** The findings of a record with their rules, the gravest first; those of rules the caller does not see left out. */
export function findingsOf(item: WorkItem, rules: QualityRule[]): { rule: QualityRule; since: string }[] {
  return item.findings
    .flatMap(({ rule: id, since }) => {
      const rule = rules.find((one) => one.id === id);
      return rule ? [{ rule, since }] : [];
    })
    .toSorted(
      (one, other) => RANKS[one.rule.severity] - RANKS[other.rule.severity] || other.rule.weight - one.rule.weight,
    );
}

/** What a rule proposes for records that fail it; null where nothing can be mended by itself. */
export function fixOfRule(rule: QualityRule): Fix | null {
  const field = rule.fix_field ?? rule.field?.split(".")[0] ?? null;
  if (!field) return null;
  switch (rule.fix) {
    case "normalise":
      return { normalise: field };
    case "fill_address":
      return { fill_address: field };
    case "set":
      return rule.fix_value === null ? null : { set: { [field]: rule.fix_value } };
    default:
      return null;
  }
}

/** Fields that are brought into their own form, and those that can be set to one value for many records. */
const NORMALISED = new Set(["phone", "email", "address", "url", "person_name", "text", "date"]);
const NOT_SET = new Set(["tags", "file", "image", "json", "rich_text", "geo", "references", "many_to_many"]);
const isWritable = (field: FieldMeta) => !field.read_only && !field.computed && field.masked === null;
export const mayNormalise = (object: ObjectMeta): FieldMeta[] =>
  object.fields.filter((field) => isWritable(field) && NORMALISED.has(field.type));
export const mayFillAddress = (object: ObjectMeta): FieldMeta[] =>
  object.fields.filter((field) => isWritable(field) && field.type === "address");
export const maySet = (object: ObjectMeta): FieldMeta[] =>
  object.fields.filter(
    (field) =>
      isWritable(field) && !field.unique && !NOT_SET.has(field.type) && !["owner", "department"].includes(field.name),
  );

/** Which records are mended: those ticked, else all that fail the rule within what is looked at. */
export function scopeOf(ids: string[], search: QualitySearch): Omit<FixInput, "fix"> | null {
  if (ids.length > 0) return { ids };
  if (!search.rule) return null;
  return {
    rule: search.rule,
    ...(search.owner ? { owner: search.owner } : {}),
    ...(search.department ? { department: search.department } : {}),
  };
}

export interface TrendShape {
  /** The line of the score; several where days without a score lie between. */
  lines: string[];
  points: { x: number; y: number; point: TrendPoint }[];
  /** The scores at the bottom and at the top of the picture. */
  low: number;
  high: number;
}

/** Where the line of the score runs in a picture of so many pixels, by days. */
export function trendShape(points: TrendPoint[], width: number, height: number): TrendShape {
  const scores = points.flatMap(({ score }) => (score === null ? [] : [score]));
  // Two points of movement must not look like a fall: at least twenty are shown.
  const middle = scores.length > 0 ? (Math.min(...scores) + Math.max(...scores)) / 2 : 50;
  const half = Math.max(10, scores.length > 0 ? (Math.max(...scores) - Math.min(...scores)) / 2 + 2 : 50);
  const low = Math.max(0, Math.floor(Math.min(middle - half, 100 - 2 * half)));
  const high = Math.min(100, Math.ceil(Math.max(low + 2 * half, middle + half)));
  const day = (text: string) => Date.parse(`${text}T00:00:00Z`);
  const [first, last] = [points[0]?.day ?? "", points.at(-1)?.day ?? ""];
  const span = Math.max(1, day(last) - day(first));
  const placed = points.map((point) => ({
    point,
    x: points.length === 1 ? width / 2 : ((day(point.day) - day(first)) / span) * width,
    y: point.score === null ? height : height - ((point.score - low) / Math.max(1, high - low)) * height,
  }));
  const lines: string[] = [];
  let open = "";
  for (const { point, x, y } of placed) {
    if (point.score === null) {
      if (open) lines.push(open);
      open = "";
    } else open += `${open ? " L" : "M"} ${Math.round(x * 10) / 10} ${Math.round(y * 10) / 10}`;
  }
  if (open) lines.push(open);
  return { lines, points: placed.filter(({ point }) => point.score !== null), low, high };
}
