import { useTranslation } from "react-i18next";
import { FINDING_KINDS, type QualityObject } from "@/api/quality";
import { findObject, useMeta } from "@/engine/meta";
import { useFormats } from "@/i18n/formats";
import { useLabel } from "@/i18n/i18n";
import { ObjectIcon } from "@/ui/object-icon";
import { Score } from "./score";

interface ObjectTilesProps {
  objects: QualityObject[];
  chosen: string;
  onChoose: (object: string) => void;
}

/** The score of each object; one of them is looked at. */
export function ObjectTiles({ objects, chosen, onChoose }: ObjectTilesProps) {
  const { t } = useTranslation();
  const label = useLabel();
  const formats = useFormats();
  const meta = useMeta();
  return (
    <ul className="gx-quality-tiles">
      {objects.map((one) => {
        const findings = FINDING_KINDS.filter((kind) => one[kind] > 0);
        return (
          <li key={one.object}>
            <button type="button" aria-pressed={one.object === chosen} onClick={() => onChoose(one.object)}>
              <span className="gx-quality-name">
                <ObjectIcon icon={findObject(meta, one.object)?.icon} />
                {label(one.label)}
              </span>
              <Score value={one.score} large />
              <small className="gx-numeric">
                {t("quality.records", { n: formats.number(one.records) })}
                {" · "}
                {findings.length > 0
                  ? findings.map((kind) => `${t(`quality.tabs.${kind}`)} ${formats.number(one[kind])}`).join(" · ")
                  : t("quality.clean")}
              </small>
            </button>
          </li>
        );
      })}
    </ul>
  );
}
