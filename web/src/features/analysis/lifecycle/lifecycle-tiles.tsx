import { useTranslation } from "react-i18next";
import { allOf, measureOf, useAggregate } from "@/engine/aggregate";
import { useFormats } from "@/i18n/formats";
import { type Choice, listOf } from "../choice";
import { Tile } from "../tile";
import { useCells } from "../use-cells";
import { ACCOUNT, countOf, type Direction, directionFilter, type Lifecycle, MOVE } from "./stages";
import { enteredIn, useMoves, useStanding } from "./use-moves";

/** The numbers asked for first: how many there are, who came, who went on, who was lost. */
export function LifecycleTiles({ lifecycle, choice }: { lifecycle: Lifecycle; choice: Choice }) {
  const { t } = useTranslation();
  const formats = useFormats();
  const cells = useCells();
  const standing = useStanding(choice);
  const entered = useAggregate(ACCOUNT, { measures: "count", filter: enteredIn(choice) });
  const { moves, filter } = useMoves(choice);
  const number = (value: number) => formats.number(value);
  const here = lifecycle.open.reduce((sum, stage) => sum + measureOf(standing.asked.data, "count", stage), 0);
  const gone = lifecycle.ended.reduce((sum, stage) => sum + measureOf(standing.asked.data, "count", stage), 0);
  const moved = (direction: Direction) => (moves ? countOf(lifecycle, moves, direction) : 0);
  const behind = (direction: Direction) => ({
    object: MOVE,
    filter: allOf(directionFilter(lifecycle, direction), filter),
  });
  return (
    <dl className="gx-analysis-tiles">
      <Tile
        name={t("lifecycle.tiles.here")}
        value={standing.asked.data ? number(here) : null}
        note={t("lifecycle.tiles.hereNote", { n: number(gone) })}
        open={{ object: ACCOUNT, filter: allOf(`lifecycle in ${listOf(lifecycle.open)}`, standing.filter) }}
      />
      <Tile
        name={t("lifecycle.tiles.entered")}
        value={entered.data ? number(measureOf(entered.data, "count")) : null}
        note={t("lifecycle.tiles.enteredNote")}
        open={{ object: ACCOUNT, filter: enteredIn(choice) }}
      />
      <Tile
        name={t("lifecycle.directions.forward")}
        value={moves ? number(moved("forward")) : null}
        note={t("lifecycle.tiles.forwardNote", { n: number(moved("back")) })}
        open={behind("forward")}
      />
      <Tile
        name={t("lifecycle.directions.lost")}
        value={moves ? number(moved("lost")) : null}
        note={t("lifecycle.tiles.lostNote", { n: number(moved("regained")) })}
        open={behind("lost")}
      />
      <Tile
        name={t("lifecycle.tiles.lossRate")}
        value={moves && standing.asked.data ? cells.percent(lossRate(here, moved("lost"))).text || "—" : null}
        note={t("lifecycle.tiles.lossRateNote")}
        open={behind("lost")}
      />
    </dl>
  );
}

/** Lost ones of all that were there to be lost: those who are here and those who left. */
export const lossRate = (here: number, lost: number): number | null => (here + lost > 0 ? lost / (here + lost) : null);
