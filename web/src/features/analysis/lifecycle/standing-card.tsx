import { useMemo } from "react";
import { useTranslation } from "react-i18next";
import { allOf, measureOf, useAggregate } from "@/engine/aggregate";
import { addDays, type Day } from "@/engine/calendar/days";
import { isKey } from "@/engine/filter/is-key";
import { useFormats } from "@/i18n/formats";
import { type Choice, ofPeople } from "../choice";
import { type Figure, type Row, share } from "../figure";
import { FigureCard } from "../figure-card";
import { stateOf } from "../figure-state";
import { barsOf, lyingHeight } from "../options";
import { useCells } from "../use-cells";
import { ACCOUNT, type Lifecycle } from "./stages";
import { useStanding } from "./use-moves";

/** For how long customers have been in their stage: up to so many days, the last one longer. */
const AGES = ["fresh", "month", "quarter", "year"] as const;
type Age = (typeof AGES)[number];
const MOST_DAYS = { fresh: 30, month: 90, quarter: 365 };
const COLORS = { fresh: "green", month: "blue", quarter: "gold", year: "red" };

/** Who has been in his stage for so long today. */
export function agedFilter(age: Age, today: Day): string {
  const after = (days: number) => `lifecycle_since >= date("${addDays(today, -days)}")`;
  const before = (days: number) => `lifecycle_since < date("${addDays(today, -days)}")`;
  if (age === "fresh") return after(MOST_DAYS.fresh);
  if (age === "month") return `${before(MOST_DAYS.fresh)} && ${after(MOST_DAYS.month)}`;
  if (age === "quarter") return `${before(MOST_DAYS.month)} && ${after(MOST_DAYS.quarter)}`;
  return before(MOST_DAYS.quarter);
}

/** How many stand in each stage, and for how long already. */
export function StandingCard({ lifecycle, choice }: { lifecycle: Lifecycle; choice: Choice }) {
  const { t } = useTranslation();
  const { locale } = useFormats();
  const cells = useCells();
  const mine = ofPeople(choice);
  const standing = useStanding(choice);
  const ages = {
    fresh: useAged("fresh", choice),
    month: useAged("month", choice),
    quarter: useAged("quarter", choice),
    year: useAged("year", choice),
  };
  const { fresh, month, quarter, year } = ages;
  const figure = useMemo((): Figure | null => {
    if (!standing.asked.data) return null;
    const answers = { fresh: fresh.data, month: month.data, quarter: quarter.data, year: year.data };
    const all = measureOf(standing.asked.data, "count");
    const rows = [...lifecycle.open, ...lifecycle.ended].map((stage): Row => {
      const count = measureOf(standing.asked.data, "count", stage);
      const open = (...more: string[]) => ({
        object: ACCOUNT,
        filter: allOf(isKey("lifecycle", stage), ...more, mine),
      });
      return {
        key: stage,
        cells: {
          stage: cells.text(lifecycle.name(stage)),
          count: cells.count(count, open()),
          part: cells.percent(share(count, all)),
          ...Object.fromEntries(
            AGES.map((age) => [
              age,
              cells.count(measureOf(answers[age], "count", stage), open(agedFilter(age, choice.today))),
            ]),
          ),
        },
      };
    });
    return {
      title: t("lifecycle.standing.title"),
      columns: (["stage", "count", "part", ...AGES] as const).map((key) => ({
        key,
        title: t(`lifecycle.standing.${key}`),
        numeric: key !== "stage",
      })),
      rows: all > 0 ? rows : [],
    };
  }, [standing.asked.data, fresh.data, month.data, quarter.data, year.data, lifecycle, choice.today, mine, cells, t]);
  const draw = useMemo(
    () =>
      figure
        ? barsOf(
            figure,
            AGES.map((age) => ({ column: age, color: COLORS[age], stack: "ages" })),
            { lying: true, locale },
          )
        : null,
    [figure, locale],
  );
  return (
    <FigureCard
      name="lifecycle_standing"
      title={t("lifecycle.standing.title")}
      help={t("lifecycle.standing.help")}
      figure={figure}
      state={stateOf(standing.asked, fresh, month, quarter, year)}
      chart={figure && draw ? { draw, height: lyingHeight(figure.rows.length), series: [...AGES] } : null}
      wide
    />
  );
}

function useAged(age: Age, choice: Choice) {
  const filter = allOf(agedFilter(age, choice.today), ofPeople(choice));
  return useAggregate(ACCOUNT, { group_by: "lifecycle", measures: "count", filter });
}
