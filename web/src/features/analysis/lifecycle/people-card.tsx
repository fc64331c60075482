import { Segmented } from "antd";
import { useMemo } from "react";
import { useTranslation } from "react-i18next";
import type { Json } from "@/api/types";
import { allOf, useAggregate } from "@/engine/aggregate";
import { isKey } from "@/engine/filter/is-key";
import { usePreference } from "@/engine/session";
import { useFormats } from "@/i18n/formats";
import { useLabel } from "@/i18n/i18n";
import { type Choice, listOf, ofPeople } from "../choice";
import { type Figure, groupText, type Row, share, sumBy, tally } from "../figure";
import { FigureCard } from "../figure-card";
import { stateOf } from "../figure-state";
import { barsOf, lyingHeight } from "../options";
import { useCells } from "../use-cells";
import { ACCOUNT, directionFilter, type Lifecycle, MOVE } from "./stages";
import { movesIn } from "./use-moves";

type Who = "owner" | "department";

/** Whose customers stand where, and how many of them moved on or were lost. */
export function PeopleCard({ lifecycle, choice }: { lifecycle: Lifecycle; choice: Choice }) {
  const { t } = useTranslation();
  const { locale } = useFormats();
  const label = useLabel();
  const cells = useCells();
  const [who, setWho] = usePreference<Who>("analysis.lifecycle.who", "owner");
  const mine = ofPeople(choice);
  const moved = movesIn(choice);
  const forward = allOf(directionFilter(lifecycle, "forward"), moved);
  const lost = allOf(directionFilter(lifecycle, "lost"), moved);
  const filter = allOf(`lifecycle in ${listOf([...lifecycle.open, ...lifecycle.ended])}`, mine);
  const standing = useAggregate(ACCOUNT, { group_by: `${who},lifecycle`, measures: "count", filter });
  const onward = useAggregate(MOVE, { group_by: `account.${who}`, measures: "count", filter: forward });
  const losses = useAggregate(MOVE, { group_by: `account.${who}`, measures: "count", filter: lost });
  const stages = useMemo(() => [...lifecycle.open, ...lifecycle.ended], [lifecycle]);
  const figure = useMemo((): Figure | null => {
    if (!standing.data || !onward.data || !losses.data) return null;
    const counted = (result: typeof onward.data) =>
      new Map(tally(result, "count").map((one) => [one.key, one.by[""] ?? 0] as const));
    const [on, gone] = [counted(onward.data), counted(losses.data)];
    const theirs = (key: Json) => ({ account: isKey(who, key), move: isKey(`account.${who}`, key) });
    const rows = tally(standing.data, "count").map((one): Row => {
      const { account, move } = theirs(one.key);
      const here = sumBy(one, lifecycle.open);
      const left = gone.get(one.key) ?? 0;
      return {
        key: JSON.stringify(one.key),
        cells: {
          name: cells.text(groupText(one, label, t("analysis.notSet"), t("analysis.hidden"))),
          ...Object.fromEntries(
            stages.map((stage) => [
              stage,
              cells.count(sumBy(one, [stage]), {
                object: ACCOUNT,
                filter: allOf(account, isKey("lifecycle", stage), mine),
              }),
            ]),
          ),
          forward: cells.count(on.get(one.key) ?? 0, { object: MOVE, filter: allOf(move, forward) }),
          lost: cells.count(left, { object: MOVE, filter: allOf(move, lost) }),
          rate: cells.percent(share(left, here + left)),
        },
      };
    });
    const total = (row: Row) => stages.reduce((sum, stage) => sum + Number(row.cells[stage]?.value ?? 0), 0);
    rows.sort((left, right) => total(right) - total(left));
    return {
      title: t(`lifecycle.people.${who}`),
      columns: [
        { key: "name", title: t(`lifecycle.people.${who}Name`), numeric: false },
        ...stages.map((stage) => ({ key: stage, title: lifecycle.name(stage), numeric: true })),
        { key: "forward", title: t("lifecycle.people.forward"), numeric: true },
        { key: "lost", title: t("lifecycle.people.lost"), numeric: true },
        { key: "rate", title: t("lifecycle.tiles.lossRate"), numeric: true },
      ],
      rows,
    };
  }, [standing.data, onward.data, losses.data, lifecycle, stages, who, mine, forward, lost, cells, label, t]);
  const draw = useMemo(() => {
    if (!figure) return null;
    const parts = stages.map((column) => ({ column, color: lifecycle.color(column) ?? "gray", stack: "stages" }));
    return barsOf(figure, parts, { lying: true, locale });
  }, [figure, stages, lifecycle, locale]);
  return (
    <FigureCard
      name="lifecycle_people"
      title={t("lifecycle.people.title")}
      help={t("lifecycle.people.help")}
      figure={figure}
      state={stateOf(standing, onward, losses)}
      tools={
        <Segmented<Who>
          size="small"
          value={who}
          onChange={setWho}
          options={[
            { value: "owner", label: t("lifecycle.people.owner") },
            { value: "department", label: t("lifecycle.people.department") },
          ]}
          aria-label={t("lifecycle.people.title")}
        />
      }
      chart={figure && draw ? { draw, height: lyingHeight(figure.rows.length), series: stages } : null}
      wide
    />
  );
}
