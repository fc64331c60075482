import { useMemo } from "react";
import { useTranslation } from "react-i18next";
import { allOf } from "@/engine/aggregate";
import { isKey } from "@/engine/filter/is-key";
import { useFormats } from "@/i18n/formats";
import type { Choice } from "../choice";
import { type Figure, type Row, share } from "../figure";
import { FigureCard } from "../figure-card";
import { stateOf } from "../figure-state";
import { barsOf, lyingHeight } from "../options";
import { useCells } from "../use-cells";
import { type Lifecycle, MOVE } from "./stages";
import { useMoves } from "./use-moves";

/** From which stage customers went to which, in the time looked at. */
export function MovesCard({ lifecycle, choice }: { lifecycle: Lifecycle; choice: Choice }) {
  const { t } = useTranslation();
  const { locale } = useFormats();
  const cells = useCells();
  const { asked, moves, filter } = useMoves(choice);
  const figure = useMemo((): Figure | null => {
    if (!moves) return null;
    const stages = [...lifecycle.open, ...lifecycle.ended];
    const rows = stages.flatMap((from): Row[] => {
      const left = moves.filter((move) => move.from === from);
      const all = left.reduce((sum, move) => sum + move.count, 0);
      if (all === 0) return [];
      const to = (stage: string) => left.find((move) => move.to === stage)?.count ?? 0;
      const behind = (...more: string[]) => ({
        object: MOVE,
        filter: allOf(isKey("from_stage", from), ...more, filter),
      });
      const cellOf = (stage: string) => {
        const count = to(stage);
        const cell = cells.count(count, behind(isKey("to_stage", stage)));
        // A zero in most places would hide the few numbers there are.
        return count === 0
          ? { ...cell, text: "" }
          : { ...cell, text: `${cell.text} · ${cells.percent(share(count, all)).text}` };
      };
      return [
        {
          key: from,
          cells: {
            from: cells.text(lifecycle.name(from)),
            ...Object.fromEntries(stages.map((stage) => [stage, cellOf(stage)])),
            all: cells.count(all, behind()),
          },
        },
      ];
    });
    return {
      title: t("lifecycle.moves.title"),
      columns: [
        { key: "from", title: t("lifecycle.moves.from"), numeric: false },
        ...stages.map((stage) => ({
          key: stage,
          title: t("lifecycle.moves.to", { stage: lifecycle.name(stage) }),
          numeric: true,
        })),
        { key: "all", title: t("lifecycle.moves.all"), numeric: true },
      ],
      rows,
    };
  }, [moves, lifecycle, filter, cells, t]);
  const series = useMemo(() => [...lifecycle.open, ...lifecycle.ended], [lifecycle]);
  const draw = useMemo(() => {
    if (!figure) return null;
    const parts = series.map((column) => ({ column, color: lifecycle.color(column) ?? "gray", stack: "to" }));
    return barsOf(figure, parts, { lying: true, locale });
  }, [figure, series, lifecycle, locale]);
  return (
    <FigureCard
      name="lifecycle_moves"
      title={t("lifecycle.moves.title")}
      help={t("lifecycle.moves.help")}
      figure={figure}
      state={stateOf(asked)}
      chart={figure && draw ? { draw, height: lyingHeight(figure.rows.length), series } : null}
      wide
    />
  );
}
