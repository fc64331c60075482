import { useTranslation } from "react-i18next";
import { allOf, measureOf, useAggregate } from "@/engine/aggregate";
import { useFormats } from "@/i18n/formats";
import { type Place, share } from "../figure";
import { Tile } from "../tile";
import { useCells } from "../use-cells";
import {
  BACK,
  entering,
  kindIn,
  lyingIn,
  MOVE,
  type MoveKind,
  movesOf,
  type PoolChoice,
  succeeded,
  TAKEN,
  takenFrom,
} from "./choice";

/** The numbers asked for first: what lies there, what came, what was taken, what became of it, what came back. */
export function PoolTiles({ choice }: { choice: PoolChoice }) {
  const { t } = useTranslation();
  const formats = useFormats();
  const cells = useCells();
  const moves = movesOf(choice);
  const lying = useAggregate(choice.object, { measures: "count", filter: lyingIn(choice) });
  const kinds = useAggregate(MOVE, { group_by: "kind", measures: "count", filter: moves });
  const won = allOf(takenFrom(choice), succeeded(choice));
  const wins = useAggregate(choice.object, { measures: "count", filter: won });
  const countOf = (names: MoveKind[]) => names.reduce((sum, name) => sum + measureOf(kinds.data, "count", name), 0);
  const number = (value: number) => formats.number(value);
  const behind = (names: MoveKind[]): Place => ({ object: MOVE, filter: allOf(kindIn(names), moves) });
  const taken = countOf(TAKEN);
  const successes = measureOf(wins.data, "count");
  return (
    <dl className="gx-analysis-tiles">
      <Tile
        name={t("poolAnalysis.tiles.lying")}
        value={lying.data ? number(measureOf(lying.data, "count")) : null}
        note={t("poolAnalysis.tiles.lyingNote")}
        open={{ object: choice.object, filter: lyingIn(choice) }}
      />
      <Tile
        name={t("poolAnalysis.tiles.entered")}
        value={kinds.data ? number(countOf(entering(choice))) : null}
        note={t("poolAnalysis.tiles.enteredNote")}
        open={behind(entering(choice))}
      />
      <Tile
        name={t("poolAnalysis.tiles.taken")}
        value={kinds.data ? number(taken) : null}
        note={t("poolAnalysis.tiles.takenNote", {
          claimed: number(countOf(["claimed"])),
          assigned: number(countOf(["assigned"])),
        })}
        open={behind(TAKEN)}
      />
      <Tile
        name={t(`poolAnalysis.success.${choice.object}.rate`)}
        value={kinds.data && wins.data ? cells.percent(share(successes, taken)).text || "—" : null}
        note={t(`poolAnalysis.success.${choice.object}.note`, { n: number(successes) })}
        open={{ object: choice.object, filter: won }}
      />
      <Tile
        name={t("poolAnalysis.tiles.back")}
        value={kinds.data ? number(countOf(BACK)) : null}
        note={t("poolAnalysis.tiles.backNote", {
          returned: number(countOf(["returned"])),
          recycled: number(countOf(["recycled"])),
        })}
        open={behind(BACK)}
      />
    </dl>
  );
}
