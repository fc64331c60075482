import { useTranslation } from "react-i18next";
import { type MergeMove, MOST_COUNTED } from "@/api/merge";
import { useFormats } from "@/i18n/formats";
import { useLabel } from "@/i18n/i18n";
import { ObjectIcon } from "@/ui/object-icon";
import { findField, findObject, useMeta } from "../meta";

/** What points to the records that go, and will point to the one that stays. */
export function MergeMoves({ moves }: { moves: MergeMove[] }) {
  const { t } = useTranslation();
  const label = useLabel();
  const formats = useFormats();
  const meta = useMeta();
  const known = moves.filter((move) => move.count > 0);
  return (
    <section className="gx-panel" aria-labelledby="merging-moves">
      <h2 id="merging-moves">{t("merging.moves")}</h2>
      <p>{known.length > 0 ? t("merging.movesText") : t("merging.movesNone")}</p>
      <ul className="gx-moves">
        {known.map((move) => {
          const object = findObject(meta, move.object);
          const words = {
            n: formats.number(move.count),
            object: label(object?.plural) || move.object,
            field: (object && label(findField(object, move.field)?.label)) || move.field,
          };
          return (
            <li key={`${move.object}.${move.field}`}>
              <ObjectIcon icon={object?.icon} />
              {move.count >= MOST_COUNTED ? t("merging.moveCountMore", words) : t("merging.moveCount", words)}
            </li>
          );
        })}
      </ul>
    </section>
  );
}
