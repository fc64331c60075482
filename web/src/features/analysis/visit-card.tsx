import { keepPreviousData, useQuery } from "@tanstack/react-query";
import { useMemo } from "react";
import { useTranslation } from "react-i18next";
import { queryKeys } from "@/api/query-keys";
import { runObjectAction } from "@/api/records";
import { allOf } from "@/engine/aggregate";
import { addDays } from "@/engine/calendar/days";
import { isKey } from "@/engine/filter/is-key";
import { useFormats } from "@/i18n/formats";
import { type Choice, listOf, withBelow, within } from "./choice";
import type { Column, Figure, Row } from "./figure";
import { FigureCard } from "./figure-card";
import { stateOf } from "./figure-state";
import { barsOf, lyingHeight } from "./options";
import { useCells } from "./use-cells";
import { ACTIVITY } from "./use-deals";
import type { DepartmentEntry } from "./use-departments";
import { ATTAINMENT, attained, readVisits, VISIT_TARGET, type Visited, type VisitWeek, weeksAsked } from "./visits";

const MADE = "kind == 'visit' && status == 'done'";

/** Visits made each week against the targets of departments and members; the server counts what the caller sees. */
export function VisitCard({ choice, departments }: { choice: Choice; departments: DepartmentEntry[] }) {
  const { t } = useTranslation();
  const cells = useCells();
  const { locale } = useFormats();
  const asked = weeksAsked(choice.span, choice.today);
  const answer = useQuery({
    queryKey: [...queryKeys.object(VISIT_TARGET), ATTAINMENT, asked],
    queryFn: () => runObjectAction(VISIT_TARGET, ATTAINMENT, asked ?? {}),
    enabled: asked !== null,
    placeholderData: keepPreviousData,
    staleTime: 30_000,
  });
  const figure = useMemo((): Figure | null => {
    if (!answer.data) return null;
    const wanted = readVisits(answer.data).filter((one) => isChosen(one, choice));
    const weeks = [...new Set(wanted.flatMap((one) => one.weeks.map(({ week }) => week)))].sort();
    const madeBy = ({ kind, who }: Visited) =>
      kind === "member" ? isKey("owner", who.id) : `department in ${listOf(withBelow(who.id, departments))}`;
    const text = ({ done, target, partial }: VisitWeek) => `${done}${partial ? "+" : ""}/${target}`;
    const rows = wanted.map((one): Row => {
      const byWeek = one.weeks.map((week): [string, Row["cells"][string]] => {
        const span = { from: week.week, to: addDays(week.week, 7) };
        const filter = allOf(MADE, within("happened_at", span), madeBy(one));
        return [week.week, { value: week.done, text: text(week), open: { object: ACTIVITY, filter } }];
      });
      return {
        key: one.who.id,
        cells: {
          name: cells.text(one.who.label ?? t("analysis.hidden")),
          percent: cells.percent(attained(one.weeks)),
          ...Object.fromEntries(byWeek),
        },
      };
    });
    rows.sort((left, right) => Number(right.cells.percent?.value ?? 0) - Number(left.cells.percent?.value ?? 0));
    const columns: Column[] = [
      { key: "name", title: t("analysis.visit.name"), numeric: false },
      { key: "percent", title: t("analysis.visit.percent"), numeric: true },
      ...weeks.map((week) => ({ key: week, title: week.slice(5), numeric: true })),
    ];
    return { title: t("analysis.visit.title"), columns, rows };
  }, [answer.data, choice, departments, cells, t]);
  const draw = useMemo(
    () => (figure ? barsOf(figure, [{ column: "percent" }], { lying: true, locale, scale: (at) => `${at}%` }) : null),
    [figure, locale],
  );
  if (asked === null) return null;
  return (
    <FigureCard
      name="visit"
      title={t("analysis.visit.title")}
      help={t("analysis.visit.help")}
      figure={figure}
      state={stateOf(answer)}
      chart={figure && draw ? { draw, height: lyingHeight(figure.rows.length), series: ["percent"] } : null}
      wide
    />
  );
}

/** Whether a target is of whom is looked at. */
function isChosen({ kind, who }: Visited, choice: Choice): boolean {
  if (choice.owner) return kind === "member" && who.id === choice.owner;
  return choice.departments.length === 0 || (kind === "department" && choice.departments.includes(who.id));
}
